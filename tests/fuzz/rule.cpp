// SPDX-License-Identifier: MIT
//
// A rule of a request filter in the first line, a cooked path in the second, a
// request head in the rest. The normal form must be stable and mean the same;
// "not" must turn the answer of a condition round; no condition more than the
// rule has may be asked for.
#include "fuzz.hpp"

extern "C" {
#include "http/rule.h"
#include "http/rule_text.h"
}

static bool in_set(const khttp_rule_query *, const khttp_rule *rule, u32 net)
{
	MUST(net < rule->n_nets);
	MUST(khttp_rule_name_ok(rule->nets[net].set.ptr, rule->nets[net].set.len));
	return rule->nets[net].set.len % 2;
}

static bool parse(const std::vector<char> &text, khttp_rule *rule)
{
	return !khttp_rule_parse(text.data(), static_cast<u32>(text.size()), rule);
}

static std::string print(const khttp_rule &rule)
{
	std::vector<char> out(KHTTP_RULE_PRINT_MAX);
	u32 len = khttp_rule_print(&rule, out.data(), static_cast<u32>(out.size()));

	MUST(len > 0);
	return std::string(out.data(), len);
}

static void check_not(khttp_rule rule, const khttp_rule_query &query)
{
	if (rule.n_conds != 1)
		return;
	bool before = khttp_rule_matches(&rule, &query);

	rule.conds[0].negated = !rule.conds[0].negated;
	MUST(khttp_rule_matches(&rule, &query) != before);
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	std::string_view text(reinterpret_cast<const char *>(data), size);
	std::size_t cut = std::min(text.find('\n'), text.size());
	std::vector<char> line = exact(text.substr(0, cut));
	khttp_rule rule;

	if (!parse(line, &rule))
		return 0;
	std::vector<char> copy = exact(print(rule));
	khttp_rule again;

	if (copy.size() > KHTTP_RULE_TEXT_MAX)
		return 0;
	MUST(parse(copy, &again));
	MUST(print(again) == std::string(copy.data(), copy.size()));

	text.remove_prefix(std::min(cut + 1, text.size()));
	cut = std::min(text.find('\n'), text.size());
	std::vector<char> path = exact(text.substr(0, cut));
	std::vector<char> bytes = exact(text.substr(std::min(cut + 1, text.size())));
	khttp_limits limits = KHTTP_LIMITS_DEFAULT;
	khttp_rule_query query{};
	khttp_head head;

	khttp_head_init(&head);
	if (khttp_parse_head(&head, bytes.data(), static_cast<u32>(bytes.size()),
			     &limits) != KHTTP_PARSE_DONE)
		return 0;
	query.client.len = KHTTP_ADDRESS4_LEN;
	query.client.bytes[0] = static_cast<u8>(size);
	query.method = head.method;
	query.path = khttp_span_of(path.data(), static_cast<u32>(path.size()));
	query.authority = khttp_head_has(&head, KHTTP_FIELD_HOST) ?
		khttp_head_first(&head, bytes.data(), KHTTP_FIELD_HOST) :
		khttp_span_of(nullptr, 0);
	query.head = &head;
	query.buf = bytes.data();
	query.in_set = in_set;
	MUST(khttp_rule_matches(&rule, &query) == khttp_rule_matches(&again, &query));
	check_not(rule, query);
	return 0;
}
