/* SPDX-License-Identifier: MIT */
/* khttpctl queue ... */
#include <ctime>

#include <fmt/format.h>
#include <linux/khttp.h>

#include "command.hpp"
#include "failures.hpp"
#include "json.hpp"
#include "people.hpp"
#include "run/state.hpp"
#include "settings.hpp"
#include "shown.hpp"
#include "units.hpp"

namespace khttpctl {

namespace {

constexpr keyword table_of_settings[] = {
	{"length", "N", value_kind::number, 1, KHTTP_QUEUE_LENGTH_MAX, nullptr,
	 "requests that may wait; more are answered 503"},
	{"owner", "USER[:GROUP]", value_kind::text, 0, 0, nullptr,
	 "who the permission bits speak of"},
	{"mode", "BITS", value_kind::octal, 0, 0777, nullptr,
	 "octal; write permission lets a worker attach"},
	{"redeliver", "N|never", value_kind::number, 0, KHTTP_REDELIVER_MAX, "never",
	 "how often a request is given again after its worker died"},
	{"redeliver-body", "SIZE", value_kind::size, 0, KHTTP_REDELIVER_BODY_MAX, nullptr,
	 "bytes of a request's body that are kept for that"},
	{"verbosity", "full|limited|basic", value_kind::choice, 0, 0, nullptr,
	 "503 with its reason, 503 without, connection reset"},
	{"retry-after", "TIME|none", value_kind::seconds, 0, 86400, "none",
	 "what a 503 tells the client to wait"},
	{"state", "active|inactive|offline", value_kind::choice, 0, 0, nullptr,
	 "inactive: new requests get 503; offline: waiting ones, too"},
	{"delegates", "NAME,...|none", value_kind::text, 0, 0, nullptr,
	 "queues to which its workers may hand requests on"},
};

constexpr keyword table_of_workers[] = {
	{"worker", "ID", value_kind::number, 0, UINT32_MAX, nullptr,
	 "only this one, by the number that 'khttpctl queue show' has for it"},
};

const std::string &name_of(const arguments &args)
{
	if (args.words.empty())
		throw usage_error("the name of the queue is missing");
	return args.words[0];
}

std::string owner_text(const khttp::queue_info &queue)
{
	return fmt::format("{}:{}", user_name(queue.uid), group_name(queue.gid));
}

std::string redeliver_text(const khttp::queue_info &queue)
{
	if (!queue.redeliver)
		return "never";
	return fmt::format("{} time{}, with up to {} of body", queue.redeliver,
			   queue.redeliver == 1 ? "" : "s", format_size(queue.redeliver_body));
}

std::string waiting_text(const khttp::queue_info &queue)
{
	std::string text = fmt::format("{} of {}", queue.waiting, queue.length);

	if (queue.waiting)
		text += fmt::format(", the oldest for {}",
				    format_time(queue.oldest_ms, time_unit::milliseconds));
	return text;
}

void print_settings(context &ctx, const khttp::queue_info &queue,
		    const std::optional<json> &supervisor)
{
	listing lines;

	lines.add("queue", {queue.name, tint::bold});
	lines.add("state", state_cell(queue));
	lines.add("waiting", waiting_text(queue));
	lines.add("in hand", fmt::format("{}", queue.in_hand));
	lines.add("owner", owner_text(queue));
	lines.add("mode", fmt::format("{:04o}", queue.mode));
	lines.add("redeliver", redeliver_text(queue));
	lines.add("verbosity", std::string(khttp::to_string(queue.verbosity)));
	lines.add("retry-after", queue.retry_after
					 ? format_time(queue.retry_after, time_unit::seconds)
					 : "none");
	lines.add("received", fmt::format("{}", queue.received));
	lines.add("delivered", fmt::format("{}", queue.delivered));
	lines.add("answered", fmt::format("{}", queue.answered));
	lines.add("refused", fmt::format("{} (full, inactive or offline)", queue.refused));
	lines.add("timed out", fmt::format("{} (waited too long)", queue.timeout));
	lines.add("redelivered", fmt::format("{}", queue.redelivered));
	lines.add("died", fmt::format("{} (lost with their worker)", queue.died));
	lines.add("upgraded", fmt::format("{} (to another protocol, {} open)",
					  queue.upgraded, queue.upgrades));
	lines.add("delegates", queue.delegates.empty() ? "none" : queue.delegates);
	lines.add("delegated", fmt::format("{} to them, {} came from others",
					   queue.delegated_out, queue.delegated_in));
	if (supervisor)
		lines.add("supervisor", supervision::supervisor_text(*supervisor));
	lines.print(ctx.out, ctx.colour);
}

void print_urls(context &ctx, const std::vector<khttp::url_info> &urls)
{
	table t({{"PREFIX"}, {"CONTEXT", align::right}, {"REQUESTS", align::right}});

	if (urls.empty()) {
		ctx.out << "\nno prefix feeds it: 'khttpctl url add URL queue NAME'\n";
		return;
	}
	for (const khttp::url_info &url : urls)
		t.add({url.prefix, fmt::format("{}", url.context),
		       fmt::format("{}", url.requests)});
	ctx.out << '\n';
	t.print(ctx.out, ctx.colour);
}

void print_workers(context &ctx, const std::vector<khttp::worker_info> &workers)
{
	table t({{"WORKER", align::right}, {"PID", align::right}, {"USER"}, {"COMMAND"}, {"STATE"},
		 {"IN HAND", align::right}, {"ANSWERED", align::right}, {"SINCE"}, {"GRANT"}});

	if (workers.empty()) {
		ctx.out << "\nno worker is attached: requests wait\n";
		return;
	}
	for (const khttp::worker_info &worker : workers)
		t.add({fmt::format("{}", worker.id), pid_text(worker.pid), user_name(worker.uid),
		       worker.command, state_cell(worker),
		       fmt::format("{}/{}", worker.in_hand, worker.slots),
		       fmt::format("{}", worker.answered), since_text(worker.since),
		       grant_text(worker)});
	ctx.out << '\n';
	t.print(ctx.out, ctx.colour);
}

int set_state(context &ctx, const arguments &args, khttp::queue_state state)
{
	const std::string &name = args.only("name of the queue");
	khttp::queue_settings settings;

	settings.state = state;
	on_queue(ctx, name, [&] { ctx.control().set_queue(name, settings); });
	return 0;
}

} // namespace

const std::span<const keyword> queue_keywords{table_of_settings};
const std::span<const keyword> queue_drain_keywords{table_of_workers};

khttp::queue_settings queue_settings_from(const keyword_values &values)
{
	khttp::queue_settings settings;

	settings.length = values.number32("length");
	settings.mode = values.number32("mode");
	settings.redeliver = values.number32("redeliver");
	settings.redeliver_body = values.number32("redeliver-body");
	settings.retry_after = values.number32("retry-after");
	if (auto number = values.number("verbosity"))
		settings.verbosity = static_cast<khttp::verbosity>(*number);
	if (auto number = values.number("state"))
		settings.state = static_cast<khttp::queue_state>(*number);
	if (auto text = values.text("delegates"))
		settings.delegates = *text == "none" ? "" : *text;
	if (auto text = values.text("owner")) {
		owner named = parse_owner(*text);

		settings.uid = named.uid;
		settings.gid = named.gid;
	}
	return settings;
}

int queue_add(context &ctx, const arguments &args)
{
	const std::string &name = name_of(args);
	khttp::queue_settings settings = queue_settings_from(args.tail(1, queue_keywords));

	on_queue(ctx, name, [&] { ctx.control().add_queue(name, settings); });
	return 0;
}

int queue_set(context &ctx, const arguments &args)
{
	const std::string &name = name_of(args);
	keyword_values values = args.tail(1, queue_keywords);

	if (values.empty())
		throw usage_error("nothing to set: "
				  "'khttpctl queue set --help' lists what there is");
	khttp::queue_settings settings = queue_settings_from(values);
	on_queue(ctx, name, [&] { ctx.control().set_queue(name, settings); });
	return 0;
}

int queue_del(context &ctx, const arguments &args)
{
	const std::string &name = args.only("name of the queue");

	on_queue(ctx, name, [&] { ctx.control().delete_queue(name); });
	return 0;
}

int queue_drain(context &ctx, const arguments &args)
{
	const std::string &name = name_of(args);
	auto worker = args.tail(1, queue_drain_keywords).number32("worker");

	on_queue(ctx, name, [&] {
		if (worker)
			ctx.control().drain_worker(name, *worker);
		else
			ctx.control().drain_queue(name);
	});
	return 0;
}

int queue_pause(context &ctx, const arguments &args)
{
	return set_state(ctx, args, khttp::queue_state::inactive);
}

int queue_resume(context &ctx, const arguments &args)
{
	return set_state(ctx, args, khttp::queue_state::active);
}

int queue_list(context &ctx, const arguments &args)
{
	args.expect_none();
	std::vector<khttp::queue_info> queues = ctx.control().queues();
	table t({{"NAME"}, {"STATE"}, {"WAITING", align::right}, {"IN HAND", align::right},
		 {"WORKERS", align::right}, {"LENGTH", align::right}, {"OWNER"}, {"MODE"}});

	if (ctx.json) {
		print_json(ctx.out, json_list(queues));
		return 0;
	}
	for (const khttp::queue_info &queue : queues)
		t.add({queue.name, state_cell(queue), fmt::format("{}", queue.waiting),
		       fmt::format("{}", queue.in_hand), workers_cell(queue),
		       fmt::format("{}", queue.length), owner_text(queue),
		       fmt::format("{:04o}", queue.mode)});
	t.print(ctx.out, ctx.colour);
	return 0;
}

int queue_show(context &ctx, const arguments &args)
{
	const std::string &name = args.only("name of the queue");
	khttp::queue_info queue;

	on_queue(ctx, name, [&] { queue = ctx.control().find_queue(name); });
	std::vector<khttp::url_info> urls = ctx.control().urls();
	std::vector<khttp::worker_info> workers = ctx.control().workers();
	/* a redirect has a queue, but feeds it nothing */
	std::erase_if(urls, [&](const auto &url) { return url.queue != name || url.redirect; });
	std::erase_if(workers, [&](const auto &worker) { return worker.queue != name; });

	std::optional<json> supervisor = supervision::supervisor_of(ctx.netns, name, queue.uid);

	if (ctx.json) {
		json object = json_of(queue);

		object["urls"] = json_list(urls);
		object["attached"] = json_list(workers);
		object["supervisor"] = supervisor ? *supervisor : json();
		print_json(ctx.out, object);
		return 0;
	}
	print_settings(ctx, queue, supervisor);
	print_urls(ctx, urls);
	print_workers(ctx, workers);
	return 0;
}

} // namespace khttpctl
