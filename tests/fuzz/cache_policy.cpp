// SPDX-License-Identifier: MIT
//
// Conditional requests. The input, up to a line feed, is a stored entity tag,
// the rest are the fields of a request. A 304 needs a condition, and the tag
// itself must always match. Whose answer may be 304, has it for himself.
#include "fuzz.hpp"

extern "C" {
#include "http/cache_policy.h"
#include "http/freshness.h"
#include "http/reuse.h"
}

static bool parse(khttp_head *head, const std::vector<char> &text)
{
	khttp_limits limits = KHTTP_LIMITS_DEFAULT;

	khttp_head_init(head);
	return khttp_parse_head(head, text.data(),
				static_cast<u32>(text.size()),
				&limits) == KHTTP_PARSE_DONE;
}

static std::vector<char> request(std::string_view fields)
{
	return exact("GET / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) +
		     "\r\n");
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	static khttp_head head;
	std::string_view text(reinterpret_cast<const char *>(data), size);
	std::size_t cut = std::min(text.find('\n'), text.size());
	std::vector<char> etag = exact(text.substr(0, cut));
	std::vector<char> plain = request(
		text.substr(std::min(cut + 1, text.size())));
	khttp_cache_validators stored{};

	stored.etag = khttp_span_of(etag.data(), static_cast<u32>(etag.size()));
	stored.last_modified = 784111777;
	stored.has_last_modified = size & 1;
	stored.status = 200;
	if (parse(&head, plain)) {
		khttp_cache_control wish;

		khttp_cache_only(&head, plain.data());
		khttp_cache_wish(&head, plain.data(), &wish);
		u8 part = khttp_reuse_part(&head, khttp_cache_request(&head), &wish);
		if (khttp_cache_not_modified(&head, plain.data(), &stored,
					     1785000000)) {
			MUST(!(part & KHTTP_REUSE_LEADS));
			MUST(khttp_head_has(&head, KHTTP_FIELD_IF_NONE_MATCH) ||
			     khttp_head_has(&head,
					    KHTTP_FIELD_IF_MODIFIED_SINCE));
		}
	}
	if (!khttp_etag_ok(stored.etag))
		return 0;
	std::vector<char> same = request(
		"If-None-Match: \"x\", " +
		std::string(etag.data(), etag.size()) + "\r\n");

	if (parse(&head, same))
		MUST(khttp_cache_not_modified(&head, same.data(), &stored, 0));
	return 0;
}
