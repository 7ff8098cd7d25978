/* SPDX-License-Identifier: MIT */
#include "json.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "error_text.hpp"
#include "people.hpp"
#include "share.hpp"

namespace khttpctl {

json json_of(const khttp::queue_info &queue)
{
	return {{"name", queue.name},
		{"id", queue.id},
		{"state", khttp::to_string(queue.state)},
		{"length", queue.length},
		{"waiting", queue.waiting},
		{"in_hand", queue.in_hand},
		{"workers", queue.workers},
		{"oldest_ms", queue.oldest_ms},
		{"uid", queue.uid},
		{"gid", queue.gid},
		{"mode", fmt::format("{:04o}", queue.mode)},
		{"redeliver", queue.redeliver},
		{"redeliver_body", queue.redeliver_body},
		{"verbosity", khttp::to_string(queue.verbosity)},
		{"retry_after", queue.retry_after},
		{"received", queue.received},
		{"delivered", queue.delivered},
		{"answered", queue.answered},
		{"refused", queue.refused},
		{"redelivered", queue.redelivered},
		{"died", queue.died},
		{"timeout", queue.timeout},
		{"upgraded", queue.upgraded},
		{"upgrades", queue.upgrades},
		{"delegates", queue.delegates},
		{"delegated_out", queue.delegated_out},
		{"delegated_in", queue.delegated_in},
		{"of_file", queue.of_file}};
}

json json_of(const khttp::group_info &group)
{
	json limits = json::object();
	json pages = json::array();

	for (const khttp::group_limit &limit : group.limits)
		limits[limit.name] = {{"value", limit.value},
				      {"from", limit.own ? "group" : "namespace"},
				      {"own", limit.own ? json(*limit.own) : json(nullptr)}};
	for (const khttp::error_page_info &page : group.pages)
		pages.push_back({{"status", page.status},
				 {"type", page.type},
				 {"length", page.length}});
	return {{"name", group.name},
		{"id", group.id},
		{"queue", group.queue},
		{"default", group.is_default},
		{"urls", group.urls},
		{"connections", group.connections ? json(*group.connections) : json(nullptr)},
		{"server", group.server},
		{"pages", pages},
		{"maintenance", group.maintenance},
		{"retry_after", group.retry_after},
		{"cache", json_of_share(group)},
		{"limits", limits}};
}

json json_of(const khttp::filter_info &filter)
{
	json rules = json::array();

	for (const khttp::filter_rule &rule : filter.rules)
		rules.push_back({{"id", rule.id},
				 {"rule", rule.text},
				 {"matched", rule.matched},
				 {"limited", rule.limited}});
	return {{"group", filter.group}, {"generation", filter.generation}, {"rules", rules}};
}

json json_of(const khttp::networks_info &set)
{
	return {{"name", set.name},
		{"generation", set.generation},
		{"ipv4", set.ipv4},
		{"ipv6", set.ipv6},
		{"bytes", set.bytes},
		{"rules", set.rules}};
}

json json_of(const khttp::rate_info &rate)
{
	return {{"name", rate.name},
		{"count", rate.count},
		{"period", rate.period},
		{"burst", rate.burst},
		{"ipv4_bits", rate.ipv4_bits},
		{"ipv6_bits", rate.ipv6_bits},
		{"addresses", rate.addresses},
		{"active", rate.active},
		{"rules", rate.rules},
		{"bytes", rate.bytes}};
}

json json_of(const khttp::url_info &url)
{
	return {{"prefix", url.prefix},
		{"queue", url.queue},
		{"group", url.group},
		{"context", url.context},
		{"requests", url.requests},
		{"redirect", url.redirect ? json(url.redirect->to) : json(nullptr)},
		{"status", url.redirect ? json(url.redirect->status) : json(nullptr)},
		{"user", url.user ? json(*url.user) : json(nullptr)},
		{"of_file", url.of_file}};
}

json json_of(const khttp::reservation_info &r)
{
	json object = {{"prefix", r.prefix},
		       {"uid", nullptr},
		       {"user", nullptr},
		       {"gid", nullptr},
		       {"group", nullptr},
		       {"listen", r.listen},
		       {"delegate", r.delegate},
		       {"creator", r.creator},
		       {"any_port", r.any_port},
		       {"delegated", r.delegated}};

	if (r.uid) {
		object["uid"] = *r.uid;
		object["user"] = user_name(*r.uid);
	}
	if (r.gid) {
		object["gid"] = *r.gid;
		object["group"] = group_name(*r.gid);
	}
	return object;
}

json json_of(const khttp::listener_info &listener)
{
	return {{"family", listener.ipv6 ? "ipv6" : "ipv4"},
		{"address", khttp::to_string(listener)},
		{"port", listener.port},
		{"prefixes", listener.prefixes},
		{"connections", listener.connections},
		{"accepted", listener.accepted}};
}

json json_of(const khttp::listener_settings_info &settings)
{
	json object = {{"place", khttp::to_string(settings.place)},
		       {"port", settings.place.port},
		       {"address", nullptr},
		       {"proxy", khttp::to_string(settings.proxy)},
		       {"client_from", khttp::to_string(settings.client_from)},
		       {"trusted", settings.trusted},
		       {"backlog", settings.backlog},
		       {"keep_idle", settings.keep_idle},
		       {"keep_interval", settings.keep_interval},
		       {"keep_count", settings.keep_count},
		       {"device", settings.device},
		       {"addresses", settings.addresses}};

	if (!settings.place.address.empty())
		object["address"] = settings.place.address;
	return object;
}

json json_of(const khttp::worker_info &worker)
{
	return {{"id", worker.id},
		{"queue", worker.queue},
		{"pid", worker.pid},
		{"uid", worker.uid},
		{"user", user_name(worker.uid)},
		{"command", worker.command},
		{"state", khttp::to_string(worker.state)},
		{"slots", worker.slots},
		{"in_hand", worker.in_hand},
		{"fetched", worker.fetched},
		{"answered", worker.answered},
		{"owed", worker.owed},
		{"since", worker.since},
		{"grant", worker.grant ? json(worker.grant) : json(nullptr)}};
}

json json_of(const khttp::grant_info &grant)
{
	return {{"id", grant.id},
		{"queue", grant.queue},
		{"pid", grant.pid},
		{"uid", grant.uid},
		{"user", user_name(grant.uid)},
		{"command", grant.command},
		{"max_workers", grant.max_workers},
		{"workers", grant.workers},
		{"attached", grant.attached},
		{"since", grant.since},
		{"revoked", grant.revoked}};
}

namespace {

json tags_of(std::string_view text)
{
	json tags = json::array();

	while (!text.empty()) {
		std::size_t end = std::min(text.find(' '), text.size());

		tags.push_back(text.substr(0, end));
		text.remove_prefix(std::min(end + 1, text.size()));
	}
	return tags;
}

} // namespace

json json_of(const khttp::cache_entry_info &entry)
{
	return {{"url", entry.url},
		{"queue", entry.queue},
		{"status", entry.status},
		{"age", entry.age},
		{"ttl", entry.ttl},
		{"length", entry.length},
		{"charged", entry.charged},
		{"hits", entry.hits},
		{"tags", tags_of(entry.tags)},
		{"fragment", entry.fragment}};
}

json json_of(const khttp::limit_info &limit)
{
	return {{"name", limit.name},
		{"value", limit.value},
		{"default", limit.initial},
		{"min", limit.min},
		{"max", limit.max},
		{"unit", limit.unit},
		{"help", limit.help},
		{"per_group", limit.per_group}};
}

json json_of(const khttp::stat_info &figure)
{
	json object = {{"name", figure.name},
		       {"kind", khttp::to_string(figure.kind)},
		       {"value", figure.value},
		       {"help", figure.help}};

	if (!figure.queue.empty())
		object["queue"] = figure.queue;
	if (!figure.reason.empty())
		object["reason"] = figure.reason;
	return object;
}

json json_of(const khttp::latency_info &latency)
{
	json object = {{"name", "latency"},	      {"queue", latency.queue},
		       {"stage", latency.stage},      {"count", latency.count},
		       {"p50_ns", latency.p50},	      {"p90_ns", latency.p90},
		       {"p99_ns", latency.p99},	      {"p999_ns", latency.p999},
		       {"longest_ns", latency.longest}};

	if (latency.slowest)
		object["slowest"] = {{"ns", latency.slowest->ns},
				     {"request_id", request_id(*latency.slowest)}};
	return object;
}

json json_of(const khttp::event_info &event)
{
	json object = {{"type", khttp::to_string(event.type)}, {"time_ns", event.time_ns}};

	if (event.queue)
		object["queue"] = *event.queue;
	if (event.group)
		object["group"] = *event.group;
	if (event.url)
		object["url"] = *event.url;
	if (event.worker)
		object["worker"] = *event.worker;
	if (event.pid)
		object["pid"] = *event.pid;
	if (event.count)
		object["count"] = *event.count;
	if (event.listener)
		object["listener"] = *event.listener;
	if (event.tag)
		object["tag"] = *event.tag;
	if (event.recursive)
		object["recursive"] = true;
	if (event.soft)
		object["soft"] = true;
	if (event.missed)
		object["missed"] = event.missed;
	return object;
}

namespace {

json json_of(const khttp::endpoint_info &endpoint)
{
	return {{"address", to_string(endpoint)}, {"port", endpoint.port}};
}

} // namespace

json json_of(const khttp::error_record &record)
{
	json object = {{"seq", record.seq},
		       {"time_ns", record.time_ns},
		       {"reason", record.reason},
		       {"status", record.status},
		       {"client", json_of(record.client)},
		       {"local", json_of(record.local)},
		       {"connection", record.connection},
		       {"stream", record.stream},
		       {"method", escaped_bytes(record.method)},
		       {"target", escaped_bytes(record.target)},
		       {"target_length", record.target_length}};

	if (record.version)
		object["version"] = fmt::format("{}.{}", record.version >> 8,
						record.version & 0xff);
	if (record.stream)
		object["request_id"] = request_id(record);
	if (!record.queue.empty())
		object["queue"] = record.queue;
	if (!record.prefix.empty())
		object["prefix"] = record.prefix;
	return object;
}

} // namespace khttpctl
