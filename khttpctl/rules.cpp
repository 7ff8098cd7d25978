/* SPDX-License-Identifier: MIT */
#include "rules.hpp"

#include <cstring>
#include <fstream>
#include <iostream>

#include <fmt/format.h>
#include <khttp/error.hpp>

#include "command.hpp"
#include "text.hpp"

namespace khttpctl {

namespace {

/* The shell has taken the quotes away: blanks are in need of new ones */
std::string quoted(const std::string &word)
{
	if (!word.empty() && word.find(' ') == std::string::npos && word[0] != '"' &&
	    word[0] != '\'')
		return word;
	char quote = word.find('"') == std::string::npos ? '"' : '\'';

	return fmt::format("{}{}{}", quote, word, quote);
}

/* One word with blanks between is a rule that was put into quotes as a whole */
std::string joined(std::span<const std::string> words)
{
	std::string text;

	if (words.size() == 1)
		return words[0];
	for (const std::string &word : words)
		text += (text.empty() ? "" : " ") + quoted(word);
	return text;
}

khttp_span span_of(std::string_view text)
{
	return khttp_span_of(text.data(), static_cast<u32>(text.size()));
}

} // namespace

khttp_rule parse_rule(std::string_view text)
{
	khttp_rule rule;
	const char *wrong = khttp_rule_parse(text.data(), static_cast<u32>(text.size()), &rule);

	if (wrong)
		throw usage_error(fmt::format("rule '{}': {}", printable(text), wrong));
	return rule;
}

std::string rule_text(std::span<const std::string> words)
{
	std::string typed = joined(words);
	khttp_rule rule = parse_rule(typed);
	char text[KHTTP_RULE_PRINT_MAX];

	return {text, khttp_rule_print(&rule, text, sizeof(text))};
}

khttp::network parse_network(std::string_view text)
{
	khttp_network parsed;
	khttp::network out;
	const char *wrong =
		khttp_network_parse(text.data(), static_cast<u32>(text.size()), &parsed);

	if (wrong)
		throw usage_error(fmt::format("'{}': {}", printable(text), wrong));
	out.ipv6 = parsed.address.len == KHTTP_ADDRESS6_LEN;
	std::memcpy(out.address.data(), parsed.address.bytes, parsed.address.len);
	out.bits = parsed.bits;
	return out;
}

khttp::network parse_client(std::string_view text)
{
	khttp::network client = parse_network(text);

	if (client.bits != (client.ipv6 ? 128 : 32))
		throw usage_error(fmt::format("'{}' is a network: write one address",
					      printable(text)));
	return client;
}

std::string network_text(const khttp::network &n)
{
	khttp_network network{};
	char text[KHTTP_NETWORK_TEXT_MAX];

	network.address.len = n.ipv6 ? KHTTP_ADDRESS6_LEN : KHTTP_ADDRESS4_LEN;
	std::memcpy(network.address.bytes, n.address.data(), network.address.len);
	network.bits = n.bits;
	return {text, khttp_network_print(&network, text)};
}

namespace {

std::string_view stripped(std::string_view line)
{
	for (std::size_t i = 0; i < line.size(); i++)
		if (line[i] == '#' && (!i || line[i - 1] == ' ' || line[i - 1] == '\t'))
			line = line.substr(0, i);
	while (!line.empty() && std::strchr(" \t\r", line.back()))
		line.remove_suffix(1);
	while (!line.empty() && std::strchr(" \t", line.front()))
		line.remove_prefix(1);
	return line;
}

std::vector<std::string> read_lines(std::istream &in)
{
	std::vector<std::string> lines;
	std::string line;

	while (std::getline(in, line))
		if (std::string_view rest = stripped(line); !rest.empty())
			lines.emplace_back(rest);
	return lines;
}

} // namespace

std::vector<std::string> lines_of(const std::string &file)
{
	if (file == "-")
		return read_lines(std::cin);
	std::ifstream in(file);
	if (!in)
		throw khttp::error(errno, fmt::format("cannot read {}: {}", printable(file),
						      std::strerror(errno)));
	std::vector<std::string> lines = read_lines(in);
	if (in.bad())
		throw khttp::error(EIO, fmt::format("cannot read {} to its end", printable(file)));
	return lines;
}

namespace {

std::string head_of(const tried_request &request)
{
	bool has_host = false;
	std::string head = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.target);

	for (const std::string &field : request.fields) {
		has_host = has_host || lower(field.substr(0, 5)) == "host:";
		head += field + "\r\n";
	}
	/* a request without one gets no further, and no rule is about it */
	return head + (has_host ? "" : "Host: localhost\r\n") + "\r\n";
}

struct asker {
	const set_lookup &in_set;
	const khttp::network &client;
};

bool ask_set(const khttp_rule_query *query, const khttp_rule *rule, u32 net)
{
	const auto *ask = static_cast<const asker *>(query->arg);
	khttp_span name = rule->nets[net].set;

	return ask->in_set(std::string(name.ptr, name.len), ask->client);
}

void ask_rules(const khttp::filter_info &filter, const khttp_rule_query &query, tried &result)
{
	for (const khttp::filter_rule &info : filter.rules) {
		khttp_rule rule = parse_rule(info.text);

		if (!khttp_rule_matches(&rule, &query))
			continue;
		bool decides = rule.action != KHTTP_RULE_RATE;
		result.matching.push_back({&info, decides});
		if (decides)
			return;
	}
}

} // namespace

tried try_request(const khttp::filter_info &filter, const tried_request &request,
		  const khttp_limits &limits, const set_lookup &in_set)
{
	const std::string text = head_of(request);
	const asker ask{in_set, request.client};
	std::vector<char> cooked(text.size());
	khttp_rule_query query{};
	khttp_host_memo memo{};
	khttp_target target;
	khttp_head head;
	tried result;

	khttp_head_init(&head);
	if (khttp_parse_head(&head, text.data(), static_cast<u32>(text.size()), &limits) !=
	    KHTTP_PARSE_DONE)
		result.refused = static_cast<khttp_reason>(head.reason);
	else
		result.refused = khttp_target_cook(&head, text.data(), &limits, KHTTP_SCHEME_HTTP,
						   &memo, cooked.data(),
						   static_cast<u32>(cooked.size()), &target);
	if (result.refused != KHTTP_REASON_NONE)
		return result;
	khttp_span path = khttp_target_path(&target, text.data(), cooked.data());
	result.path.assign(path.ptr, path.len);
	khttp_address_set(&query.client, request.client.address.data(),
			  request.client.ipv6 ? KHTTP_ADDRESS6_LEN : KHTTP_ADDRESS4_LEN);
	query.method = head.method;
	query.path = span_of(result.path);
	query.authority = khttp_span_of(text.data() + target.authority, target.authority_len);
	query.head = &head;
	query.buf = text.data();
	query.in_set = ask_set;
	query.arg = &ask;
	ask_rules(filter, query, result);
	return result;
}

std::size_t rule_number(const khttp::filter_info &filter, const khttp::filter_rule &rule)
{
	return static_cast<std::size_t>(&rule - filter.rules.data()) + 1;
}

bool passes(const tried &result)
{
	if (result.matching.empty() || !result.matching.back().decides)
		return true;
	return parse_rule(result.matching.back().rule->text).action == KHTTP_RULE_ALLOW;
}

std::string outcome_of(const khttp::filter_rule &rule)
{
	khttp_rule parsed = parse_rule(rule.text);

	switch (parsed.action) {
	case KHTTP_RULE_ALLOW: return "passes";
	case KHTTP_RULE_DENY: return fmt::format("is answered {} (Filter)", parsed.status);
	case KHTTP_RULE_CLOSE: return "is not answered: its connection ends (Filter)";
	default: return "passes, or is answered 429 (RateLimit) above the rate";
	}
}

} // namespace khttpctl
