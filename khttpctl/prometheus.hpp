/* SPDX-License-Identifier: MIT */
#pragma once

#include <string>
#include <vector>

#include <khttp/control.hpp>

namespace khttpctl {

/*
 * The text exposition format of Prometheus, version 0.0.4: names start with
 * khttp_, counters end in _total, every family stands in one piece.
 */
[[nodiscard]] std::string prometheus_text(const std::vector<khttp::stat_info> &figures);

} // namespace khttpctl
