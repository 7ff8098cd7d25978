/* SPDX-License-Identifier: MIT */
#include "multipart.hpp"

#include <fmt/format.h>

namespace files {

multipart lay_out(const std::vector<byte_range> &parts, std::uint64_t size,
		  std::string_view part_type, std::string_view boundary)
{
	multipart out;
	const auto type_line =
		part_type.empty() ? std::string{}
				  : fmt::format("Content-Type: {}\r\n", part_type);

	out.content_type =
		fmt::format("multipart/byteranges; boundary={}", boundary);
	out.heads.reserve(parts.size());
	for (const auto &part : parts) {
		/* The line break before a delimiter belongs to the delimiter
		 * and not to the part before it (RFC 2046 section 5.1.1). */
		out.heads.push_back(fmt::format(
			"{}--{}\r\n{}Content-Range: {}\r\n\r\n",
			out.heads.empty() ? "" : "\r\n", boundary, type_line,
			content_range(part, size)));
		out.length += out.heads.back().size() + part.length;
	}
	out.tail = fmt::format("\r\n--{}--\r\n", boundary);
	out.length += out.tail.size();
	return out;
}

} // namespace files
