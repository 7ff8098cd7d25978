/* SPDX-License-Identifier: MIT */
/* khttpctl reservation ... */
#include <algorithm>
#include <cerrno>

#include <fmt/format.h>
#include <khttp/error.hpp>
#include <unistd.h>

#include "command.hpp"
#include "failures.hpp"
#include "json.hpp"
#include "people.hpp"
#include "text.hpp"
#include "url_text.hpp"

namespace khttpctl {

namespace {

constexpr keyword table_of_holder[] = {
	{"user", "USER", value_kind::text, 0, 0, nullptr, "a name or a number"},
	{"group", "GROUP", value_kind::text, 0, 0, nullptr, "likewise; with a user: either"},
};

/* Ports below it are the kernel's to give, unless the administrator moved it */
constexpr unsigned first_free_port = 1024;

/* Takes a word that has no value out of what stands behind the URL */
bool take_word(std::vector<std::string> &words, std::string_view word)
{
	auto found = std::find(words.begin() + std::min<std::ptrdiff_t>(1, std::ssize(words)),
			       words.end(), word);

	if (found == words.end())
		return false;
	words.erase(found);
	return true;
}

std::string reserved_prefix(context &ctx, const std::vector<std::string> &words)
{
	if (words.empty())
		throw usage_error("the URL is missing");
	std::string prefix = normal_prefix(words[0]);

	if (prefix != words[0])
		ctx.err << "khttpctl: note: taken as " << printable(prefix) << '\n';
	return prefix;
}

keyword_values holder_words(const std::vector<std::string> &words)
{
	return parse_keywords(std::span(words).subspan(1), reservation_keywords);
}

std::string rights_text(const khttp::reservation_info &r)
{
	if (!r.listen)
		return "delegate only";
	return r.delegate ? "listen, delegate" : "listen";
}

[[noreturn]] void refuse_reservation(context &ctx, const std::string &prefix,
				     const khttp::error &failure)
{
	std::string text = fmt::format("reservation {}: {}", printable(prefix), failure.what());

	if (failure.code().value() == EPERM || failure.code().value() == EEXIST)
		if (auto decides = ctx.control().deciding_reservation(prefix))
			text += fmt::format("; {} is of {} ({})", printable(decides->prefix),
					    khttp::to_string(*decides), rights_text(*decides));
	throw khttp::error(failure.code(), text);
}

/* For whom it is asked, and what the kernel's rules say */
struct verdict {
	person who;
	std::optional<khttp::reservation_info> decides;
	bool may_bind = false;
	bool may_reserve = false;
	std::string because;
	std::string command; /* that would change it */
};

person asked_for(const keyword_values &values)
{
	auto group = values.text("group");
	person asker = myself();

	if (auto user = values.text("user"))
		asker = person_named(*user);
	else if (group)
		asker = {};
	if (group)
		asker.groups.push_back(*parse_owner(":" + *group).gid);
	return asker;
}

std::string who_text(const person &who)
{
	if (who.uid)
		return fmt::format("user {}", user_name(*who.uid));
	return fmt::format("group {}", group_name(who.groups.at(0)));
}

std::string why_named(const person &who, const khttp::reservation_info &r)
{
	if (who.uid && r.uid == who.uid)
		return "it names that user";
	if (r.gid && std::ranges::count(who.groups, *r.gid))
		return fmt::format("it names the group {}", group_name(*r.gid));
	return "";
}

/* The rules of the kernel over what the kernel says who decides */
verdict judge(context &ctx, const std::string &prefix, const person &who)
{
	verdict v{.who = who, .decides = ctx.control().deciding_reservation(prefix),
		  .because = {}, .command = {}};

	if (who.uid == 0U) {
		v.may_bind = v.may_reserve = true;
		v.because = "root has CAP_NET_ADMIN, which may bind and reserve everything";
		return v;
	}
	std::string named = v.decides ? why_named(who, *v.decides) : "";
	v.may_bind = !named.empty() && v.decides->listen;
	v.may_reserve = !named.empty() && v.decides->delegate;
	if (!v.decides)
		v.because = "no reservation covers it: that needs CAP_NET_ADMIN";
	else if (named.empty())
		v.because = "it is for " + khttp::to_string(*v.decides);
	else if (!v.may_bind)
		v.because = named + ", but only to delegate";
	else
		v.because = named;
	if (!v.may_bind && who.uid)
		v.command = khttp::reservation_command(v.decides, prefix, *who.uid);
	return v;
}

std::string port_text(const verdict &v, const std::string &prefix)
{
	const unsigned port = parse_prefix(prefix).port;

	if (port >= first_free_port || v.who.uid == 0U)
		return fmt::format("{}", port);
	if (v.decides && v.decides->any_port)
		return fmt::format("{}: granted, too; its maker had CAP_NET_BIND_SERVICE", port);
	return fmt::format("{}: only if net.ipv4.ip_unprivileged_port_start is not above it", port);
}

json json_of_verdict(const std::string &prefix, const verdict &v)
{
	return {{"url", prefix},
		{"for", who_text(v.who)},
		{"reservation", v.decides ? json_of(*v.decides) : json(nullptr)},
		{"may_bind", v.may_bind},
		{"may_reserve", v.may_reserve},
		{"because", v.because},
		{"command", v.command.empty() ? json(nullptr) : json(v.command)}};
}

void print_verdict(context &ctx, const std::string &prefix, const verdict &v)
{
	listing lines;

	lines.add("url", {prefix, tint::bold});
	lines.add("decided by", v.decides ? v.decides->prefix : "nothing: it is not reserved");
	if (v.decides) {
		lines.add("which is for", khttp::to_string(*v.decides));
		lines.add("rights", rights_text(*v.decides));
	}
	lines.add("asked for", who_text(v.who));
	lines.add("may bind", v.may_bind ? cell("yes", tint::good) : cell("no", tint::bad));
	lines.add("may reserve", v.may_reserve ? cell("yes", tint::good) : cell("no"));
	lines.add("because", v.because);
	lines.add("port", port_text(v, prefix));
	if (!v.command.empty())
		lines.add("to change it", v.command);
	lines.print(ctx.out, ctx.colour);
}

} // namespace

const std::span<const keyword> reservation_keywords{table_of_holder};

int reservation_add(context &ctx, const arguments &args)
{
	std::vector<std::string> words = args.words;
	khttp::reservation_settings to;

	to.delegate = take_word(words, "delegate");
	to.listen = !take_word(words, "nolisten");
	std::string prefix = reserved_prefix(ctx, words);
	keyword_values values = holder_words(words);
	if (auto user = values.text("user"))
		to.uid = person_named(*user).uid;
	if (auto group = values.text("group"))
		to.gid = parse_owner(":" + *group).gid;
	if (!to.uid && !to.gid)
		throw usage_error("say for whom: 'user USER', 'group GROUP' or both");
	try {
		ctx.control().reserve(prefix, to);
	} catch (const khttp::error &failure) {
		refuse_reservation(ctx, prefix, failure);
	}
	return 0;
}

int reservation_del(context &ctx, const arguments &args)
{
	std::string prefix = reserved_prefix(ctx, {args.only("URL")});

	try {
		ctx.control().unreserve(prefix);
	} catch (const khttp::error &failure) {
		refuse_reservation(ctx, prefix, failure);
	}
	return 0;
}

int reservation_list(context &ctx, const arguments &args)
{
	args.expect_none();
	std::vector<khttp::reservation_info> list = ctx.control().reservations();
	table t({{"PREFIX"}, {"USER"}, {"GROUP"}, {"RIGHTS"}, {"MADE BY"}, {"ANY PORT"}});

	if (ctx.json) {
		print_json(ctx.out, json_list(list));
		return 0;
	}
	for (const khttp::reservation_info &r : list)
		t.add({r.prefix, r.uid ? user_name(*r.uid) : "-", r.gid ? group_name(*r.gid) : "-",
		       rights_text(r), user_name(r.creator), r.any_port ? "yes" : "no"});
	t.print(ctx.out, ctx.colour);
	return 0;
}

int reservation_check(context &ctx, const arguments &args)
{
	std::string prefix = reserved_prefix(ctx, args.words);
	const verdict v = judge(ctx, prefix, asked_for(holder_words(args.words)));

	if (ctx.json)
		print_json(ctx.out, json_of_verdict(prefix, v));
	else
		print_verdict(ctx, prefix, v);
	return v.may_bind ? 0 : 1;
}

} // namespace khttpctl
