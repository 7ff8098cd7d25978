/* SPDX-License-Identifier: MIT */
/* khttpctl filter ... */
#include <algorithm>
#include <cerrno>

#include <fmt/format.h>
#include <khttp/error.hpp>

#include "command.hpp"
#include "failures.hpp"
#include "json.hpp"
#include "live_limits.hpp"
#include "rules.hpp"
#include "text.hpp"
#include "units.hpp"

namespace khttpctl {

namespace {

const std::string &group_of(const arguments &args)
{
	if (args.words.empty())
		throw usage_error("the name of the group is missing");
	return args.words[0];
}

/* All that stay, by their ids */
std::vector<khttp::filter_entry> entries_of(const khttp::filter_info &filter)
{
	std::vector<khttp::filter_entry> entries;

	for (const khttp::filter_rule &rule : filter.rules)
		entries.push_back({rule.id, {}});
	return entries;
}

/* Of a group without rules the kernel tells nothing, as of one that there is not */
khttp::filter_info filter_of(context &ctx, const std::string &group)
{
	khttp::filter_info filter = ctx.control().find_filter(group);

	if (filter.rules.empty())
		on_group(ctx, group,
			 [&] { static_cast<void>(ctx.control().find_group(group)); });
	return filter;
}

/* What is not there may be the group, or a set or a rate that a rule names */
void set_rules(context &ctx, const std::string &group,
	       const std::vector<khttp::filter_entry> &entries,
	       std::optional<std::uint64_t> generation)
{
	try {
		ctx.control().set_filter(group, entries, generation);
	} catch (const khttp::error &failure) {
		if (failure.code().value() != ENOENT)
			throw;
		const std::vector<khttp::group_info> groups = ctx.control().groups();
		if (std::ranges::find(groups, group, &khttp::group_info::name) == groups.end())
			no_such_group(ctx, group);
		throw;
	}
}

/* Reads the rules, lets @change make the next ones of them, and sets those */
template <typename F>
void change_filter(context &ctx, const std::string &group, F &&change)
{
	khttp::control &control = ctx.control();

	for (int attempt = 1;; attempt++) {
		khttp::filter_info filter = control.find_filter(group);
		std::vector<khttp::filter_entry> entries = entries_of(filter);

		change(filter, entries);
		try {
			set_rules(ctx, group, entries, filter.generation);
			return;
		} catch (const khttp::error &failure) {
			if (failure.code().value() != ESTALE || attempt == change_attempts)
				throw;
		}
	}
}

std::size_t place_of(const std::string &word, std::size_t last)
{
	std::optional<std::uint64_t> number = parse_number(word);

	if (!number || !*number || *number > last)
		throw usage_error(fmt::format("'{}' is no place in the filter: write a number "
					      "from 1 to {}, as in 'khttpctl filter list'",
					      printable(word), last));
	return *number - 1;
}

void print_rules(context &ctx, const std::vector<khttp::filter_info> &filters)
{
	table t({{"GROUP"}, {"NO", align::right}, {"MATCHED", align::right},
		 {"LIMITED", align::right}, {"RULE"}});

	for (const khttp::filter_info &filter : filters)
		for (std::size_t i = 0; i < filter.rules.size(); i++) {
			const khttp::filter_rule &rule = filter.rules[i];
			bool is_rate = rule.text.starts_with("rate ");

			t.add({filter.group, fmt::format("{}", i + 1),
			       fmt::format("{}", rule.matched),
			       is_rate ? fmt::format("{}", rule.limited) : "-", rule.text});
		}
	t.print(ctx.out, ctx.colour);
}

} // namespace

int filter_add(context &ctx, const arguments &args)
{
	const std::string &group = group_of(args);
	std::span<const std::string> words = std::span(args.words).subspan(1);
	const std::string *place = nullptr;

	if (words.size() >= 2 && words[0] == "at") {
		place = &words[1];
		words = words.subspan(2);
	}
	if (words.empty())
		throw usage_error("the rule is missing, like: deny from 192.0.2.0/24");
	std::string text = rule_text(words);
	change_filter(ctx, group, [&](const auto &, auto &entries) {
		std::size_t at = place ? place_of(*place, entries.size() + 1) : entries.size();

		entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(at), {0, text});
	});
	return 0;
}

int filter_del(context &ctx, const arguments &args)
{
	const std::string &group = group_of(args);

	if (args.words.size() != 2)
		throw usage_error("say which rule, by its number in 'khttpctl filter list'");
	/* of the list that is there now: a rule of another one is not meant */
	khttp::filter_info filter = filter_of(ctx, group);
	if (filter.rules.empty())
		throw khttp::error(ENOENT, "the group has no rules");
	std::vector<khttp::filter_entry> entries = entries_of(filter);
	std::size_t at = place_of(args.words[1], entries.size());

	entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(at));
	set_rules(ctx, group, entries, filter.generation);
	return 0;
}

int filter_load(context &ctx, const arguments &args)
{
	const std::string &group = group_of(args);
	std::vector<std::string> texts;

	if (args.words.size() != 2)
		throw usage_error("say which FILE has the rules, one a line; or - for stdin");
	for (const std::string &line : lines_of(args.words[1]))
		texts.push_back(rule_text(std::span(&line, 1)));
	change_filter(ctx, group, [&](const khttp::filter_info &filter, auto &entries) {
		std::vector<khttp::filter_rule> old = filter.rules;

		entries.clear();
		for (const std::string &text : texts) {
			auto found = std::find_if(old.begin(), old.end(), [&](const auto &rule) {
				return rule.text == text;
			});

			/* the same as before goes on counting */
			if (found == old.end()) {
				entries.push_back({0, text});
				continue;
			}
			entries.push_back({found->id, {}});
			old.erase(found);
		}
	});
	return 0;
}

int filter_flush(context &ctx, const arguments &args)
{
	const std::string &group = args.only("name of the group");

	set_rules(ctx, group, {}, {});
	return 0;
}

int filter_list(context &ctx, const arguments &args)
{
	std::vector<khttp::filter_info> filters;

	if (args.words.empty())
		filters = ctx.control().filters();
	else
		filters.push_back(filter_of(ctx, args.only("name of the group")));
	if (ctx.json)
		print_json(ctx.out, json_list(filters));
	else
		print_rules(ctx, filters);
	return 0;
}

namespace {

tried_request request_of(const arguments &args)
{
	tried_request request;

	if (args.words.size() < 4)
		throw usage_error("write GROUP ADDRESS METHOD PATH, like: app 192.0.2.1 GET /");
	request.client = parse_client(args.words[1]);
	request.method = args.words[2];
	request.target = args.words[3];
	for (std::size_t i = 4; i < args.words.size(); i++) {
		if (args.words[i].find(':') == std::string::npos)
			throw usage_error(fmt::format("'{}' is no field: write NAME:VALUE",
						      printable(args.words[i])));
		request.fields.push_back(args.words[i]);
	}
	return request;
}

json json_of_tried(const khttp::filter_info &filter, const tried &result)
{
	json object = {{"path", result.path}, {"passes", passes(result)}};

	object["matching"] = json::array();
	for (const tried_rule &match : result.matching)
		object["matching"].push_back({{"number", rule_number(filter, *match.rule)},
					      {"rule", match.rule->text},
					      {"decides", match.decides}});
	return object;
}

void print_tried(context &ctx, const khttp::filter_info &filter, const tried &result)
{
	listing lines;

	lines.add("path", result.path);
	for (const tried_rule &match : result.matching)
		lines.add(fmt::format("rule {}", rule_number(filter, *match.rule)),
			  match.rule->text);
	if (result.matching.empty())
		lines.add("request", {"passes: no rule matches", tint::good});
	else
		lines.add("request", {outcome_of(*result.matching.back().rule),
				      passes(result) ? tint::good : tint::bad});
	lines.print(ctx.out, ctx.colour);
}

} // namespace

int filter_test(context &ctx, const arguments &args)
{
	const std::string &group = group_of(args);
	tried_request request = request_of(args);
	khttp::control &control = ctx.control();
	khttp::filter_info filter = filter_of(ctx, group);
	tried result = try_request(filter, request, live_limits(ctx),
				   [&](const std::string &set, const khttp::network &client) {
					   return control.in_networks(set, client);
				   });

	if (result.refused != KHTTP_REASON_NONE)
		throw khttp::error(EINVAL,
				   fmt::format("no rule gets to see this request: the kernel "
					       "answers {} ({}): {}",
					       khttp_reason_status(result.refused),
					       khttp_reason_word(result.refused),
					       khttp_reason_text(result.refused)));
	if (ctx.json)
		print_json(ctx.out, json_of_tried(filter, result));
	else
		print_tried(ctx, filter, result);
	return passes(result) ? 0 : 1;
}

} // namespace khttpctl
