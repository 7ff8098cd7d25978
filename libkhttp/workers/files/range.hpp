/* SPDX-License-Identifier: MIT */
/* Range requests, RFC 9110 section 14. Pure. */
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace files {

/* A request that names more ranges is answered with the whole file. */
inline constexpr std::size_t max_ranges = 32;

/* Lies within the file and is not empty. */
struct byte_range {
	std::uint64_t first;
	std::uint64_t length;

	bool operator==(const byte_range &) const = default;
};

enum class range_kind {
	whole,		/* no range, not ours, or malformed: 200 */
	parts,		/* one or more: 206 */
	unsatisfiable,	/* 416 */
};

struct range_choice {
	range_kind kind = range_kind::whole;
	std::vector<byte_range> parts;
};

/*
 * What the value of a Range field asks of a file of SIZE bytes. Ranges that
 * overlap or touch are merged where the first of them stood, so that no byte
 * is sent twice; the order is the client's otherwise.
 */
range_choice choose_ranges(std::string_view field, std::uint64_t size);

/* "bytes 0-499/1234" */
std::string content_range(const byte_range &part, std::uint64_t size);
/* The value for 416: only the size is known. */
std::string content_range_unsatisfied(std::uint64_t size);

} // namespace files
