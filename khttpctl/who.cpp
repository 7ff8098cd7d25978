/* SPDX-License-Identifier: MIT */
/* khttpctl who: port -> prefix -> queue -> process */
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

json json_of_snapshot(const snapshot &now)
{
	json ports = json::array();

	for (const auto &[port, view] : now.ports) {
		json prefixes = json::array();

		for (const khttp::url_info &url : view.urls)
			prefixes.push_back({{"prefix", url.prefix},
					    {"queue", url.queue},
					    {"workers", workers_of(now, url.queue)}});
		ports.push_back({{"port", port},
				 {"listeners", json_list(view.listeners)},
				 {"prefixes", prefixes}});
	}
	return {{"ports", ports}};
}

/* One line per worker; what is the same as above is left blank */
void add_prefix(table &t, const snapshot &now, std::uint16_t port, const khttp::url_info &url,
		bool first)
{
	auto [begin, end] = now.workers.equal_range(url.queue);
	std::string port_text = first ? fmt::format("{}", port) : "";

	if (begin == end) {
		t.add({port_text,
		       url.prefix,
		       url.queue,
		       "-",
		       "-",
		       {"nobody: requests wait", tint::warn}});
		return;
	}
	for (auto it = begin; it != end; ++it) {
		const khttp::worker_info &worker = it->second;
		bool top = it == begin;

		t.add({top ? port_text : "", top ? url.prefix : "", top ? url.queue : "",
		       pid_text(worker), user_name(worker.uid), worker.command});
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
			add_prefix(t, now, port, view.urls[i], i == 0);
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
