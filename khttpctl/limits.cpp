/* SPDX-License-Identifier: MIT */
/* khttpctl limits ... */
#include <algorithm>
#include <cerrno>

#include <fmt/format.h>
#include <khttp/error.hpp>

#include "command.hpp"
#include "failures.hpp"
#include "json.hpp"
#include "live_limits.hpp"
#include "text.hpp"
#include "units.hpp"

namespace khttpctl {

khttp_limits live_limits(context &ctx)
{
	khttp_limits limits = KHTTP_LIMITS_DEFAULT;

	for (const khttp::limit_info &limit : ctx.control().limits()) {
		if (limit.name == "max_segment")
			limits.max_segment = static_cast<u32>(limit.value);
		if (limit.name == "max_segments")
			limits.max_segments = static_cast<u32>(limit.value);
	}
	return limits;
}

const khttp::limit_info &find_limit(const std::vector<khttp::limit_info> &limits,
				    const std::string &name)
{
	auto found = std::ranges::find(limits, name, &khttp::limit_info::name);
	std::vector<std::string> known;

	if (found != limits.end())
		return *found;
	for (const khttp::limit_info &limit : limits)
		known.push_back(limit.name);
	throw khttp::error(ENOENT, fmt::format("there is no limit '{}'{}: 'khttpctl limits show' "
					       "lists them",
					       printable(name), did_you_mean(name, known)));
}

namespace {

std::string range_of(const khttp::limit_info &limit)
{
	std::string least = format_by_unit(limit.min, limit.unit);

	if (limit.unit.find('|') != std::string::npos)
		return limit.unit;
	/* as good as none: more than any machine has */
	if (limit.max >= INT64_MAX)
		return "from " + least;
	return fmt::format("{} to {}", least, format_by_unit(limit.max, limit.unit));
}

} // namespace

std::uint64_t limit_value(const khttp::limit_info &limit, const std::string &text)
{
	std::optional<std::uint64_t> value = parse_by_unit(text, limit.unit);
	if (!value)
		throw usage_error(fmt::format("{} '{}': write {}{}, or default", limit.name,
					      printable(text),
					      limit.unit.find('|') == std::string::npos ?
						      "a number of " : "",
					      limit.unit));
	if (*value < limit.min || *value > limit.max)
		throw usage_error(fmt::format("{} {} is out of range: {} ({} to {} {})", limit.name,
					      printable(text), range_of(limit), limit.min,
					      limit.max, limit.unit));
	return *value;
}

namespace {

void print_one(context &ctx, const khttp::limit_info &limit)
{
	listing lines;

	lines.add("limit", {limit.name, tint::bold});
	lines.add("meaning", limit.help);
	lines.add("value", fmt::format("{} ({} {})", format_by_unit(limit.value, limit.unit),
				       limit.value, limit.unit));
	lines.add("default", format_by_unit(limit.initial, limit.unit));
	lines.add("range", range_of(limit));
	lines.add("groups", limit.per_group ? "may set their own" : "have no own");
	lines.print(ctx.out, ctx.colour);
}

void print_all(context &ctx, const std::vector<khttp::limit_info> &limits)
{
	table t({{"LIMIT"}, {"VALUE", align::right}, {"DEFAULT", align::right}, {"MEANING"}});

	for (const khttp::limit_info &limit : limits)
		t.add({limit.name,
		       {format_by_unit(limit.value, limit.unit),
			limit.value == limit.initial ? tint::none : tint::bold},
		       format_by_unit(limit.initial, limit.unit),
		       limit.help});
	t.print(ctx.out, ctx.colour);
}

} // namespace

int limits_show(context &ctx, const arguments &args)
{
	if (args.words.size() > 1)
		throw usage_error("one name, or none for all");
	std::vector<khttp::limit_info> limits = ctx.control().limits();
	bool one = !args.words.empty();

	if (one)
		limits = {khttp::limit_info(find_limit(limits, args.words[0]))};
	if (ctx.json)
		print_json(ctx.out, one ? json_of(limits[0]) : json_list(limits));
	else if (one)
		print_one(ctx, limits[0]);
	else
		print_all(ctx, limits);
	return 0;
}

int limits_set(context &ctx, const arguments &args)
{
	if (args.words.empty() || args.words.size() % 2)
		throw usage_error("write pairs of NAME and VALUE");
	std::vector<khttp::limit_info> limits = ctx.control().limits();
	std::vector<khttp::limit_setting> settings;

	for (std::size_t i = 0; i < args.words.size(); i += 2) {
		const khttp::limit_info &limit = find_limit(limits, args.words[i]);

		const std::string &text = args.words[i + 1];

		settings.push_back({limit.name, text == "default" ? limit.initial
								  : limit_value(limit, text)});
	}
	ctx.control().set_limits(settings);
	return 0;
}

} // namespace khttpctl
