/* SPDX-License-Identifier: MIT */
#include "options.hpp"

namespace khttpctl::access {

namespace {

std::vector<option> with(std::vector<option> some, std::initializer_list<option> more)
{
	some.insert(some.end(), more);
	return some;
}

} // namespace

std::vector<option> log_format_options()
{
	return {{"format", "w3c, common, combined, json or binary", "KIND"},
		{"fields", "of w3c, with commas between; or all; or x-NAME", "LIST"}};
}

std::vector<option> log_options()
{
	return with(log_format_options(), {{"queue", "only requests to that queue", "NAME"},
					   {"group", "only requests to that group", "NAME"},
					   {"only", "errors or successes", "WHICH"},
					   {"sample", "only each N-th request", "N"},
					   {"ring", "memory of each CPU (256K)", "SIZE"}});
}

std::vector<option> log_write_options()
{
	return with(log_options(),
		    {{"roll", "a new file by size, hourly, daily, weekly or monthly", "WHEN"},
		     {"size", "where one ends by size (20M)", "SIZE"},
		     {"local-time", "days and hours begin by local time, not UTC"}});
}

} // namespace khttpctl::access
