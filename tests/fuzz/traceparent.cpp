// SPDX-License-Identifier: MIT
//
// Values of Traceparent. What is found lies where it has to, and makes the same value
// valid in the only version there is; what is made of any bytes is valid.
#include "fuzz.hpp"

extern "C" {
#include "http/traceparent.h"
}

namespace {

bool has_id(std::string_view text)
{
	std::vector<char> copy = exact(text);
	khttp_span id = khttp_traceparent_id(
		khttp_span_of(copy.data(), static_cast<u32>(copy.size())));

	MUST(!id.len || (id.len == KHTTP_TRACE_ID_LEN && id.ptr == copy.data() + 3));
	return id.len;
}

void check_made(std::string_view bytes)
{
	u8 random[KHTTP_TRACE_RANDOM] = {};
	char text[KHTTP_TRACEPARENT_LEN];

	bytes.copy(reinterpret_cast<char *>(random), sizeof(random));
	khttp_traceparent_print(random, bytes.empty() ? 0 : random[0], text);
	MUST(has_id({ text, sizeof(text) }));
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	std::string text(reinterpret_cast<const char *>(data), size);

	if (has_id(text)) {
		MUST(text.find_first_not_of("0123456789abcdef-") >= KHTTP_TRACEPARENT_LEN);
		text.replace(0, 2, "00");
		text.resize(KHTTP_TRACEPARENT_LEN);
		MUST(has_id(text));
	}
	check_made(text);
	return 0;
}
