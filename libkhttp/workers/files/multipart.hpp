/* SPDX-License-Identifier: MIT */
/* multipart/byteranges, RFC 9110 section 14.6. Pure. */
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "range.hpp"

namespace files {

/* The body is heads[0], bytes of parts[0], heads[1], ..., tail. */
struct multipart {
	std::string content_type;
	std::vector<std::string> heads;
	std::string tail;
	std::uint64_t length = 0; /* of the whole body */
};

/* PART_TYPE may be empty: the parts then have no Content-Type. */
multipart lay_out(const std::vector<byte_range> &parts, std::uint64_t size,
		  std::string_view part_type, std::string_view boundary);

} // namespace files
