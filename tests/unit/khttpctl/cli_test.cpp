// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cerrno>
#include <sstream>

#include <linux/khttp.h>

#include <khttp/error.hpp>

#include "cli.hpp"
#include "command.hpp"
#include "codec.hpp"
#include "control.hpp"
#include "fake_kernel.hpp"
#include "table.hpp"

using namespace khttpctl;
using Catch::Contains;
using khttp::detail::message;

namespace {

struct outcome {
	int status;
	std::string out, err;
};

/* The whole program, as far as it gets without a module */
outcome run_line(std::vector<const char *> words)
{
	std::ostringstream out, err;

	words.insert(words.begin(), "khttpctl");
	int status = khttpctl::run(static_cast<int>(words.size()), words.data(), out, err, false);
	return { status, out.str(), err.str() };
}

using fill = std::function<void(message &)>;

fake::datagrams listing_of(const std::vector<fill> &objects)
{
	fake::datagrams all;

	for (const fill &object : objects)
		all.push_back(fake::answer(object, NLM_F_MULTI));
	all.push_back(fake::end_of_dump());
	return all;
}

fill queue(const char *name, std::uint32_t waiting)
{
	return [=](message &msg) {
		msg.put(KHTTP_QUEUE_A_NAME, name);
		msg.put(KHTTP_QUEUE_A_LENGTH, 1000U);
		msg.put(KHTTP_QUEUE_A_MODE, 0660U);
		msg.put(KHTTP_QUEUE_A_WAITING, waiting);
		msg.put_u64(KHTTP_QUEUE_A_RECEIVED, 42);
	};
}

fill url(const char *prefix, const char *to)
{
	return [=](message &msg) {
		msg.put(KHTTP_URL_A_PREFIX, prefix);
		msg.put(KHTTP_URL_A_QUEUE, to);
	};
}

fill group(const char *name, const char *of)
{
	return [=](message &msg) {
		msg.put(KHTTP_GROUP_A_NAME, name);
		msg.put(KHTTP_GROUP_A_QUEUE, of);
		for (const char *limit : { "max_head", "idle_timeout" })
			msg.put_nested(KHTTP_GROUP_A_LIMIT, [&] {
				msg.put(KHTTP_LIMIT_A_NAME, limit);
				msg.put_u64(KHTTP_LIMIT_A_VALUE, 64);
				if (*limit == 'm')
					msg.put_u64(KHTTP_LIMIT_A_OWN, 2048);
			});
	};
}

fill limit(const char *name, std::uint64_t value, std::uint64_t max, const char *unit)
{
	return [=](message &msg) {
		msg.put(KHTTP_LIMIT_A_NAME, name);
		msg.put_u64(KHTTP_LIMIT_A_VALUE, value);
		msg.put_u64(KHTTP_LIMIT_A_DEFAULT, 64);
		msg.put_u64(KHTTP_LIMIT_A_MIN, 16);
		msg.put_u64(KHTTP_LIMIT_A_MAX_VALUE, max);
		msg.put(KHTTP_LIMIT_A_UNIT, unit);
		msg.put(KHTTP_LIMIT_A_HELP, "what it is for");
		if (*name != 'c')
			msg.put_flag(KHTTP_LIMIT_A_GROUP);
	};
}

fill stat(const char *name, std::uint64_t value, const char *reason = nullptr)
{
	return [=](message &msg) {
		msg.put(KHTTP_STAT_A_NAME, name);
		msg.put_u64(KHTTP_STAT_A_VALUE, value);
		msg.put(KHTTP_STAT_A_HELP, "so many");
		if (reason)
			msg.put(KHTTP_STAT_A_REASON, reason);
	};
}

fill latency(const char *of, const char *stage, std::uint64_t count)
{
	return [=](message &msg) {
		msg.put(KHTTP_LATENCY_A_QUEUE, of);
		msg.put(KHTTP_LATENCY_A_STAGE, stage);
		msg.put_u64(KHTTP_LATENCY_A_COUNT, count);
		for (int time = KHTTP_LATENCY_A_P50; time <= KHTTP_LATENCY_A_LONGEST; time++)
			msg.put_u64(time, static_cast<unsigned>(time) * 1000000);
	};
}

fill listener(std::uint32_t port)
{
	return [=](message &msg) {
		msg.put(KHTTP_LISTENER_A_ADDR, 0U); /* four bytes: 0.0.0.0 */
		msg.put(KHTTP_LISTENER_A_PORT, port);
	};
}

fill settings_of(std::uint32_t port)
{
	return [=](message &msg) {
		msg.put(KHTTP_LISTENER_A_PORT, port);
		msg.put(KHTTP_LISTENER_A_PROXY, static_cast<std::uint32_t>(KHTTP_PROXY_V2));
		msg.put(KHTTP_LISTENER_A_TRUSTED, "10.0.0.0/8");
		msg.put(KHTTP_LISTENER_A_KEEP_IDLE, 60U);
		msg.put(KHTTP_LISTENER_A_DEVICE, "");
	};
}

fill worker(const char *of, std::uint32_t pid)
{
	return [=](message &msg) {
		msg.put(KHTTP_WORKER_A_QUEUE, of);
		msg.put(KHTTP_WORKER_A_PID, pid);
		msg.put(KHTTP_WORKER_A_UID, 4000000U);
		msg.put(KHTTP_WORKER_A_COMM, "khttp-\033echo");
		msg.put(KHTTP_WORKER_A_STATE, static_cast<std::uint32_t>(KHTTP_WORKER_SERVING));
	};
}

/* A namespace with two applications, as the module would tell it */
fake::datagrams tell(const fake::request &request)
{
	bool dump = (request.flags & NLM_F_DUMP) == NLM_F_DUMP;

	switch (request.command) {
	case KHTTP_CMD_QUEUE_GET:
		if (!dump)
			return { fake::verdict(-ENOENT) };
		return listing_of({ queue("docs", 0), queue("echo", 3) });
	case KHTTP_CMD_URL_GET:
		return listing_of(
			{ url("http://+:80/", "docs"), url("http://+:80/echo/", "echo") });
	case KHTTP_CMD_LIMITS_GET:
		return listing_of({ limit("max_head", 64, 4096, "bytes"),
				    limit("cache_bytes", 1 << 20, INT64_MAX, "bytes"),
				    limit("cache_object", 4096, INT64_MAX, "bytes"),
				    limit("idle_timeout", 75000, 86400000, "ms") });
	case KHTTP_CMD_GROUP_GET:
		if (!dump)
			return { fake::answer(group("site", "docs")), fake::verdict(0) };
		return listing_of({ group("docs", "docs"), group("site", "docs") });
	case KHTTP_CMD_STATS_GET:
		return listing_of({ stat("requests", 9), stat("cache_hits", 3),
				    stat("cache_misses", 1), stat("refused", 2, "QueueFull"),
				    stat("refused", 0, "Chunk") });
	case KHTTP_CMD_LATENCY_GET:
		return listing_of({ latency("docs", "worker", 3), latency("docs", "hit", 2),
				    latency("echo", "worker", 0) });
	case KHTTP_CMD_LISTENER_GET: return listing_of({ listener(80), listener(81) });
	case KHTTP_CMD_LISTENER_SETTINGS_GET: return listing_of({ settings_of(80) });
	case KHTTP_CMD_WORKER_GET:
		return listing_of({ worker("docs", 1234), worker("docs", 0), worker("docs", 1234),
				    worker("docs", 0) });
	default: return { fake::verdict(0) };
	}
}

struct session {
	std::ostringstream out, err;
	context ctx{ out, err };
	fake::request last;

	session()
	{
		khttp::detail::genl_link link;

		link.port = std::make_unique<fake::port>([this](const fake::request &request) {
			last = request;
			return tell(request);
		});
		link.family = fake::family;
		ctx.session.emplace(std::make_unique<khttp::control::impl>(std::move(link)));
	}

	int run(const char *object, const char *verb, arguments args = {})
	{
		return find_command(object, verb)->run(ctx, args);
	}
};

} // namespace

TEST_CASE("help goes to stdout with status 0 at every level")
{
	CHECK(run_line({ "--help" }).status == 0);
	CHECK_THAT(run_line({ "-h" }).out, Contains("queue add"));
	CHECK_THAT(run_line({ "queue", "--help" }).out, Contains("queue drain"));
	outcome add = run_line({ "queue", "add", "-h" });
	CHECK(add.status == 0);
	CHECK(add.err.empty());
	CHECK_THAT(add.out, Contains("redeliver N|never"));
	CHECK(run_line({ "queue", "add", "x", "y", "--help" }).status == 0);
}

TEST_CASE("wrong lines go to stderr with status 2 and say what would be right")
{
	const std::pair<std::vector<const char *>, const char *> wrong[] = {
		{ {}, "usage: khttpctl" },
		{ { "queue" }, "queue add" },
		{ { "quue" }, "did you mean 'queue'" },
		{ { "queue", "lst" }, "did you mean 'list'" },
		{ { "queue", "list", "more" }, "one word too many" },
		{ { "queue", "list", "--frob" }, "no option --frob" },
		{ { "--frob", "queue", "list" }, "no option --frob" },
		{ { "queue", "add" }, "name of the queue is missing" },
		{ { "queue", "set", "app" }, "nothing to set" },
		{ { "queue", "add", "app", "owner", "no-such-user-here" }, "no user" },
		{ { "queue", "add", "app", "owner", ":no-such-group" }, "no group" },
		{ { "queue", "add", "app", "owner", ":" }, "USER:GROUP" },
		{ { "url", "add", "http://x/" }, "'queue NAME' is missing" },
		{ { "url", "add", "x", "queue", "y" }, "write http://x" },
		{ { "url", "add", "http://x/", "queue", "y", "group", "z" }, "name one of them" },
		{ { "group", "add", "site" }, "'queue NAME' is missing" },
		{ { "group", "add", "site", "max_head", "1" }, "'queue NAME' is missing" },
		{ { "group", "add", "site", "queue", "docs", "max_head" }, "pairs" },
		{ { "group", "set", "site" }, "nothing to set" },
		{ { "group", "del" }, "name of the group is missing" },
		{ { "url", "del" }, "the URL is missing" },
		{ { "cache", "purge" }, "--all" },
		{ { "cache", "purge", "--all", "http://x/" }, "stands alone" },
		{ { "cache", "purge", "--tag", "a", "http://x/" }, "without a URL" },
		{ { "cache", "limit", "much" }, "not a size" },
		{ { "cache", "limit" }, "SIZE is missing" },
		{ { "limits", "set", "max_head" }, "pairs" },
		{ { "limits", "show", "a", "b" }, "one name" },
		{ { "stats", "--json", "--prometheus" }, "either" },
		{ { "queue", "list", "--netns" }, "netns" },
		{ { "listener", "set" }, "the port is missing" },
		{ { "listener", "set", "80" }, "nothing to set" },
		{ { "listener", "set", "65536", "backlog", "1" }, "write a PORT" },
		{ { "listener", "set", "a:80", "backlog", "1" }, "write a PORT" },
		{ { "listener", "set", "1.2.3.4", "backlog", "1" }, "write a PORT" },
		{ { "listener", "set", "80", "backlog", "0" }, "from 1 to 65535" },
		{ { "listener", "set", "80", "proxy", "v3" }, "one of off, v1, v2, any" },
		{ { "listener", "set", "80", "keepalive", "1s,0s,1" }, "60s,10s,5" },
		{ { "listener", "set", "80", "keepalive", "1s,1s,128" }, "60s,10s,5" },
	};

	for (const auto &[words, text] : wrong) {
		outcome result = run_line(words);

		INFO(text);
		CHECK(result.status == 2);
		CHECK(result.out.empty());
		CHECK_THAT(result.err, Contains(text));
	}
}

TEST_CASE("queues may be called like commands")
{
	outcome result = run_line({ "-n", "no-such-namespace", "queue", "show", "queue" });

	CHECK(result.status == 1);
	CHECK_THAT(result.err, Contains("no-such-namespace"));
	CHECK_THAT(run_line({ "queue", "show", "list", "-n", "no-such-namespace" }).err,
		   Contains("no-such-namespace"));
}

TEST_CASE("lists are tables, or arrays with raw numbers")
{
	session s;

	CHECK(s.run("queue", "list") == 0);
	CHECK_THAT(s.out.str(), Contains("docs") && Contains("0660") && Contains("active"));
	s.out.str("");
	s.ctx.json = true;
	CHECK(s.run("queue", "list") == 0);
	json list = json::parse(s.out.str());
	REQUIRE(list.size() == 2);
	CHECK(list[1]["name"] == "echo");
	CHECK(list[1]["waiting"] == 3);
	CHECK(list[1]["received"] == 42);
}

TEST_CASE("a queue that is not there is answered with those of like name")
{
	session s;

	CHECK_THROWS_WITH(s.run("queue", "show", { { "doc" }, {} }),
			  Contains("did you mean 'docs'") && Contains("queue add doc"));
	CHECK_THROWS_WITH(s.run("queue", "show", { { "other" }, {} }), !Contains("did you mean"));
}

TEST_CASE("keywords become settings")
{
	session s;

	CHECK(s.run("queue", "set",
		    { { "docs", "length", "5", "owner", "0:0", "redeliver", "never" }, {} }) == 0);
	const khttp::detail::attribute_table table(s.last.attributes);
	CHECK(s.last.command == KHTTP_CMD_QUEUE_SET);
	CHECK(table.u32(KHTTP_QUEUE_A_LENGTH) == 5);
	CHECK(table.has(KHTTP_QUEUE_A_UID));
	CHECK(table.u32(KHTTP_QUEUE_A_GID) == 0);
	CHECK(table.has(KHTTP_QUEUE_A_REDELIVER));
	CHECK(!table.has(KHTTP_QUEUE_A_MODE));
	CHECK(s.run("queue", "pause", { { "docs" }, {} }) == 0);
	CHECK(khttp::detail::attribute_table(s.last.attributes).u32(KHTTP_QUEUE_A_STATE) ==
	      KHTTP_QUEUE_INACTIVE);
}

TEST_CASE("listeners are set by port or address, and shown with their sockets")
{
	session s;

	CHECK(s.run("listener", "set",
		    { { "[::1]:80", "proxy", "any", "trusted", "10.0.0.0/8,::1", "client-from",
			"x-forwarded-for", "keepalive", "1m,10s,5", "device", "any" },
		      {} }) == 0);
	const khttp::detail::attribute_table set(s.last.attributes);
	CHECK(s.last.command == KHTTP_CMD_LISTENER_SET);
	CHECK(set.raw(KHTTP_LISTENER_A_ADDR).size() == 16);
	CHECK(set.u32(KHTTP_LISTENER_A_PROXY) == KHTTP_PROXY_ANY);
	CHECK(set.u32(KHTTP_LISTENER_A_CLIENT_FROM) == KHTTP_CLIENT_FROM_X_FORWARDED_FOR);
	CHECK(set.text(KHTTP_LISTENER_A_TRUSTED) == "10.0.0.0/8,::1");
	CHECK(set.u32(KHTTP_LISTENER_A_KEEP_IDLE) == 60);
	CHECK(set.u32(KHTTP_LISTENER_A_KEEP_INTERVAL) == 10);
	CHECK(set.u32(KHTTP_LISTENER_A_KEEP_COUNT) == 5);
	CHECK(set.has(KHTTP_LISTENER_A_DEVICE));
	CHECK(!set.has(KHTTP_LISTENER_A_ADDRESSES));
	CHECK(s.run("listener", "reset", { { "127.0.0.1:80" }, {} }) == 0);
	CHECK(s.last.command == KHTTP_CMD_LISTENER_RESET);

	CHECK(s.run("listener", "list") == 0);
	CHECK(s.run("listener", "show", { { "80" }, {} }) == 0);
	CHECK_THAT(s.out.str(), Contains("10.0.0.0/8") && Contains("0.0.0.0:80") &&
					!Contains("0.0.0.0:81"));
	CHECK_THROWS_WITH(s.run("listener", "show", { { "81" }, {} }), Contains("defaults"));
	s.out.str("");
	s.ctx.json = true;
	CHECK(s.run("listener", "show", { { "80" }, {} }) == 0);
	CHECK(json::parse(s.out.str())["listeners"].size() == 1);
}

TEST_CASE("a prefix is normalised, and that is said")
{
	session s;

	CHECK(s.run("url", "add", { { "http://Foo/Bar", "queue", "docs", "context", "7" }, {} }) ==
	      0);
	const khttp::detail::attribute_table table(s.last.attributes);
	CHECK(table.text(KHTTP_URL_A_PREFIX) == "http://foo:80/Bar/");
	CHECK(table.u64(KHTTP_URL_A_CONTEXT) == 7);
	CHECK_THAT(s.err.str(), Contains("http://foo:80/Bar/"));
	s.err.str("");
	CHECK(s.run("url", "add", { { "http://foo:80/", "queue", "docs" }, {} }) == 0);
	CHECK(s.err.str().empty());
}

TEST_CASE("matching tells the prefix and its queue, and ends with 1 when there is none")
{
	session s;

	CHECK(s.run("url", "match", { { "http://any/echo/x" }, {} }) == 0);
	CHECK_THAT(s.out.str(), Contains("http://+:80/echo/") && Contains("shorter"));
	s.out.str("");
	CHECK(s.run("url", "match", { { "http://any:81/" }, {} }) == 1);
	CHECK_THAT(s.out.str(), Contains("NoPrefix"));
	CHECK_THROWS_WITH(s.run("url", "match", { { "http://any/%zz" }, {} }), Contains("400"));
	s.ctx.json = true;
	s.out.str("");
	CHECK(s.run("url", "match", { { "http://any/echo/x" }, {} }) == 0);
	CHECK(json::parse(s.out.str())["match"]["queue"] == "echo");
}

TEST_CASE("limits are read and shown in their own units")
{
	session s;

	CHECK(s.run("limits", "set", { { "idle_timeout", "2m", "max_head", "1K" }, {} }) == 0);
	CHECK(s.last.command == KHTTP_CMD_LIMITS_SET);
	CHECK_THROWS_WITH(s.run("limits", "set", { { "max_head", "1M" }, {} }),
			  Contains("16 B to 4 KiB"));
	CHECK_THROWS_WITH(s.run("limits", "set", { { "max_haed", "1" }, {} }),
			  Contains("did you mean 'max_head'"));
	CHECK_THROWS_WITH(s.run("limits", "set", { { "max_head", "x" }, {} }), Contains("bytes"));
	CHECK(s.run("limits", "show", { { "idle_timeout" }, {} }) == 0);
	CHECK_THAT(s.out.str(), Contains("75 s (75000 ms)"));
}

TEST_CASE("a group's limits are read in their units, and shown with where they come from")
{
	session s;

	CHECK(s.run("group", "set",
		    { { "site", "max_head", "1K", "idle_timeout", "default" }, {} }) == 0);
	CHECK(s.last.command == KHTTP_CMD_GROUP_SET);
	CHECK_THROWS_WITH(s.run("group", "set", { { "site", "cache_bytes", "1K" }, {} }),
			  Contains("whole namespace"));
	CHECK(s.run("group", "add",
		    { { "more", "max_head", "1K", "queue", "docs", "idle_timeout", "1s" },
		      {} }) == 0);
	const khttp::detail::attribute_table table(s.last.attributes);
	CHECK(table.text(KHTTP_GROUP_A_QUEUE) == "docs");
	CHECK(s.run("group", "show", { { "site" }, {} }) == 0);
	CHECK_THAT(s.out.str(), Contains("below the group's 2 KiB") && Contains("namespace"));
	s.out.str("");
	CHECK(s.run("group", "list") == 0);
	CHECK_THAT(s.out.str(), Contains("site") && Contains("max_head 2 KiB"));
	s.out.str("");
	s.ctx.json = true;
	CHECK(s.run("group", "list") == 0);
	json all = json::parse(s.out.str());
	CHECK(all[1]["limits"]["max_head"]["own"] == 2048);
	CHECK(all[1]["limits"]["max_head"]["from"] == "group");
	CHECK(all[1]["limits"]["idle_timeout"]["own"].is_null());
}

TEST_CASE("a group's door is written behind its limits or before them")
{
	session s;

	CHECK(s.run("group", "set",
		    { { "site", "server", "off", "page", "503", "/dev/null", "type", "text/x",
			"max_head", "1K", "page", "404", "none", "maintenance", "on", "retry",
			"2m" },
		      {} }) == 0);
	const khttp::detail::attribute_table set(s.last.attributes);
	CHECK(s.last.command == KHTTP_CMD_GROUP_SET);
	CHECK(set.has(KHTTP_GROUP_A_LIMIT));
	CHECK(set.has(KHTTP_GROUP_A_SERVER));
	CHECK(set.text(KHTTP_GROUP_A_SERVER).empty());
	CHECK(set.u32(KHTTP_GROUP_A_MAINTENANCE) == 1);
	CHECK(set.u32(KHTTP_GROUP_A_RETRY_AFTER) == 120);
	const khttp::detail::attribute_table page(set.raw(KHTTP_GROUP_A_PAGE));
	CHECK(page.u32(KHTTP_PAGE_A_STATUS) == 404);
	CHECK(!page.has(KHTTP_PAGE_A_BODY));
	CHECK(s.run("group", "set", { { "site", "server", "on" }, {} }) == 0);
	CHECK(khttp::detail::attribute_table(s.last.attributes).text(KHTTP_GROUP_A_SERVER) ==
	      "khttp");
	for (std::vector<std::string> wrong :
	     { std::vector<std::string>{ "server" }, { "maintenance" }, { "maintenance", "maybe" },
	       { "page" }, { "page", "503" }, { "page", "399", "none" },
	       { "page", "600", "none" }, { "page", "503", "/dev/null", "type" },
	       { "maintenance", "on", "retry" } }) {
		wrong.insert(wrong.begin(), "site");
		CHECK_THROWS_AS(s.run("group", "set", { wrong, {} }), khttpctl::usage_error);
	}
	CHECK_THROWS_WITH(s.run("group", "set", { { "site", "page", "503", "/dev/zero" }, {} }),
			  Contains("no more than 61440 bytes"));
	CHECK_THROWS_WITH(s.run("group", "set", { { "site", "page", "503", "/none/x" }, {} }),
			  Contains("/none/x: No such file"));
}

TEST_CASE("a redirect is a prefix that feeds nobody")
{
	session s;

	CHECK(s.run("url", "add",
		    { { "http://old/", "queue", "docs", "redirect", "https://new/" }, {} }) == 0);
	const khttp::detail::attribute_table add(s.last.attributes);
	CHECK(add.text(KHTTP_URL_A_GROUP) == "docs");
	CHECK(add.text(KHTTP_URL_A_REDIRECT) == "https://new/");
	CHECK(add.u32(KHTTP_URL_A_STATUS) == 308);
	CHECK(s.run("url", "add",
		    { { "http://old/", "group", "site", "redirect", "https://new/", "status",
			"temporary" },
		      {} }) == 0);
	CHECK(khttp::detail::attribute_table(s.last.attributes).u32(KHTTP_URL_A_STATUS) == 307);
	CHECK_THROWS_WITH(s.run("url", "add",
				{ { "http://old/", "queue", "docs", "status", "301" }, {} }),
			  Contains("'redirect URL' is missing"));
	CHECK_THROWS_WITH(s.run("url", "add",
				{ { "http://old/", "queue", "docs", "redirect", "https://new/",
				    "status", "303" },
				  {} }),
			  Contains("301, 302, 307, 308"));
}

TEST_CASE("the hit ratio is of those that might have been hits")
{
	session s;

	CHECK(s.run("cache", "show") == 0);
	CHECK_THAT(s.out.str(), Contains("75.0 %"));
	s.ctx.json = true;
	s.out.str("");
	CHECK(s.run("cache", "show") == 0);
	CHECK(json::parse(s.out.str())["hit_ratio"] == 0.75);
}

TEST_CASE("the top of the cache is by hits or by memory")
{
	session s;

	CHECK(s.run("cache", "top") == 0);
	CHECK_THAT(s.out.str(), Contains("HITS") && Contains("MEMORY"));
	CHECK(s.run("cache", "top", { { "by", "memory", "count", "1" }, {} }) == 0);
	CHECK_THROWS_AS(s.run("cache", "top", { { "by", "age" }, {} }), usage_error);
}

TEST_CASE("purging completes the URL and leaves its decoding to the kernel")
{
	session s;

	CHECK(s.run("cache", "purge", { { "HTTP://Foo/a%20b#top" }, { "recursive" } }) == 0);
	const khttp::detail::attribute_table table(s.last.attributes);
	CHECK(table.text(KHTTP_CACHE_A_URL) == "http://Foo:80/a%20b");
	CHECK(table.has(KHTTP_CACHE_A_RECURSIVE));
	CHECK_THAT(s.out.str(), Contains("0 stored responses"));
}

TEST_CASE("figures are grouped, and what never happened is left out")
{
	session s;

	CHECK(s.run("stats", "") == 0);
	CHECK_THAT(s.out.str(), Contains("QueueFull") && Contains("503") && !Contains("Chunk"));
	s.out.str("");
	CHECK(s.run("stats", "", { {}, { "prometheus" } }) == 0);
	CHECK_THAT(s.out.str(), Contains("khttp_refused_total{reason=\"Chunk\"} 0\n"));
}

TEST_CASE("latencies are shown for queues that have any, and in JSON for all")
{
	session s;

	CHECK(s.run("stats", "") == 0);
	CHECK_THAT(s.out.str(), Contains("docs   worker      3  5.00 ms  6.00 ms") &&
					Contains("       hit         2  5.00 ms") &&
					!Contains("echo"));
	s.ctx.json = true;
	s.out.str("");
	CHECK(s.run("stats", "") == 0);
	json all = json::parse(s.out.str());
	CHECK(all.front()["name"] == "requests");
	CHECK(all.back()["name"] == "latency");
	CHECK(all.back()["queue"] == "echo");
	CHECK(all.back()["count"] == 0);
}

TEST_CASE("who leads from port to process, and names of processes cannot steer")
{
	session s;

	CHECK(s.run("who", "") == 0);
	CHECK_THAT(s.out.str(), Contains("1234") && Contains("khttp-\\x1becho (2 workers)") &&
					Contains("4000000") && Contains("0.0.0.0:80") &&
					Contains("requests wait"));
	s.ctx.json = true;
	s.out.str("");
	CHECK(s.run("who", "") == 0);
	json all = json::parse(s.out.str());
	CHECK(all["ports"][0]["port"] == 80);
	CHECK(all["ports"][0]["prefixes"][0]["workers"][0]["pid"] == 1234);
	CHECK(all["ports"][0]["prefixes"][1]["workers"].empty());
	CHECK(all["ports"][0]["listeners"][0]["address"] == "0.0.0.0");
}
