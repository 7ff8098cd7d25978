// SPDX-License-Identifier: MIT
//
// Lines of Cache-Tag. What is counted is what is found, within the limits, and
// no tag has anything in it that separates.
#include "fuzz.hpp"

extern "C" {
#include "http/cache_tag.h"
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	std::string_view text(reinterpret_cast<const char *>(data), size);
	khttp_tag_count count{};
	u32 n = 0, bytes = 0;
	bool good = true;

	while (good && !text.empty()) {
		std::size_t cut = std::min(text.find('\n'), text.size());
		std::vector<char> line = exact(text.substr(0, cut));
		khttp_span whole = khttp_span_of(line.data(), static_cast<u32>(line.size()));
		khttp_span tag;
		bool sound = true;
		u32 pos = 0;

		while (khttp_tag_next(whole, &pos, &tag)) {
			MUST(tag.len && pos <= whole.len);
			sound = sound && khttp_tag_ok(tag);
			n++;
			bytes += tag.len;
		}
		good = khttp_tag_line(&count, whole);
		MUST(good == (sound && n <= KHTTP_TAGS_MAX && bytes <= KHTTP_TAGS_BYTES_MAX));
		MUST(!good || (count.n == n && count.bytes == bytes));
		text.remove_prefix(std::min(cut + 1, text.size()));
	}
	return 0;
}
