// SPDX-License-Identifier: MIT
//
// The chunked coding. The first byte chooses the size of the pieces, the second
// the limits. In pieces and at once must give the same payload, trailers, end
// and reason; payload encoded by us must come back.
#include "fuzz.hpp"

extern "C" {
#include "http/body.h"
#include "http/field.h"
}

namespace {

struct decoded {
	std::string body;
	std::string trailers;
	std::size_t consumed = 0;
	khttp_chunk_result result = KHTTP_CHUNK_MORE;
	u8 reason = 0;
};

// What was taken of the trailers before they were refused does not matter.
bool same(const decoded &a, const decoded &b)
{
	return a.body == b.body && a.result == b.result &&
	       a.reason == b.reason &&
	       (a.result == KHTTP_CHUNK_REFUSED ||
		(a.trailers == b.trailers && a.consumed == b.consumed));
}

void decode_piece(khttp_chunked *dec, std::string_view piece,
		  const khttp_limits &limits, decoded *out)
{
	std::vector<char> copy = exact(piece);
	std::size_t at = 0;
	khttp_chunk_step step;

	do {
		u32 left = static_cast<u32>(copy.size() - at);

		out->result = khttp_chunked_next(dec, copy.data() + at, left,
						 &limits, &step);
		MUST(step.consumed <= left);
		MUST(step.off + step.len <= step.consumed || !step.len);
		if (out->result == KHTTP_CHUNK_DATA)
			out->body.append(copy.data() + at + step.off, step.len);
		if (out->result == KHTTP_CHUNK_TRAILER)
			out->trailers.append(copy.data() + at + step.off,
					     step.len);
		if (out->result == KHTTP_CHUNK_MORE)
			MUST(step.consumed == left);
		at += step.consumed;
	} while (out->result == KHTTP_CHUNK_DATA ||
		 out->result == KHTTP_CHUNK_TRAILER);
	out->consumed += at;
	out->reason = dec->reason;
}

decoded decode(std::string_view text, std::size_t step,
	       const khttp_limits &limits)
{
	khttp_chunked dec;
	decoded out;

	khttp_chunked_init(&dec);
	for (std::size_t at = 0; out.result == KHTTP_CHUNK_MORE; at += step) {
		if (at >= text.size())
			break;
		decode_piece(&dec, text.substr(at, step), limits, &out);
	}
	MUST(!limits.max_body || out.body.size() <= limits.max_body);
	MUST(out.trailers.size() <= limits.max_trailers);
	return out;
}

void parse_trailers(const std::string &trailers)
{
	std::vector<char> copy = exact(trailers);
	khttp_field fields[8];
	u32 dropped;
	u32 n;

	if (khttp_trailers_parse(copy.data(), static_cast<u32>(copy.size()),
				 fields, 8, &n, &dropped))
		return;
	for (u32 i = 0; i < n; i++) {
		khttp_field_id id;

		MUST(khttp_field_identify(copy.data() + fields[i].name,
					  fields[i].name_len, &id));
		MUST(id == fields[i].id);
		MUST(khttp_field_value_ok(copy.data() + fields[i].value,
					  fields[i].value_len));
		MUST(khttp_field_trailer_ok(
			static_cast<khttp_field_id>(fields[i].id)));
	}
}

std::string encode(std::string_view payload, std::size_t chunk)
{
	char line[KHTTP_CHUNK_LINE_MAX];
	std::string out;

	while (!payload.empty()) {
		std::string_view piece = payload.substr(0, chunk);

		out.append(line, khttp_chunk_line(line, piece.size()));
		out.append(piece).append(KHTTP_CHUNK_CRLF);
		payload.remove_prefix(piece.size());
	}
	return out.append(KHTTP_CHUNK_LAST);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	khttp_limits limits = KHTTP_LIMITS_DEFAULT;
	chooser choose(data, size);
	std::size_t step = choose.byte() + 1u;
	std::uint8_t choice = choose.byte();

	if (choice & 1)
		limits.max_chunk_line = choice / 8;
	if (choice & 2)
		limits.max_chunk_ext = choice / 4;
	if (choice & 4)
		limits.max_trailers = choice / 4;
	if (choice & 8)
		limits.max_body = choice;

	decoded whole = decode(choose.rest(), choose.rest().size() + 1, limits);

	MUST(same(decode(choose.rest(), step, limits), whole));
	if (whole.result == KHTTP_CHUNK_END)
		parse_trailers(whole.trailers);
	parse_trailers(std::string(choose.rest()));

	limits = KHTTP_LIMITS_DEFAULT;
	whole = decode(encode(choose.rest(), step), step, limits);
	MUST(whole.result == KHTTP_CHUNK_END && whole.body == choose.rest());
	return 0;
}
