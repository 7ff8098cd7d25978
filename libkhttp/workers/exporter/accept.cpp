/* SPDX-License-Identifier: MIT */
#include "accept.hpp"

#include <algorithm>
#include <array>

#include "common/text.hpp"

namespace exporter {

namespace {

/* Patterns of the same media type, each more general than the one before it */
constexpr std::array<std::string_view, 1> open_metrics = {"application/openmetrics-text"};
constexpr std::array<std::string_view, 3> plain_text = {"text/plain", "text/*", "*/*"};

struct media_range {
	std::string_view type;
	std::string_view version; /* the parameter, or nothing */
	unsigned weight = 1000;
};

/* What comes before SEPARATOR, without blanks around it; REST is what follows. */
std::string_view take(std::string_view &rest, char separator)
{
	const auto end = std::min(rest.find(separator), rest.size());
	const auto part = text::trim(rest.substr(0, end));

	rest.remove_prefix(std::min(end + 1, rest.size()));
	return part;
}

std::string_view unquoted(std::string_view value)
{
	if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
		return value.substr(1, value.size() - 2);
	return value;
}

/* Nothing for one that cannot be read, which counts as not sent. */
std::optional<media_range> parse_range(std::string_view item)
{
	media_range range;

	range.type = take(item, ';');
	while (!item.empty()) {
		std::string_view value = take(item, ';');
		const auto name = take(value, '=');

		if (text::equals_fold(name, "version"))
			range.version = unquoted(value);
		if (!text::equals_fold(name, "q"))
			continue;
		const auto weight = text::qvalue(value);

		if (!weight)
			return std::nullopt;
		range.weight = *weight;
	}
	return range;
}

/* The weight by the most specific of PATTERNS that is named; 0: by none. */
template <std::size_t N>
unsigned weight_of(std::string_view accepted, const std::array<std::string_view, N> &patterns,
		   std::string_view version)
{
	std::size_t best = N;
	unsigned weight = 0;

	for (auto item : text::list_items(accepted)) {
		const auto range = parse_range(item);

		if (!range || (!range->version.empty() && range->version != version))
			continue;
		const auto pattern = std::ranges::find_if(patterns, [&](std::string_view known) {
			return text::equals_fold(range->type, known);
		});
		const auto at = static_cast<std::size_t>(pattern - patterns.begin());

		if (at == N || at > best)
			continue;
		weight = at < best ? range->weight : std::max(weight, range->weight);
		best = at;
	}
	return weight;
}

} // namespace

metrics::format choose_format(const std::optional<std::string_view> &accepted)
{
	if (!accepted)
		return metrics::format::text;
	const unsigned open = weight_of(*accepted, open_metrics, "1.0.0");

	if (open && open >= weight_of(*accepted, plain_text, "0.0.4"))
		return metrics::format::open_metrics;
	return metrics::format::text;
}

} // namespace exporter
