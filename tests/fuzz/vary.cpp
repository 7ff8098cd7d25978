// SPDX-License-Identifier: MIT
//
// A response's Vary, up to a line feed, and the fields of a request. The list is
// in order and holds no name twice; the key of a request is its own, and is told
// to be too long rather than cut.
#include "fuzz.hpp"

extern "C" {
#include "http/coding.h"
#include "http/vary.h"
}

static void check_list(const khttp_vary_list &list)
{
	std::string_view text(list.text, list.len), last;

	MUST(list.len <= KHTTP_VARY_LIST_MAX && list.n <= KHTTP_VARY_FIELDS_MAX);
	for (u32 n = 0; n < list.n; n++) {
		std::string_view name = text.substr(0, text.find(','));

		MUST(!name.empty() && last < name);
		last = name;
		text.remove_prefix(std::min(text.size(), name.size() + 1));
	}
	MUST(text.empty());
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	std::string_view text(reinterpret_cast<const char *>(data), size);
	std::size_t cut = std::min(text.find('\n'), text.size());
	std::vector<char> line = exact(text.substr(0, cut));
	std::vector<char> rq = exact("GET / HTTP/1.1\r\nHost: a\r\n" +
				     std::string(text.substr(std::min(cut + 1, text.size()))) +
				     "\r\n");
	khttp_limits limits = KHTTP_LIMITS_DEFAULT;
	static khttp_head head;
	khttp_vary_list list{};
	std::vector<char> room(KHTTP_VARY_KEY_MAX);
	khttp_out out;

	if (!khttp_vary_line(&list, khttp_span_of(line.data(), static_cast<u32>(line.size()))))
		return 0;
	check_list(list);
	khttp_head_init(&head);
	if (khttp_parse_head(&head, rq.data(), static_cast<u32>(rq.size()), &limits) !=
	    KHTTP_PARSE_DONE)
		return 0;
	khttp_out_init(&out, room.data(), KHTTP_VARY_KEY_MAX);
	khttp_vary_key_of_head(khttp_span_of(list.text, list.len), &head, rq.data(), &out);
	MUST(out.len <= out.size);
	return 0;
}
