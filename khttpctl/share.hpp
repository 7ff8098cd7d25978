/* SPDX-License-Identifier: MIT */
/* What a group has of the cache, and what came of its requests there. */
#pragma once

#include <string>
#include <vector>

#include <khttp/control.hpp>

#include "table.hpp"

namespace khttpctl {

[[nodiscard]] json json_of_share(const khttp::group_info &group);
/* With "group", its name; for where more than one is shown */
[[nodiscard]] json json_of_named_share(const khttp::group_info &group);

/* Of so many requests that might have been hits; null of none */
[[nodiscard]] json json_of_ratio(std::uint64_t hits, std::uint64_t misses);

/* In one line, for a group's own page */
[[nodiscard]] std::string share_text(const khttp::group_info &group);
void add_share(listing &lines, const khttp::group_info &group);

/* Nothing is stored of it, nothing was asked for, nothing was refused */
[[nodiscard]] bool share_is_idle(const khttp::group_info &group);
/* One row each, without those that are idle */
[[nodiscard]] table table_of_shares(const std::vector<khttp::group_info> &groups);

} // namespace khttpctl
