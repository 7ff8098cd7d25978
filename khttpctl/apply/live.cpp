/* SPDX-License-Identifier: MIT */
#include "live.hpp"

#include <cerrno>

#include <fmt/format.h>
#include <khttp/error.hpp>

#include "../command.hpp"
#include "../people.hpp"
#include "../rules.hpp"

namespace khttpctl::configuration {

object words_of(const khttp::queue_info &queue)
{
	auto number = [](const char *name, std::uint64_t n) {
		return value{text_of(queue_keywords, name, n)};
	};

	return {
		{"length", number("length", queue.length)},
		{"owner", {owner_text(queue.uid, queue.gid)}},
		{"mode", number("mode", queue.mode)},
		{"redeliver", number("redeliver", queue.redeliver)},
		{"redeliver-body", number("redeliver-body", queue.redeliver_body)},
		{"verbosity", {std::string(khttp::to_string(queue.verbosity))}},
		{"retry-after", number("retry-after", queue.retry_after)},
		{"state", {std::string(khttp::to_string(queue.state))}},
		{"delegates", {queue.delegates.empty() ? "none" : queue.delegates}},
	};
}

/* But for its rules and the bodies of its pages */
object words_of(const khttp::group_info &group, const dictionary &words)
{
	object out = {
		{"server", {server_text(group.server)}},
		{"maintenance", {group.maintenance ? "on" : "off"}},
		{"retry", {retry_text(group.retry_after)}},
		{"filter", {""}},
	};

	if (!group.is_default)
		out["queue"] = {group.queue};
	for (const khttp::group_limit &limit : group.limits)
		if (limit.own)
			out[limit.name] = {words.limit_text(limit.name, *limit.own)};
	return out;
}

object words_of(const khttp::reservation_info &reservation)
{
	object out = {
		{"listen", {reservation.listen ? "on" : "off"}},
		{"delegate", {reservation.delegate ? "on" : "off"}},
	};

	if (reservation.uid)
		out["user"] = {user_name(*reservation.uid)};
	if (reservation.gid)
		out["group"] = {group_name(*reservation.gid)};
	return out;
}

object words_of(const khttp::url_info &url)
{
	object out;

	if (url.group.empty() || url.group == url.queue)
		out["queue"] = {url.queue};
	else
		out["group"] = {url.group};
	if (url.redirect) {
		out["redirect"] = {url.redirect->to};
		out["status"] = {fmt::format("{}", url.redirect->status)};
	} else {
		out["context"] = {fmt::format("{}", url.context)};
	}
	return out;
}

object words_of(const khttp::listener_settings_info &s)
{
	return {
		{"proxy", {std::string(khttp::to_string(s.proxy))}},
		{"trusted", {"", s.trusted}},
		{"client-from", {std::string(khttp::to_string(s.client_from))}},
		{"backlog", {fmt::format("{}", s.backlog)}},
		{"keepalive", {keepalive_text(s.keep_idle, s.keep_interval, s.keep_count)}},
		{"device", {s.device.empty() ? "any" : s.device}},
		{"address", {"", s.addresses}},
	};
}

object words_of(const khttp::rate_info &rate)
{
	return {
		{"rate", {rate_text(rate.count, rate.period)}},
		{"burst", {fmt::format("{}", rate.burst)}},
		{"ipv4", {fmt::format("{}", rate.ipv4_bits)}},
		{"ipv6", {fmt::format("{}", rate.ipv6_bits)}},
		{"addresses", {fmt::format("{}", rate.addresses)}},
	};
}

namespace {

void read_groups(khttp::control &control, const dictionary &words, snapshot &s)
{
	for (khttp::filter_info &filter : control.filters())
		s.filters[filter.group] = std::move(filter);
	for (const khttp::group_info &group : control.groups()) {
		if (!s.now.of(kind::queue).contains(group.queue))
			continue;
		object &out = s.now.of(kind::group)[group.name] = words_of(group, words);

		for (const khttp::error_page_info &page : group.pages)
			out[fmt::format("{}{}", page_prefix, page.status)] = {
				page.type,
				{},
				control.page_body(group.name, page.status).value_or("")};
		for (const khttp::filter_rule &rule : s.filters[group.name].rules)
			out["filter"].list.push_back(rule.text);
	}
}

void read_prefixes(khttp::control &control, snapshot &s)
{
	for (const khttp::reservation_info &reservation : control.reservations())
		if (reservation.delegated)
			s.delegated.insert(reservation.prefix);
		else
			s.now.of(kind::reservation)[reservation.prefix] = words_of(reservation);
	for (const khttp::url_info &url : control.urls())
		if (!url.user && !url.of_file && s.now.of(kind::queue).contains(url.queue))
			s.now.of(kind::url)[url.prefix] = words_of(url);
}

void read_sets(khttp::control &control, snapshot &s)
{
	for (const khttp::networks_info &set : control.network_sets()) {
		value &out = s.now.of(kind::networks)[set.name]["networks"];

		for (const khttp::network &n : control.networks(set.name).networks)
			out.list.push_back(network_text(n));
	}
}

snapshot read_once(khttp::control &control, const dictionary &words)
{
	snapshot s;

	s.generation = control.features().generation;
	for (const khttp::limit_info &limit : control.limits())
		s.now.of(kind::limits)[""][limit.name] = {
			words.limit_text(limit.name, limit.value)};
	read_sets(control, s);
	for (const khttp::rate_info &rate : control.rates())
		s.now.of(kind::rate)[rate.name] = words_of(rate);
	for (const auto &settings : control.listener_settings())
		s.now.of(kind::listener)[khttp::to_string(settings.place)] = words_of(settings);
	for (const khttp::queue_info &queue : control.queues())
		if (!queue.of_file)
			s.now.of(kind::queue)[queue.name] = words_of(queue);
	read_groups(control, words, s);
	read_prefixes(control, s);
	return s;
}

} // namespace

snapshot take_snapshot(khttp::control &control, const dictionary &words)
{
	for (int attempt = 1; attempt <= change_attempts; attempt++) {
		try {
			snapshot s = read_once(control, words);

			if (control.features().generation == s.generation)
				return s;
		} catch (const khttp::error &failure) {
			/* it went while we asked about it */
			if (failure.code().value() != ENOENT)
				throw;
		}
	}
	throw khttp::error(EAGAIN, "the configuration keeps changing while it is being read: try "
				   "again");
}

} // namespace khttpctl::configuration
