/* SPDX-License-Identifier: MIT */
#include "range.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "common/text.hpp"

namespace files {

namespace {

constexpr auto no_limit = std::numeric_limits<std::uint64_t>::max();

/* A position beyond 64 bits is beyond any file: it counts as the largest. */
std::optional<std::uint64_t> position(std::string_view digits)
{
	if (digits.empty() ||
	    digits.find_first_not_of("0123456789") != std::string_view::npos)
		return std::nullopt;
	return text::number(digits).value_or(no_limit);
}

struct range_spec {
	bool suffix = false;
	std::uint64_t first = 0; /* length of the suffix, if it is one */
	std::uint64_t last = no_limit;
};

/* Section 14.1.2: "first-", "first-last" or "-length". */
std::optional<range_spec> parse_spec(std::string_view item)
{
	const auto dash = item.find('-');
	range_spec spec;

	if (dash == std::string_view::npos)
		return std::nullopt;
	const auto left = item.substr(0, dash);
	const auto right = item.substr(dash + 1);

	spec.suffix = left.empty();
	const auto first = position(spec.suffix ? right : left);

	if (!first)
		return std::nullopt;
	spec.first = *first;
	if (!spec.suffix && !right.empty()) {
		const auto last = position(right);

		if (!last || *last < *first)
			return std::nullopt;
		spec.last = *last;
	}
	return spec;
}

/* Nothing when it cannot be satisfied. SIZE is not 0. */
std::optional<byte_range> apply(const range_spec &spec, std::uint64_t size)
{
	if (spec.suffix) {
		const auto length = std::min(spec.first, size);

		if (length == 0)
			return std::nullopt;
		return byte_range{size - length, length};
	}
	if (spec.first >= size)
		return std::nullopt;
	return byte_range{spec.first,
			  std::min(spec.last, size - 1) - spec.first + 1};
}

bool touch(const byte_range &a, const byte_range &b)
{
	return a.first <= b.first + b.length && b.first <= a.first + a.length;
}

byte_range join(const byte_range &a, const byte_range &b)
{
	const auto first = std::min(a.first, b.first);

	return {first, std::max(a.first + a.length, b.first + b.length) - first};
}

/* PART grows by each range it touches; growing may make it touch others. */
void add_merged(std::vector<byte_range> &parts, byte_range part)
{
	auto at = parts.size();

	for (std::size_t i = 0; i < parts.size();) {
		if (!touch(parts[i], part)) {
			i++;
			continue;
		}
		part = join(parts[i], part);
		parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i));
		at = std::min(at, i);
		i = 0;
	}
	at = std::min(at, parts.size());
	parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(at), part);
}

/* The list after "bytes=", or nothing for another unit. */
std::optional<std::string_view> byte_ranges(std::string_view field)
{
	const auto equals = field.find('=');

	if (equals == std::string_view::npos ||
	    !text::equals_fold(text::trim(field.substr(0, equals)), "bytes"))
		return std::nullopt;
	return field.substr(equals + 1);
}

} // namespace

range_choice choose_ranges(std::string_view field, std::uint64_t size)
{
	const auto list = byte_ranges(field);
	range_choice choice;
	bool promised_nothing = false;

	if (!list)
		return choice;
	const auto items = text::list_items(*list);

	if (items.empty() || items.size() > max_ranges)
		return choice;
	for (auto item : items) {
		const auto spec = parse_spec(item);

		if (!spec)
			return {};
		/* The last bytes of an empty file are all of it, and no
		 * Content-Range can say so. */
		if (size == 0) {
			promised_nothing |= spec->suffix && spec->first > 0;
			continue;
		}
		if (const auto part = apply(*spec, size))
			add_merged(choice.parts, *part);
	}
	if (!choice.parts.empty())
		choice.kind = range_kind::parts;
	else if (!promised_nothing)
		choice.kind = range_kind::unsatisfiable;
	return choice;
}

std::string content_range(const byte_range &part, std::uint64_t size)
{
	return fmt::format("bytes {}-{}/{}", part.first,
			   part.first + part.length - 1, size);
}

std::string content_range_unsatisfied(std::uint64_t size)
{
	return fmt::format("bytes */{}", size);
}

} // namespace files
