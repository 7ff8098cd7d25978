/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.hpp"
#include "pure.hpp"

namespace khttpctl {

/* The namespace's limits as far as they concern a URL */
[[nodiscard]] khttp_limits live_limits(context &ctx);

/* The limit @name; a khttp::error names those that are called nearly so */
[[nodiscard]] const khttp::limit_info &find_limit(const std::vector<khttp::limit_info> &limits,
						  const std::string &name);

/* What @text means for it, or a usage_error that says what would be right */
[[nodiscard]] std::uint64_t limit_value(const khttp::limit_info &limit, const std::string &text);

} // namespace khttpctl
