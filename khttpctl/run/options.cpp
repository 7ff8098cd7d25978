/* SPDX-License-Identifier: MIT */
#include "options.hpp"

#include <limits>

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>

#include "../people.hpp"
#include "../text.hpp"
#include "../units.hpp"

namespace khttpctl::supervision {

namespace {

constexpr std::uint64_t workers_max = 1024;
constexpr std::uint64_t no_limit = std::numeric_limits<std::uint32_t>::max();

[[noreturn]] void refuse(const char *name, const std::string &text, const std::string &want)
{
	throw usage_error(fmt::format("--{} {}: {}", name, printable(text), want));
}

std::uint64_t number_in(const char *name, const std::string &text, std::uint64_t min,
			std::uint64_t max)
{
	std::optional<std::uint64_t> number = parse_number(text);

	if (!number || *number < min || *number > max)
		refuse(name, text, fmt::format("write a number from {} to {}", min, max));
	return *number;
}

template <typename T>
void set_number(const arguments &args, const char *name, std::uint64_t min, std::uint64_t max,
		T &into)
{
	if (auto text = args.value(name))
		into = static_cast<T>(number_in(name, *text, min, max));
}

/* A bare number is in seconds; up to a year */
void set_time(const arguments &args, const char *name, msec &into)
{
	constexpr std::uint64_t year = 365ULL * 86'400'000;
	auto text = args.value(name);

	if (!text)
		return;
	std::optional<std::uint64_t> time = parse_ms(*text);
	if (!time || *time > year)
		refuse(name, *text, "write a time like 500ms, 90s, 5m or 2h");
	into = msec{static_cast<msec::rep>(*time)};
}

void set_size(const arguments &args, const char *name, std::uint64_t &into)
{
	auto text = args.value(name);

	if (!text)
		return;
	std::optional<std::uint64_t> size = parse_size(*text);
	if (!size)
		refuse(name, *text, "write a size like 512M or 2G");
	into = *size;
}

/* "4", or "1-8" */
void set_workers(const arguments &args, rules &into)
{
	auto text = args.value("workers");

	if (!text)
		return;
	std::size_t dash = text->find('-');
	into.min = static_cast<unsigned>(
		number_in("workers", text->substr(0, dash), 1, workers_max));
	into.max = into.min;
	if (dash != std::string::npos)
		into.max = static_cast<unsigned>(
			number_in("workers", text->substr(dash + 1), into.min, workers_max));
}

/* "5/5m", or 0: never */
void set_failures(const arguments &args, rules &into)
{
	auto text = args.value("failures");

	if (!text)
		return;
	std::size_t slash = text->find('/');
	into.failures = static_cast<unsigned>(
		number_in("failures", text->substr(0, slash), 0, 1'000'000));
	if (slash == std::string::npos)
		return;
	arguments within;
	within.values["failures"] = text->substr(slash + 1);
	set_time(within, "failures", into.within);
}

/* As a login would have it: with the user's other groups */
void set_user(const arguments &args, launch &into)
{
	auto text = args.value("user");

	if (!text)
		return;
	owner named = parse_owner(*text);
	if (!named.uid)
		refuse("user", *text, "write USER or USER:GROUP");
	into.uid = named.uid;
	const passwd *entry = getpwuid(*named.uid);
	into.gid = named.gid;
	if (!into.gid && !entry)
		refuse("user", *text, "the user is unknown here: name the group, too");
	if (!into.gid)
		into.gid = entry->pw_gid;
	int n = 0;
	if (entry) {
		getgrouplist(entry->pw_name, *into.gid, nullptr, &n);
		into.groups.resize(static_cast<std::size_t>(n));
		getgrouplist(entry->pw_name, *into.gid, into.groups.data(), &n);
	}
}

/* One a line, as they were joined */
void set_environment(const arguments &args, launch &into)
{
	std::string text = args.value("env").value_or("");

	for (std::size_t at = 0; at < text.size();) {
		std::size_t end = std::min(text.find('\n', at), text.size());
		std::string entry = text.substr(at, end - at);

		if (entry.find('=') == std::string::npos || entry.starts_with('='))
			refuse("env", entry, "write NAME=VALUE");
		into.environment.push_back(entry);
		at = end + 1;
	}
}

} // namespace

const std::vector<option> &options()
{
	static const std::vector<option> list{
		{"config", "what is not said here is in its [app.NAME]", "FILE"},
		{"workers", "how many; with MAX as the queue's depth wants", "N|MIN-MAX"},
		{"on-demand", "none before a request waits"},
		{"depth", "waiting requests that want one more (10)", "N"},
		{"idle", "one that has had nothing to do so long ends", "TIME"},
		{"failures", "so many in a time: queue offline (5/5m; 0: never)", "N[/TIME]"},
		{"backoff", "wait after the second failure; doubles (200ms)", "TIME"},
		{"backoff-max", "up to that (30s)", "TIME"},
		{"start-limit", "a new one has to serve by then (90s)", "TIME"},
		{"stop-limit", "one that drains is killed then (90s)", "TIME"},
		{"hang", "one that owes answers, idle so long, is killed", "TIME"},
		{"recycle-time", "replace each when it is so old", "TIME"},
		{"recycle-requests", "replace each after so many", "N"},
		{"recycle-memory", "replace each that is larger", "SIZE"},
		{"user", "who the workers are", "USER[:GROUP]"},
		{"env", "set for them, may be repeated", "NAME=VALUE", true},
		{"memory-max", "of each, by cgroup", "SIZE"},
		{"cpu-max", "of each, of one CPU, by cgroup", "PERCENT"},
		{"tasks-max", "threads of each, by cgroup", "N"},
	};

	return list;
}

wishes wishes_of(const arguments &args, const std::string &netns)
{
	wishes w;

	w.queue = args.only("name of the queue");
	if (args.command.empty())
		throw usage_error("the workers' command is missing: write it behind --");
	w.launch.command = args.command;
	w.launch.netns = netns;
	set_workers(args, w.rules);
	w.rules.on_demand = args.has("on-demand");
	set_number(args, "depth", 1, no_limit, w.rules.depth);
	set_time(args, "idle", w.rules.idle);
	set_failures(args, w.rules);
	set_time(args, "backoff", w.rules.backoff);
	set_time(args, "backoff-max", w.rules.backoff_max);
	set_time(args, "start-limit", w.rules.start_limit);
	set_time(args, "stop-limit", w.rules.stop_limit);
	set_time(args, "hang", w.rules.hang);
	set_time(args, "recycle-time", w.rules.recycle_time);
	set_number(args, "recycle-requests", 0, std::numeric_limits<std::uint64_t>::max(),
		   w.rules.recycle_requests);
	set_size(args, "recycle-memory", w.rules.recycle_memory);
	set_user(args, w.launch);
	set_environment(args, w.launch);
	set_size(args, "memory-max", w.limits.memory);
	set_number(args, "cpu-max", 1, 1'000'000, w.limits.percent);
	set_number(args, "tasks-max", 1, no_limit, w.limits.tasks);
	return w;
}

} // namespace khttpctl::supervision
