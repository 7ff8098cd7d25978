/* SPDX-License-Identifier: MIT */
/* khttpctl url ... */
#include <cerrno>

#include <fmt/format.h>
#include <khttp/error.hpp>

#include "command.hpp"
#include "failures.hpp"
#include "json.hpp"
#include "live_limits.hpp"
#include "match.hpp"
#include "settings.hpp"
#include "shown.hpp"
#include "text.hpp"
#include "url_text.hpp"

namespace khttpctl {

std::uint32_t redirect_status(const std::string &word)
{
	if (word == "permanent")
		return 308;
	if (word == "temporary")
		return 307;
	for (std::uint32_t status : {301, 302, 307, 308})
		if (word == std::to_string(status))
			return status;
	throw usage_error("the status of a redirect is 301, 302, 307, 308, permanent or "
			  "temporary");
}

namespace {

constexpr keyword table_of_add[] = {
	{"queue", "NAME", value_kind::text, 0, 0, nullptr, "the queue that gets the requests"},
	{"group", "NAME", value_kind::text, 0, 0, nullptr,
	 "or the group that it belongs to, whose queue gets them"},
	{"context", "N", value_kind::number, 0, UINT64_MAX, nullptr,
	 "a number that workers get with each request"},
	{"redirect", "URL", value_kind::text, 0, 0, nullptr,
	 "answer with a redirect to there, and the rest of the target"},
	{"status", "301|302|307|308|permanent|temporary", value_kind::text, 0, 0, nullptr,
	 "of the redirect; permanent, 308, by default"},
};
constexpr keyword table_of_match[] = {
	{"at", "ADDRESS", value_kind::text, 0, 0, nullptr,
	 "the local address that the connection comes in at"},
};

const std::string &url_of(const arguments &args)
{
	if (args.words.empty())
		throw usage_error("the URL is missing");
	return args.words[0];
}

/* What was typed may mean something else than its writer believes: say so */
std::string announced(context &ctx, const std::string &typed)
{
	std::string prefix = normal_prefix(typed);

	if (prefix != typed)
		ctx.err << "khttpctl: note: taken as " << printable(prefix) << '\n';
	return prefix;
}

std::optional<khttp::redirect> redirect_of(const keyword_values &values)
{
	auto status = values.text("status");
	khttp::redirect redirect;

	if (status)
		redirect.status = redirect_status(*status);
	if (auto to = values.text("redirect"))
		redirect.to = *to;
	else if (status)
		throw usage_error("a status is a redirect's: 'redirect URL' is missing");
	else
		return std::nullopt;
	if (values.has("context"))
		throw usage_error("a redirect has no workers that a context is for");
	return redirect;
}

/* Where it is to be added; exactly one of them has to be said */
struct place {
	std::optional<std::string> queue;
	std::optional<std::string> group;
	std::optional<khttp::redirect> redirect;

	explicit place(const keyword_values &values)
		: queue(values.text("queue")), group(values.text("group")),
		  redirect(redirect_of(values))
	{
		if (!queue && !group)
			throw usage_error("'queue NAME' is missing, or 'group NAME'");
		if (queue && group)
			throw usage_error("a group has its queue: name one of them");
	}

	void add(khttp::control &control, const std::string &prefix, std::uint64_t context) const
	{
		/* A queue's own group has its name */
		if (redirect)
			control.add_redirect(prefix, queue ? *queue : *group, *redirect);
		else if (queue)
			control.add_url(prefix, *queue, context);
		else
			control.add_url_to_group(prefix, *group, context);
	}

	[[noreturn]] void missing(context &ctx) const
	{
		if (queue)
			no_such_queue(ctx, *queue);
		no_such_group(ctx, *group);
	}
};

/* Names the holder, unless it has gone meanwhile */
void refuse_taken(khttp::control &control, const std::string &prefix)
{
	khttp_prefix wanted = parse_prefix(prefix);

	for (const khttp::url_info &url : control.urls()) {
		khttp_prefix held = parse_prefix(url.prefix);

		if (khttp_prefix_eq(&held, &wanted))
			throw khttp::error(
				EEXIST,
				fmt::format("{} feeds queue '{}' already: 'khttpctl url del "
					    "{}' takes it away first",
					    printable(url.prefix), printable(url.queue),
					    printable(url.prefix)));
	}
}

} // namespace

const std::span<const keyword> url_add_keywords{table_of_add};
const std::span<const keyword> url_match_keywords{table_of_match};

int url_add(context &ctx, const arguments &args)
{
	const std::string &typed = url_of(args);
	keyword_values values = args.tail(1, url_add_keywords);
	const place to(values);
	std::string prefix = announced(ctx, typed);
	std::uint64_t number = values.number("context").value_or(0);

	khttp::control &control = ctx.control();

	try {
		to.add(control, prefix, number);
	} catch (const khttp::error &failure) {
		int code = failure.code().value();

		if (code == ENOENT)
			to.missing(ctx);
		if (code == EEXIST)
			refuse_taken(control, prefix);
		std::string whose = code == EPERM ? khttp::who_may_bind(control, prefix) : "";
		throw khttp::error(failure.code(),
				   fmt::format("prefix {}: {}{}{}", printable(prefix),
					       failure.what(), whose.empty() ? "" : ": ", whose));
	}
	return 0;
}

int url_del(context &ctx, const arguments &args)
{
	std::string prefix = normal_prefix(args.only("URL"));

	on_prefix(ctx, prefix, [&] { ctx.control().delete_url(prefix); });
	return 0;
}

int url_list(context &ctx, const arguments &args)
{
	args.expect_none();
	std::vector<khttp::url_info> urls = ctx.control().urls();
	table t({{"PREFIX"}, {"QUEUE"}, {"CONTEXT", align::right}, {"REQUESTS", align::right}});

	if (ctx.json) {
		print_json(ctx.out, json_list(urls));
		return 0;
	}
	for (const khttp::url_info &url : urls)
		t.add({url.prefix, place_text(url), fmt::format("{}", url.context),
		       fmt::format("{}", url.requests)});
	t.print(ctx.out, ctx.colour);
	return 0;
}

namespace {

json json_of_match(const std::string &typed, const request_url &url, const match_result &result)
{
	json object = {{"url", typed}, {"cooked_path", url.path}, {"match", nullptr}};

	if (result.winner) {
		object["match"] = json_of(*result.winner);
		object["match"]["bucket"] = result.bucket;
		object["match"]["because"] = result.because;
	}
	object["reserved"] = result.reserved ? json_of(*result.reserved) : json(nullptr);
	object["others"] = json::array();
	for (const match_loser &loser : result.losers)
		object["others"].push_back({{"prefix", loser.prefix},
					    {"queue", loser.queue},
					    {"because", loser.because}});
	object["on_other_ports"] = result.elsewhere;
	return object;
}

void print_queue_state(context &ctx, listing &lines, const std::string &name)
{
	for (const khttp::queue_info &queue : ctx.control().queues()) {
		if (queue.name != name)
			continue;
		lines.add("state", state_cell(queue));
		lines.add("workers", workers_cell(queue));
	}
}

void print_match(context &ctx, const request_url &url, const match_result &result)
{
	listing lines;

	lines.add("path", url.path);
	if (result.winner) {
		lines.add("prefix", {result.winner->prefix, tint::bold});
		if (result.winner->redirect) {
			lines.add("redirect", redirect_text(*result.winner->redirect));
			lines.add("group", result.winner->group);
		} else {
			lines.add("queue", place_text(*result.winner));
			print_queue_state(ctx, lines, result.winner->queue);
		}
		lines.add("because", result.because);
	} else if (result.reserved) {
		lines.add("prefix", {"none: clients get 404 (Reserved)", tint::bad});
		lines.add("reserved", fmt::format("{} for {}", result.reserved->prefix,
						  khttp::to_string(*result.reserved)));
		lines.add("because", result.because);
	} else {
		lines.add("prefix", {"none: clients get 404 (NoPrefix)", tint::bad});
	}
	lines.print(ctx.out, ctx.colour);

	table t({{"OTHER PREFIX"}, {"QUEUE"}, {"NOT, BECAUSE"}});
	for (const match_loser &loser : result.losers)
		t.add({loser.prefix, loser.queue, loser.because});
	if (!t.empty()) {
		ctx.out << '\n';
		t.print(ctx.out, ctx.colour);
	}
	if (result.elsewhere)
		ctx.out << fmt::format("\n{} more of another port or scheme\n", result.elsewhere);
}

} // namespace

int url_match(context &ctx, const arguments &args)
{
	const std::string &typed = url_of(args);
	keyword_values values = args.tail(1, url_match_keywords);
	std::optional<local_address> at;

	if (auto text = values.text("at"))
		at = parse_local_address(*text);
	request_url url = parse_request_url(typed, live_limits(ctx));
	if (url.refused != KHTTP_REASON_NONE)
		throw khttp::error(EINVAL,
				   fmt::format("no prefix gets to see this URL: the kernel answers "
					       "{} ({}): {}",
					       khttp_reason_status(url.refused),
					       khttp_reason_word(url.refused),
					       khttp_reason_text(url.refused)));
	match_result result = match_url(ctx.control().urls(), url, at,
					ctx.control().reservations());
	if (ctx.json)
		print_json(ctx.out, json_of_match(typed, url, result));
	else
		print_match(ctx, url, result);
	return result.winner ? 0 : 1;
}

} // namespace khttpctl
