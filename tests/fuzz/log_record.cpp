// SPDX-License-Identifier: MIT
//
// Records of the access log. What is read must stand within the input, and be read
// the same once it was written again, at whatever room; reading always ends.
#include "fuzz.hpp"

extern "C" {
#include "http/block.h"
#include "http/field.h"
#include "http/log_record.h"
}

/* As a worker may say it, or a file: what is taken for whole fields is them. */
static void check_fields(khttp_span block)
{
	const char *pos = block.ptr, *end = pos + block.len;
	std::uint32_t fields = 0;
	khttp_block_field f;

	if (!khttp_log_fields_ok(block.ptr, block.len))
		return;
	MUST(block.len <= KHTTP_LOG_FIELDS_MAX);
	while (khttp_block_next(&pos, end, &f)) {
		MUST(f.name_len && khttp_token_ok(f.name, f.name_len));
		MUST(f.value + f.value_len <= end);
		fields++;
	}
	MUST(fields && pos == end);
}

static void check_again(khttp_log_entry e, std::uint32_t texts, std::uint32_t room)
{
	khttp_log_entry fitting = e, again;

	khttp_log_fit(&fitting, texts, room);
	std::vector<char> bytes(khttp_log_size(&fitting, texts));
	MUST(bytes.size() <= room);
	MUST(khttp_log_write(&fitting, texts, bytes.data()) == bytes.size());
	const char *pos = bytes.data(), *end = pos + bytes.size();
	MUST(khttp_log_next(&pos, end, &again) == KHTTP_LOG_GOT_REQUEST);
	MUST(pos == end);
	bool cut = false;

	/* As much of each that is wanted as there was room for, and nothing else */
	for (int i = 0; i < KHTTP_LOG_TEXT_COUNT; i++) {
		khttp_span wanted = e.text[i], got = again.text[i];

		if (!(texts >> i & 1))
			wanted.len = 0;
		MUST(got.len <= wanted.len);
		cut |= got.len < wanted.len;
		MUST(khttp_span_eq(got, khttp_span_of(wanted.ptr, got.len)));
	}
	MUST(again.r.status == e.r.status);
	MUST(again.r.flags == (e.r.flags | (cut ? KHTTP_LOG_F_CUT : 0)));
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	chooser choose(data, size);
	std::uint32_t texts = choose.byte() | (choose.byte() & 1U) << KHTTP_LOG_FIELDS;
	std::uint32_t room = KHTTP_LOG_LEAST + choose.byte() * 32U;
	std::vector<char> in = exact(choose.rest());

	check_fields(khttp_span_of(in.data(), static_cast<std::uint32_t>(in.size())));
	const char *begin = in.data(), *pos = begin, *end = begin + in.size();

	for (;;) {
		const char *before = pos;
		khttp_log_entry e;
		khttp_log_result result = khttp_log_next(&pos, end, &e);

		if (result == KHTTP_LOG_MORE || result == KHTTP_LOG_BROKEN)
			break;
		MUST(pos > before && pos <= end);
		if (result != KHTTP_LOG_GOT_REQUEST)
			continue;
		for (const khttp_span &text : e.text)
			MUST(!text.len || (text.ptr > before && text.ptr + text.len <= pos));
		check_fields(e.text[KHTTP_LOG_FIELDS]);
		check_again(e, texts, room);
	}
	return 0;
}
