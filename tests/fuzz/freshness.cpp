// SPDX-License-Identifier: MIT
//
// The fields of a response that say how long it is fresh. First choices, then
// lines "x value", where x tells the field. What is stored is fresh for at least
// a second, or kept to be validated; no longer than any number says; and no-store
// without must-understand is obeyed. A value is also read as a Dictionary: each
// member moves on, and has a key.
#include "fuzz.hpp"

extern "C" {
#include "http/cache_control.h"
#include "http/cache_status.h"
#include "http/dictionary.h"
#include "http/freshness.h"
}

static khttp_field_id field_of(char c)
{
	switch (c) {
	case 't': return KHTTP_FIELD_CDN_CACHE_CONTROL;
	case 'd': return KHTTP_FIELD_DATE;
	case 'e': return KHTTP_FIELD_EXPIRES;
	case 'm': return KHTTP_FIELD_LAST_MODIFIED;
	case 'g': return KHTTP_FIELD_ETAG;
	default: return KHTTP_FIELD_CACHE_CONTROL;
	}
}

static void check_dictionary(khttp_span text)
{
	khttp_member member;
	u32 pos = 0, last;

	while (pos < text.len) {
		last = pos;
		if (!khttp_dictionary_next(text, &pos, &member))
			break;
		MUST(pos > last && pos <= text.len && member.key.len);
	}
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	chooser choices(data, size);
	khttp_freshness_ask ask{};
	khttp_freshness_term term{};
	khttp_freshness f{};

	ask.now = 784111777;
	ask.delay = choices.byte() * 0x1000000u;
	ask.heuristic = choices.byte() % 101;
	ask.status = static_cast<u16>(200 + choices.byte());
	const std::uint8_t bits = choices.byte();

	ask.authorized = bits & 1;
	ask.keep = bits & 2 ? 60 : 0;
	std::string_view rest = choices.rest();

	while (rest.size() > 1) {
		std::size_t end = std::min(rest.find('\n'), rest.size());
		std::vector<char> value = exact(rest.substr(1, end ? end - 1 : 0));
		khttp_span span = khttp_span_of(value.data(),
						static_cast<u32>(value.size()));

		check_dictionary(span);
		if (rest[0] == 'a')
			khttp_age_value(span, &f.age);
		else
			khttp_freshness_field(&f, field_of(rest[0]), span, ask.now);
		rest.remove_prefix(std::min(end + 1, rest.size()));
	}
	khttp_cache_why why = khttp_freshness_judge(&f, &ask, &term);

	if (why)
		return 0;
	MUST(term.ttl > 0 || term.keep > 0);
	MUST(!term.keep || (ask.keep && ask.status == 200 && (f.has_etag || f.has_modified)));
	MUST(std::uint64_t{ term.ttl } + term.age <= KHTTP_DELTA_SECONDS_MAX);
	MUST(!ask.authorized || term.shared);
	if (!f.targeted_lines && khttp_cc_says(&f.control, KHTTP_CC_MUST_REVALIDATE))
		MUST(!term.stale_while && !term.stale_error);
	if (!f.targeted_lines)
		MUST(!khttp_cc_says(&f.control, KHTTP_CC_NO_STORE) ||
		     khttp_cc_says(&f.control, KHTTP_CC_MUST_UNDERSTAND));
	return 0;
}
