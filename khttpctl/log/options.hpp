/* SPDX-License-Identifier: MIT */
/* khttpctl log: the commands and what can be said to them. */
#pragma once

#include <vector>

#include "../command.hpp"

namespace khttpctl::access {

/* How it looks; and of which requests; and in which files */
[[nodiscard]] std::vector<option> log_format_options();
[[nodiscard]] std::vector<option> log_options();
[[nodiscard]] std::vector<option> log_write_options();

int log_follow(context &ctx, const arguments &args);
int log_write(context &ctx, const arguments &args);
int log_read(context &ctx, const arguments &args);

} // namespace khttpctl::access
