/* SPDX-License-Identifier: MIT */
/* khttpctl networks ... */
#include <algorithm>
#include <cerrno>
#include <tuple>

#include <fmt/format.h>
#include <khttp/error.hpp>

#include "command.hpp"
#include "json.hpp"
#include "rules.hpp"
#include "text.hpp"
#include "units.hpp"

namespace khttpctl {

namespace {

const std::string &set_of(const arguments &args)
{
	if (args.words.empty())
		throw usage_error("the name of the set is missing");
	return args.words[0];
}

std::vector<khttp::network> typed_networks(const arguments &args, bool required)
{
	std::vector<khttp::network> list;

	if (required && args.words.size() < 2)
		throw usage_error("the networks are missing, like: 192.0.2.0/24 2001:db8::/32");
	for (std::size_t i = 1; i < args.words.size(); i++)
		list.push_back(parse_network(args.words[i]));
	return list;
}

/* What a set holds; of one that is not there, nothing */
khttp::networks_content content_of(khttp::control &control, const std::string &name)
{
	try {
		return control.networks(name);
	} catch (const khttp::error &failure) {
		if (failure.code().value() != ENOENT)
			throw;
		return {};
	}
}

/* In which the kernel lists them, too */
auto order_of(const khttp::network &n)
{
	return std::tuple(n.ipv6, n.address, n.bits);
}

bool has(const std::vector<khttp::network> &ordered, const khttp::network &n)
{
	return std::ranges::binary_search(ordered, order_of(n), {}, order_of);
}

[[noreturn]] void no_such_network(const std::string &name, const khttp::network &n)
{
	throw khttp::error(ENOENT,
			   fmt::format("{} does not stand in the set {}: 'khttpctl networks show "
				       "{}' has what does",
				       network_text(n), printable(name), printable(name)));
}

/* Somebody else may load it between reading and writing: then once more */
template <typename F>
void change_set(context &ctx, const std::string &name, F &&change)
{
	for (int attempt = 1;; attempt++) {
		khttp::networks_content now = content_of(ctx.control(), name);

		change(now.networks);
		try {
			ctx.control().load_networks(name, now.networks, now.generation);
			return;
		} catch (const khttp::error &failure) {
			if (failure.code().value() != ESTALE || attempt == change_attempts)
				throw;
		}
	}
}

} // namespace

int networks_load(context &ctx, const arguments &args)
{
	const std::string &name = set_of(args);
	std::vector<khttp::network> list;

	if (args.words.size() != 2)
		throw usage_error("say which FILE has the networks, one a line; or - for stdin");
	for (const std::string &line : lines_of(args.words[1]))
		list.push_back(parse_network(line));
	ctx.control().load_networks(name, list);
	return 0;
}

int networks_add(context &ctx, const arguments &args)
{
	const std::string &name = set_of(args);
	std::vector<khttp::network> more = typed_networks(args, false);

	change_set(ctx, name, [&](std::vector<khttp::network> &list) {
		list.insert(list.end(), more.begin(), more.end());
	});
	return 0;
}

int networks_remove(context &ctx, const arguments &args)
{
	const std::string &name = set_of(args);
	std::vector<khttp::network> gone = typed_networks(args, true);

	std::ranges::sort(gone, {}, order_of);
	change_set(ctx, name, [&](std::vector<khttp::network> &list) {
		for (const khttp::network &n : gone)
			if (!has(list, n))
				no_such_network(name, n);
		std::erase_if(list, [&](const khttp::network &n) { return has(gone, n); });
	});
	return 0;
}

int networks_del(context &ctx, const arguments &args)
{
	ctx.control().delete_networks(args.only("name of the set"));
	return 0;
}

int networks_list(context &ctx, const arguments &args)
{
	args.expect_none();
	std::vector<khttp::networks_info> sets = ctx.control().network_sets();
	table t({{"SET"}, {"IPV4", align::right}, {"IPV6", align::right},
		 {"MEMORY", align::right}, {"RULES", align::right}});

	if (ctx.json) {
		print_json(ctx.out, json_list(sets));
		return 0;
	}
	for (const khttp::networks_info &set : sets)
		t.add({set.name, fmt::format("{}", set.ipv4), fmt::format("{}", set.ipv6),
		       format_size(set.bytes), fmt::format("{}", set.rules)});
	t.print(ctx.out, ctx.colour);
	return 0;
}

int networks_show(context &ctx, const arguments &args)
{
	khttp::networks_content content = ctx.control().networks(args.only("name of the set"));
	json list = json::array();

	for (const khttp::network &n : content.networks)
		if (ctx.json)
			list.push_back(network_text(n));
		else
			ctx.out << network_text(n) << '\n';
	if (ctx.json)
		print_json(ctx.out, list);
	return 0;
}

int networks_test(context &ctx, const arguments &args)
{
	const std::string &name = set_of(args);
	std::vector<khttp::network> asked = typed_networks(args, true);
	bool found = false;

	if (asked.size() != 1 || asked[0].bits != (asked[0].ipv6 ? 128 : 32))
		throw usage_error("write one ADDRESS, like 192.0.2.1");
	found = ctx.control().in_networks(name, asked[0]);
	if (ctx.json)
		print_json(ctx.out, {{"address", network_text(asked[0])}, {"found", found}});
	else
		ctx.out << fmt::format("{} is {}in the set {}\n", network_text(asked[0]),
				       found ? "" : "not ", printable(name));
	return found ? 0 : 1;
}

} // namespace khttpctl
