/* SPDX-License-Identifier: MIT */
/* The command line of khttpctl run. */
#pragma once

#include "../command.hpp"
#include "cgroup.hpp"
#include "policy.hpp"
#include "process.hpp"

namespace khttpctl::supervision {

struct wishes {
	std::string queue;
	supervision::rules rules;
	supervision::launch launch;
	cgroup_limits limits;
};

/* What help, manual and completion show */
[[nodiscard]] const std::vector<option> &options();

/* Throws usage_error */
[[nodiscard]] wishes wishes_of(const arguments &args, const std::string &netns);

} // namespace khttpctl::supervision
