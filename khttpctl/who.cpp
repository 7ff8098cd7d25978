/* SPDX-License-Identifier: MIT */
/* khttpctl who: port -> prefix -> queue -> process */
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "command.hpp"
#include "json.hpp"
#include "people.hpp"
#include "shown.hpp"
#include "url_text.hpp"

namespace khttpctl {

namespace {

struct port_view {
	std::vector<khttp::listener_info> listeners;
	std::vector<khttp::url_info> urls;
};

struct snapshot {
	std::map<std::uint16_t, port_view> ports;
	std::multimap<std::string, khttp::worker_info> workers; /* by queue */
};

snapshot take_snapshot(khttp::control &control)
{
	snapshot now;

	for (khttp::listener_info &listener : control.listeners())
		now.ports[listener.port].listeners.push_back(listener);
	for (khttp::url_info &url : control.urls())
		now.ports[parse_prefix(url.prefix).port].urls.push_back(url);
	for (khttp::worker_info &worker : control.workers())
		now.workers.emplace(worker.queue, worker);
	return now;
}

json workers_of(const snapshot &now, const std::string &queue)
{
	auto [begin, end] = now.workers.equal_range(queue);
	json list = json::array();

	for (auto it = begin; it != end; ++it)
		list.push_back(json_of(it->second));
	return list;
}

/* A redirect has a queue, but the kernel answers for it */
json json_of_prefix(const snapshot &now, const khttp::url_info &url)
{
	const json told = json_of(url);

	return {{"prefix", url.prefix},
		{"queue", url.queue},
		{"group", url.group},
		{"redirect", told["redirect"]},
		{"status", told["status"]},
		{"workers", url.redirect ? json::array() : workers_of(now, url.queue)}};
}

json json_of_snapshot(const snapshot &now)
{
	json ports = json::array();

	for (const auto &[port, view] : now.ports) {
		json prefixes = json::array();

		for (const khttp::url_info &url : view.urls)
			prefixes.push_back(json_of_prefix(now, url));
		ports.push_back({{"port", port},
				 {"listeners", json_list(view.listeners)},
				 {"prefixes", prefixes}});
	}
	return {{"ports", ports}};
}

struct process {
	khttp::worker_info worker; /* the first of it */
	unsigned workers = 1;	   /* a thread each, as a rule */
};

/* A pid of 0 is a process that cannot be seen, not always the same one */
std::vector<process> processes_of(const snapshot &now, const std::string &queue)
{
	auto [begin, end] = now.workers.equal_range(queue);
	std::vector<process> found;

	for (auto it = begin; it != end; ++it) {
		const khttp::worker_info &worker = it->second;
		auto same = std::ranges::find_if(found, [&](const process &p) {
			return worker.pid && p.worker.pid == worker.pid;
		});

		if (same == found.end())
			found.push_back({worker});
		else
			same->workers++;
	}
	return found;
}

std::string command_of(const process &p)
{
	std::string text = p.worker.command;

	if (p.workers > 1)
		text += fmt::format(" ({} workers)", p.workers);
	if (p.worker.grant)
		text += fmt::format(" by grant {}", p.worker.grant);
	return text;
}

/* One line per process; what is the same as above is left blank */
void add_prefix(table &t, const snapshot &now, const std::string &port, const khttp::url_info &url)
{
	if (url.redirect) {
		t.add({port, url.prefix, place_text(url), "-", "-", "the kernel"});
		return;
	}
	std::vector<process> processes = processes_of(now, url.queue);

	if (processes.empty())
		t.add({port, url.prefix, place_text(url), "-", "-",
		       {"nobody: requests wait", tint::warn}});
	for (std::size_t i = 0; i < processes.size(); i++) {
		const process &p = processes[i];

		t.add({i ? "" : port, i ? "" : url.prefix, i ? "" : place_text(url),
		       pid_text(p.worker.pid), user_name(p.worker.uid), command_of(p)});
	}
}

void print_prefixes(context &ctx, const snapshot &now)
{
	table t({{"PORT", align::right},
		 {"PREFIX"},
		 {"QUEUE"},
		 {"PID", align::right},
		 {"USER"},
		 {"COMMAND"}});

	for (const auto &[port, view] : now.ports)
		for (std::size_t i = 0; i < view.urls.size(); i++)
			add_prefix(t, now, i ? "" : fmt::format("{}", port), view.urls[i]);
	if (t.empty())
		ctx.out << "no prefix of your queues; those of others are for CAP_NET_ADMIN\n";
	else
		t.print(ctx.out, ctx.colour);
}

void print_listeners(context &ctx, const snapshot &now)
{
	table t({{"LISTENING"}, {"CONNECTIONS", align::right}, {"ACCEPTED", align::right}});

	for (const auto &[port, view] : now.ports)
		for (const khttp::listener_info &listener : view.listeners) {
			std::string address = khttp::to_string(listener);

			t.add({listener.ipv6 ? fmt::format("[{}]:{}", address, port)
					     : fmt::format("{}:{}", address, port),
			       fmt::format("{}", listener.connections),
			       fmt::format("{}", listener.accepted)});
		}
	if (t.empty())
		return;
	ctx.out << '\n';
	t.print(ctx.out, ctx.colour);
}

} // namespace

int who(context &ctx, const arguments &args)
{
	args.expect_none();
	snapshot now = take_snapshot(ctx.control());

	if (ctx.json) {
		print_json(ctx.out, json_of_snapshot(now));
	} else if (now.ports.empty()) {
		ctx.out << "no prefix, so nothing listens: 'khttpctl url add URL queue NAME'\n";
	} else {
		print_prefixes(ctx, now);
		print_listeners(ctx, now);
	}
	return 0;
}

} // namespace khttpctl
