/* SPDX-License-Identifier: MIT */
/* Refusals with what to do next. */
#pragma once

#include <functional>
#include <string>

#include "command.hpp"

namespace khttpctl {

[[noreturn]] void no_such_queue(context &ctx, const std::string &name);
[[noreturn]] void no_such_group(context &ctx, const std::string &name);

/*
 * Runs what concerns the queue @name; a refusal because there is no such queue
 * names those that are called nearly so.
 */
void on_queue(context &ctx, const std::string &name, const std::function<void()> &work);
/* The same for a group */
void on_group(context &ctx, const std::string &name, const std::function<void()> &work);
/* The same for a prefix that is to be deleted */
void on_prefix(context &ctx, const std::string &prefix, const std::function<void()> &work);

/* " (did you mean 'app'?)", or nothing */
[[nodiscard]] std::string did_you_mean(const std::string &name,
				       const std::vector<std::string> &known);

} // namespace khttpctl
