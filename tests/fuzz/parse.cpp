// SPDX-License-Identifier: MIT
//
// Request heads. The first byte chooses the size of the pieces, the second the
// limits. In pieces and at once must give the same; what is accepted must obey
// the grammar as a second, slower reading of it says.
#include <cstring>

#include "fuzz.hpp"

extern "C" {
#include "http/field.h"
#include "http/head.h"
#include "http/parse.h"
}

static khttp_limits limits_for(std::uint8_t choice)
{
	khttp_limits limits = KHTTP_LIMITS_DEFAULT;

	if (choice & 1)
		limits.max_head = choice;
	if (choice & 2)
		limits.max_field = choice / 2;
	if (choice & 4)
		limits.max_fields = choice / 32;
	if (choice & 8)
		limits.max_target = choice / 4;
	return limits;
}

static khttp_parse_result in_pieces(khttp_head *head, std::string_view text,
				    std::size_t step,
				    const khttp_limits &limits)
{
	khttp_parse_result result = KHTTP_PARSE_MORE;

	khttp_head_init(head);
	for (std::size_t n = 0; result == KHTTP_PARSE_MORE;) {
		n = std::min(n + step, text.size());
		std::vector<char> copy = exact(text.substr(0, n));

		result = khttp_parse_head(head, copy.data(),
					  static_cast<u32>(n), &limits);
		if (n == text.size())
			break;
	}
	return result;
}

static void same(const khttp_head &a, const khttp_head &b)
{
	MUST(a.reason == b.reason);
	MUST(a.head_len == b.head_len);
	MUST(a.n_fields == b.n_fields);
	MUST(a.flags == b.flags && a.version == b.version);
	MUST(a.method == b.method && a.method_len == b.method_len);
	MUST(a.target_off == b.target_off && a.target_len == b.target_len);
	MUST(a.seen == b.seen && a.repeated == b.repeated);
	MUST(a.content_length == b.content_length);
	for (u32 i = 0; i < a.n_fields; i++)
		MUST(!std::memcmp(&a.fields[i], &b.fields[i],
				  sizeof(a.fields[i])));
}

// The head put together again from its parts has to be the head.
static void check_grammar(const khttp_head &head, std::string_view text,
			  const khttp_limits &limits)
{
	std::string_view whole = text.substr(0, head.head_len);
	std::size_t at = whole.starts_with("\r\n") ? 2 : 0;

	MUST(head.head_len <= limits.max_head);
	MUST(whole.ends_with("\r\n\r\n"));
	MUST(head.method_off == at);
	MUST(khttp_token_ok(text.data() + at, head.method_len));
	MUST(head.target_off == at + head.method_len + 1);
	MUST(head.target_len > 0 && head.target_len <= limits.max_target);
	at = head.target_off + head.target_len;
	MUST(whole.substr(at, 8).starts_with(" HTTP/1."));
	at += 11;
	for (u32 i = 0; i < head.n_fields; i++) {
		const khttp_field &field = head.fields[i];
		khttp_field_id id;

		MUST(field.name == at);
		MUST(khttp_field_identify(text.data() + at, field.name_len,
					  &id));
		MUST(id == field.id);
		at += field.name_len;
		MUST(text[at++] == ':');
		MUST(whole.substr(at, field.value - at)
			     .find_first_not_of(" \t") == std::string::npos);
		MUST(khttp_field_value_ok(text.data() + field.value,
					  field.value_len));
		at = text.find('\r', field.value + field.value_len) + 2;
	}
	MUST(at + 2 == head.head_len);
	MUST(head.n_fields <= limits.max_fields);
	MUST(head.version == KHTTP_HTTP_10 ||
	     khttp_head_has(&head, KHTTP_FIELD_HOST));
	MUST(!(head.flags & KHTTP_HEAD_CHUNKED) ||
	     !(head.flags & KHTTP_HEAD_LENGTH));
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	static khttp_head pieces;
	static khttp_head whole;
	chooser choose(data, size);
	std::size_t step = choose.byte() + 1u;
	khttp_limits limits = limits_for(choose.byte());
	std::string_view text = choose.rest();
	khttp_parse_result at_once = in_pieces(&whole, text, text.size() + 1,
					       limits);

	MUST(in_pieces(&pieces, text, step, limits) == at_once);
	if (at_once != KHTTP_PARSE_MORE)
		same(whole, pieces);
	if (at_once == KHTTP_PARSE_DONE)
		check_grammar(whole, text, limits);
	if (at_once == KHTTP_PARSE_REFUSED)
		MUST(khttp_reason_status(
			     static_cast<khttp_reason>(whole.reason)) >= 400);
	return 0;
}
