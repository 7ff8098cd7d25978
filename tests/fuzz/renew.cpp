// SPDX-License-Identifier: MIT
//
// A stored head and the field block of a 304. What comes out is a block of so many
// fields, in the room that was asked for, without the length and, unless the 304 has
// one, the date of the stored response.
#include "fuzz.hpp"

extern "C" {
#include "http/block.h"
#include "http/field.h"
#include "http/renew.h"
}

static khttp_span span_of(const std::vector<char> &bytes)
{
	return khttp_span_of(bytes.data(), static_cast<u32>(bytes.size()));
}

static u32 count(khttp_span block, khttp_field_id id)
{
	const char *pos = block.ptr;
	khttp_block_field f;
	u32 n = 0;

	while (khttp_block_next(&pos, block.ptr + block.len, &f))
		n += id == KHTTP_FIELD__COUNT || khttp_field_lookup(f.name, f.name_len) == id;
	return n;
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	chooser choices(data, size);
	const std::size_t head_len = choices.byte() * 4u, tags_len = choices.byte() % 32u;
	const std::vector<char> head = exact(choices.take(head_len));
	const std::vector<char> tags = exact(choices.take(tags_len));
	const std::vector<char> said = exact(choices.rest());
	const khttp_renewal r = { span_of(head), span_of(tags), span_of(said) };
	khttp_cache_validators stored{};
	khttp_out out;

	stored.etag = span_of(tags);
	stored.status = 200;
	khttp_renew_matches(&stored, r.fields, 784111777);

	std::vector<char> room(khttp_renew_room(&r));
	khttp_out_init(&out, room.data(), static_cast<u32>(room.size()));
	const u32 n = khttp_renew_fields(&r, &out);
	const khttp_span made = khttp_span_of(room.data(), out.len);

	MUST(khttp_out_ok(&out));
	MUST(count(made, KHTTP_FIELD__COUNT) == n);
	MUST(count(made, KHTTP_FIELD_CONTENT_LENGTH) ==
	     count(r.fields, KHTTP_FIELD_CONTENT_LENGTH));
	MUST(count(made, KHTTP_FIELD_DATE) == count(r.fields, KHTTP_FIELD_DATE));
	return 0;
}
