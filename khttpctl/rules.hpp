/* SPDX-License-Identifier: MIT */
/* Rules and networks as people type them, judged by the kernel's own code. */
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <khttp/control.hpp>

#include "pure.hpp"

namespace khttpctl {

/* Somebody else changed it between reading and writing: so often, once more */
inline constexpr int change_attempts = 10;

/*
 * The words of a rule, or all of it in one word, in normal form. Throws
 * usage_error, which says what to change.
 */
[[nodiscard]] std::string rule_text(std::span<const std::string> words);

/* What a rule in normal form means; refers to @text */
[[nodiscard]] khttp_rule parse_rule(std::string_view text);

/* "10.0.0.0/8", or an address alone. Throws usage_error */
[[nodiscard]] khttp::network parse_network(std::string_view text);
/* An address alone. Throws usage_error */
[[nodiscard]] khttp::network parse_client(std::string_view text);
[[nodiscard]] std::string network_text(const khttp::network &n);

/*
 * The lines of a file, or of standard input for "-", without comments (from a #
 * that a line begins with, or that stands behind a blank), blanks at the ends
 * and empty lines.
 */
[[nodiscard]] std::vector<std::string> lines_of(const std::string &file);

/* A request that nobody has sent */
struct tried_request {
	khttp::network client;
	std::string method;
	std::string target;
	std::vector<std::string> fields; /* "Name: value" */
};

/* What a rule says of it */
struct tried_rule {
	const khttp::filter_rule *rule;
	bool decides; /* else it is a rate, which asks on while it is not used up */
};

struct tried {
	/* why the kernel would refuse it before any rule, or KHTTP_REASON_NONE */
	khttp_reason refused = KHTTP_REASON_NONE;
	std::string path; /* cooked */
	std::vector<tried_rule> matching; /* to the first that decides */
};

using set_lookup = std::function<bool(const std::string &set, const khttp::network &client)>;

/* As the kernel would; @in_set is asked for sets that rules name */
[[nodiscard]] tried try_request(const khttp::filter_info &filter, const tried_request &request,
				const khttp_limits &limits, const set_lookup &in_set);

/* As 'filter list' counts them, from 1; @rule is one of @filter's */
[[nodiscard]] std::size_t rule_number(const khttp::filter_info &filter,
				      const khttp::filter_rule &rule);
/* A rate is passed while it is not used up */
[[nodiscard]] bool passes(const tried &result);
/* "is answered 403 (Filter)": what becomes of a request that the rule decides about */
[[nodiscard]] std::string outcome_of(const khttp::filter_rule &rule);

} // namespace khttpctl
