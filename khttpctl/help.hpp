/* SPDX-License-Identifier: MIT */
/* Help texts, made from the dispatch table. */
#pragma once

#include <string>

#include "command.hpp"

namespace khttpctl {

[[nodiscard]] std::string help_all();
[[nodiscard]] std::string help_object(std::string_view object);
[[nodiscard]] std::string help_command(const command &c);
/* "khttpctl queue add NAME [length N] ..." */
[[nodiscard]] std::string usage_line(const command &c);

} // namespace khttpctl
