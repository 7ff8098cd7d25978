/* SPDX-License-Identifier: MIT */
#include "place.hpp"

#include <fmt/format.h>

#include "../command.hpp"
#include "../text.hpp"
#include "../units.hpp"

namespace khttpctl::access {

namespace {

/* As HTTP.sys calls them, which has no JSON; its binary files are something else */
struct naming {
	const char *kind;
	const char *timed;
	const char *numbered;
	const char *suffix;
};

constexpr naming names[] = {
	{"w3c", "ex", "extend", ".log"},
	{"common", "nc", "ncsa", ".log"},
	{"combined", "nc", "ncsa", ".log"},
	{"json", "js", "json", ".log"},
	{"binary", "kh", "khttp", ".klog"},
};

constexpr const char *rolls[] = {"size", "hourly", "daily", "weekly", "monthly"};

const naming &name_of(kind of)
{
	return names[static_cast<std::size_t>(of)];
}

/* Of its month, from 1 on: a new one begins on Sunday */
int week_of(const std::tm &when)
{
	const int first = ((when.tm_wday - (when.tm_mday - 1)) % 7 + 7) % 7;

	return (when.tm_mday - 1 + first) / 7 + 1;
}

} // namespace

kind parse_kind(std::string_view text)
{
	for (std::size_t i = 0; i < std::size(names); i++)
		if (text == names[i].kind)
			return static_cast<kind>(i);
	throw usage_error(fmt::format("--format {}: write w3c, common, combined, json or binary",
				      printable(text)));
}

roll parse_roll(std::string_view text)
{
	for (std::size_t i = 0; i < std::size(rolls); i++)
		if (text == rolls[i])
			return static_cast<roll>(i);
	throw usage_error(fmt::format("--roll {}: write size, hourly, daily, weekly or monthly",
				      printable(text)));
}

std::string timed_name(kind of, roll by, const std::tm &when)
{
	const naming &n = name_of(of);
	std::string name = fmt::format("{}{:02}{:02}", n.timed, when.tm_year % 100,
				       when.tm_mon + 1);

	if (by == roll::weekly)
		name += fmt::format("{:02}", week_of(when));
	else if (by != roll::monthly)
		name += fmt::format("{:02}", when.tm_mday);
	if (by == roll::hourly)
		name += fmt::format("{:02}", when.tm_hour);
	return name + n.suffix;
}

std::string numbered_name(kind of, std::uint64_t number)
{
	return fmt::format("{}{}{}", name_of(of).numbered, number, name_of(of).suffix);
}

std::optional<std::uint64_t> number_in(kind of, std::string_view name)
{
	const std::string_view before = name_of(of).numbered, behind = name_of(of).suffix;

	if (!name.starts_with(before) || !name.ends_with(behind) ||
	    name.size() < before.size() + behind.size())
		return std::nullopt;
	name.remove_prefix(before.size());
	name.remove_suffix(behind.size());
	return parse_number(name);
}

} // namespace khttpctl::access
