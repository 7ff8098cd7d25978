// SPDX-License-Identifier: MIT
//
// The fields of a request, up to a line feed of its own an entity tag and a size, and
// what it gets of a stored response. Parts lie within the body, do not overlap or
// touch, and as one body have the length that was told; GET alone has any.
#include <algorithm>

#include "fuzz.hpp"

extern "C" {
#include "http/range.h"
}

static void check_parts(const khttp_ranges &ranges, u64 size)
{
	MUST(ranges.n && ranges.n <= KHTTP_RANGES_MAX);
	for (u32 i = 0; i < ranges.n; i++) {
		const khttp_range &a = ranges.part[i];

		MUST(a.len && a.first < size && a.len <= size - a.first);
		for (u32 k = 0; k < i; k++) {
			const khttp_range &b = ranges.part[k];

			MUST(a.first + a.len < b.first || b.first + b.len < a.first);
		}
	}
}

// What follows "Content-Length: " in its fields is what all texts and parts have.
static void check_length(khttp_multipart &m)
{
	std::vector<char> text(KHTTP_MULTIPART_TEXT_MAX), room(256);
	u64 length = 0;
	khttp_out out;

	for (u32 i = 0; i <= m.ranges.n; i++) {
		length += khttp_multipart_text(&m, i, text.data());
		if (i < m.ranges.n)
			length += m.ranges.part[i].len;
	}
	khttp_out_init(&out, room.data(), static_cast<u32>(room.size()));
	khttp_multipart_fields(&out, &m);
	MUST(khttp_out_ok(&out));
	MUST(std::string_view(out.buf, out.len)
		     .ends_with("Content-Length: " + std::to_string(length) + "\r\n"));
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	static const std::string type = "Content-Type: text/plain\r\n";
	static const std::string fields = type + "Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n";
	static khttp_head head;
	khttp_limits limits = KHTTP_LIMITS_DEFAULT;
	chooser choose(data, size);
	khttp_range_stored stored{};
	khttp_multipart m{};
	u8 shift = choose.byte();
	std::string_view rest = choose.rest();
	std::size_t cut = std::min(rest.find('\n'), rest.size());
	std::vector<char> etag = exact(rest.substr(0, cut));
	std::vector<char> rq = exact((shift & 64 ? "HEAD" : "GET") +
				     std::string(" / HTTP/1.1\r\nHost: a\r\n") +
				     std::string(rest.substr(std::min(cut + 1, rest.size()))) +
				     "\r\n");

	stored.fields = khttp_span_of(fields.data(), static_cast<u32>(fields.size()));
	stored.etag = khttp_span_of(etag.data(), static_cast<u32>(etag.size()));
	stored.last_modified = shift & 128 ? 784111777 : 0;
	stored.size = U64_MAX >> (shift & 63);
	khttp_head_init(&head);
	if (khttp_parse_head(&head, rq.data(), static_cast<u32>(rq.size()), &limits) !=
	    KHTTP_PARSE_DONE)
		return 0;
	if (khttp_range_choose(&head, rq.data(), &stored, 1785000000, &m.ranges) !=
	    KHTTP_RANGE_PARTS)
		return 0;
	MUST(!(shift & 64) && khttp_head_has(&head, KHTTP_FIELD_RANGE));
	check_parts(m.ranges, stored.size);
	m.type = khttp_span_of(type.data(), static_cast<u32>(type.size()));
	m.size = stored.size;
	khttp_multipart_boundary(&m, size);
	check_length(m);
	return 0;
}
