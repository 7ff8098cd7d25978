/* SPDX-License-Identifier: MIT */
#include "encoding.hpp"

#include <algorithm>

#include "common/text.hpp"

namespace files {

namespace {

struct preference {
	std::string_view name;
	unsigned q;
};

/* "gzip;q=0.5"; an element that cannot be read counts as not sent. */
std::optional<preference> parse_item(std::string_view item)
{
	const auto semicolon = item.find(';');
	const auto name = text::trim(item.substr(0, semicolon));

	if (semicolon == std::string_view::npos)
		return preference{name, 1000};
	const auto weight = text::trim(item.substr(semicolon + 1));

	if (weight.size() < 2 || !text::equals_fold(weight.substr(0, 2), "q="))
		return std::nullopt;
	const auto q = text::qvalue(weight.substr(2));

	if (!q)
		return std::nullopt;
	return preference{name, *q};
}

/* What the client says of each coding we know, by name or by "*". */
struct wishes {
	std::array<std::optional<unsigned>, codings.size()> named;
	std::optional<unsigned> identity;
	std::optional<unsigned> any;
};

/* "x-gzip" is another name of "gzip" (section 8.4.1.3). */
bool names(const preference &wish, const coding &known)
{
	return text::equals_fold(wish.name, known.name) ||
	       (known.name == "gzip" && text::equals_fold(wish.name, "x-gzip"));
}

wishes parse_wishes(std::string_view accepted)
{
	wishes all;

	for (auto item : text::list_items(accepted)) {
		const auto wish = parse_item(item);

		if (!wish)
			continue;
		if (wish->name == "*")
			all.any = wish->q;
		else if (text::equals_fold(wish->name, "identity"))
			all.identity = wish->q;
		for (std::size_t i = 0; i < codings.size(); i++)
			if (names(*wish, codings[i]))
				all.named[i] = wish->q;
	}
	return all;
}

} // namespace

const coding *choose_coding(const std::optional<std::string_view> &accepted,
			    const std::array<bool, codings.size()> &available)
{
	const coding *best = nullptr;

	if (!accepted)
		return nullptr;
	const auto wished = parse_wishes(*accepted);
	/* Not named, the plain file is acceptable but nobody's wish. */
	unsigned best_q = wished.identity.value_or(0);

	for (std::size_t i = 0; i < codings.size(); i++) {
		const auto q =
			wished.named[i].value_or(wished.any.value_or(0));

		if (!available[i] || q == 0 || q < best_q ||
		    (best && q == best_q))
			continue;
		best = &codings[i];
		best_q = q;
	}
	return best;
}

} // namespace files
