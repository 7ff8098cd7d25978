/* SPDX-License-Identifier: MIT */
#pragma once

#include <string_view>

namespace worker {

/* "NAME: TEXT" on stderr, in one piece also with several threads. */
void say(std::string_view name, std::string_view text);

} // namespace worker
