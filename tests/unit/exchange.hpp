// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http.hpp"

// What the pure code makes of one request, as lines "key: value", so that two
// runs can be compared and a vector can name the lines it cares for.
//
// The bytes arrive in the given pieces; the head's buffer is copied to another
// place flush against a guard page each time, as it may be in the kernel.
std::string run_request(const std::vector<std::string_view> &pieces,
			const khttp_limits &limits);

inline std::string run_request(std::string_view whole,
			       const khttp_limits &limits)
{
	return run_request(std::vector<std::string_view>{ whole }, limits);
}

// Two pieces at every point, and byte by byte: all have to give the same as
// the whole. Returns that; throws where they differ.
std::string run_every_split(std::string_view whole, const khttp_limits &limits);

bool has_line(const std::string &summary, const std::string &line);
