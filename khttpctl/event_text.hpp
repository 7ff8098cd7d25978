/* SPDX-License-Identifier: MIT */
#pragma once

#include <string>

#include <khttp/control.hpp>

#include "table.hpp"

namespace khttpctl {

/* What happened in words, fit for a terminal, without the time */
[[nodiscard]] std::string event_text(const khttp::event_info &event);
[[nodiscard]] tint event_tint(khttp::event_type type);

} // namespace khttpctl
