/* SPDX-License-Identifier: MIT */
#include "cpus.hpp"

#include <algorithm>
#include <thread>

#include <sched.h>

namespace khttp::detail {

unsigned usable_cpus() noexcept
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return std::max(1U, std::thread::hardware_concurrency());
	return static_cast<unsigned>(CPU_COUNT(&set));
}

} // namespace khttp::detail
