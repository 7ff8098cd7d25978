/* SPDX-License-Identifier: MIT */
/* The changes of one group: its limits, its door, its rules. */
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <khttp/control.hpp>

#include "dictionary.hpp"

namespace khttpctl::configuration {

struct group_change {
	std::string name;
	std::string queue; /* empty: it is a queue's own */
	bool fresh;	   /* it is not there, or sets nothing */
	object wanted;
	object before;
	std::vector<khttp::filter_rule> rules; /* in force, that may stay */
	const dictionary &words;
};

/* @rules_anew: those that name a rate have to be other ones */
[[nodiscard]] std::vector<std::function<void(khttp::control &)>>
changes_of(const group_change &group, bool rules_anew);

/* In the unit that the kernel has for it */
[[nodiscard]] std::uint64_t limit_number(const dictionary &words, const std::string &name,
					 const std::string &text);

} // namespace khttpctl::configuration
