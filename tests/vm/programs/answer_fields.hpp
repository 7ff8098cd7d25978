/* SPDX-License-Identifier: MIT */
/* What a test's request asks a worker to answer. */
#pragma once

#include <chrono>
#include <cstdlib>
#include <string>

#include <khttp/khttp.hpp>

/* "auto", "never", "purged", or seconds */
inline void set_caching(khttp::response &rs, const std::string &how)
{
	if (how == "auto")
		rs.cache_auto();
	else if (how == "never")
		rs.cache_never();
	else if (how == "purged")
		rs.cache_until_purged();
	else
		rs.cache_for(std::chrono::seconds{ std::atoi(how.c_str()) });
}

/* "Name: value" */
inline void set_field(khttp::response &rs, const std::string &line)
{
	std::size_t colon = line.find(": ");

	if (colon != std::string::npos)
		rs.header(line.substr(0, colon), line.substr(colon + 2));
}
