/* SPDX-License-Identifier: MIT */
/* What the kernel does with a URL before a queue gets it. */
#include <fmt/format.h>

#include "../reasons.hpp"
#include "../shown.hpp"
#include "finding.hpp"

namespace khttpctl {

namespace {

finding unroutable(khttp_reason refused)
{
	const reason_info reason = reason_of(refused);

	return {"url", trouble::refused,
		fmt::format("it is answered {} {} before it is routed: {}", reason.status,
			    reason.word, reason.text),
		fmt::format("khttpctl reason show {}", reason.word), reason.word};
}

finding unmatched(const url_facts &facts)
{
	if (facts.match.reserved)
		return {"reserved", trouble::refused,
			fmt::format("{} is reserved and nobody has registered it: 404",
				    facts.match.reserved->prefix),
			"start the application that it is for", "Reserved"};
	return {"no-prefix", trouble::refused, "no prefix matches: 404",
		facts.match.losers.empty() ? "khttpctl url add URL queue NAME" :
					     "'khttpctl url match' tells why each does not",
		"NoPrefix"};
}

void find_rules(const url_facts &facts, std::vector<finding> &found)
{
	for (const tried_rule &rule : facts.asked->matching) {
		std::string name = fmt::format("rule {} of group {}, '{}'",
					       rule_number(facts.filter, *rule.rule),
					       facts.filter.group, rule.rule->text);
		bool last = &rule == &facts.asked->matching.back();

		if (!rule.decides)
			found.push_back({"rate", trouble::none,
					 fmt::format("{}, has answered {} of {} with 429", name,
						     rule.rule->limited, rule.rule->matched),
					 "khttpctl rate list"});
		else if (last && !passes(*facts.asked))
			found.push_back({"filter", trouble::refused,
					 fmt::format("{}: {} {}", name, facts.asker,
						     outcome_of(*rule.rule)),
					 fmt::format("khttpctl filter list {}", facts.filter.group),
					 "Filter"});
	}
}

} // namespace

std::vector<finding> findings_of(const url_facts &facts)
{
	std::vector<finding> found;

	if (facts.url.refused != KHTTP_REASON_NONE)
		return {unroutable(facts.url.refused)};
	if (!facts.match.winner)
		return {unmatched(facts)};
	if (facts.match.winner->redirect)
		found.push_back({"redirect", trouble::none,
				 fmt::format("the kernel redirects it: {}",
					     redirect_text(*facts.match.winner->redirect)),
				 ""});
	if (facts.asked && facts.asked->refused != KHTTP_REASON_NONE)
		return {unroutable(facts.asked->refused)};
	if (facts.asked)
		find_rules(facts, found);
	if (!facts.not_asked.empty())
		found.push_back({"filter-unknown", trouble::none,
				 fmt::format("the rules of group {} could not be asked: {}",
					     facts.filter.group, facts.not_asked),
				 fmt::format("khttpctl filter list {}", facts.filter.group)});
	worst_first(found);
	return found;
}

} // namespace khttpctl
