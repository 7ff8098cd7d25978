/* SPDX-License-Identifier: MIT */
/* Differences, made into changes of the kernel's configuration. */
#pragma once

#include <functional>

#include "diff.hpp"
#include "live.hpp"

namespace khttpctl::configuration {

/* One change to ask the kernel for, and what it is about */
struct step {
	std::string title;
	std::function<void(khttp::control &)> make;
};

/*
 * In the order in which they have to be made: what is deleted first gives its name
 * free, what is named comes before who names it.
 */
[[nodiscard]] std::vector<step> steps_for(const std::vector<change> &changes, const snapshot &from,
					  const model &wanted,
					  const dictionary &words);

/*
 * All of them in one transaction, if the configuration is still that of @from. Throws
 * khttp::error, which names the object at fault: then nothing was changed.
 */
void make_changes(khttp::control &control, const std::vector<step> &steps,
		  std::uint64_t generation);

} // namespace khttpctl::configuration
