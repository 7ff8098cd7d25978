/* SPDX-License-Identifier: MIT */
#include "reasons.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "command.hpp"
#include "failures.hpp"
#include "text.hpp"

namespace khttpctl {

namespace {

/* The list also has reasons whose setting this version does not have yet */
std::string known_knob(std::string_view knob)
{
	const std::vector<std::string> known = objects();
	bool there = std::ranges::find(known, knob.substr(0, knob.find(' '))) != known.end();

	return there ? std::string(knob) : "";
}

} // namespace

reason_info reason_of(khttp_reason reason)
{
	return {khttp_reason_word(reason), khttp_reason_text(reason), khttp_reason_status(reason),
		khttp_reason_closes(reason), known_knob(khttp_reason_knob(reason))};
}

std::vector<reason_info> all_reasons()
{
	std::vector<reason_info> all;

	for (int i = KHTTP_REASON_NONE + 1; i < KHTTP_REASON__COUNT; i++)
		all.push_back(reason_of(static_cast<khttp_reason>(i)));
	return all;
}

reason_info find_reason(const std::string &word)
{
	std::vector<std::string> known;

	for (const reason_info &reason : all_reasons()) {
		if (lower(reason.word) == lower(word))
			return reason;
		known.push_back(reason.word);
	}
	throw usage_error(fmt::format("there is no reason '{}'{}: 'khttpctl reason list' has them",
				      printable(word), did_you_mean(word, known)));
}

} // namespace khttpctl
