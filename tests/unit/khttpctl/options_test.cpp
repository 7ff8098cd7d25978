// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <csignal>

#include <unistd.h>

#include "run/options.hpp"
#include "run/process.hpp"
#include "run/state.hpp"

using namespace khttpctl;
using namespace khttpctl::supervision;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

arguments line(std::map<std::string, std::string, std::less<>> values)
{
	arguments args;

	args.words = { "app" };
	args.values = std::move(values);
	args.command = { "worker", "--queue", "app" };
	return args;
}

ending end_of(const process &p)
{
	for (;;) {
		if (std::optional<ending> end = p.ended())
			return *end;
		usleep(1000);
	}
}

} // namespace

TEST_CASE("options of run become rules")
{
	wishes w = wishes_of(line({ { "workers", "2-8" },
				    { "failures", "3/1m" },
				    { "hang", "30" },
				    { "backoff", "50ms" },
				    { "recycle-memory", "1G" },
				    { "env", "A=1\nB=x=y" } }),
			     "");

	CHECK(w.queue == "app");
	CHECK(w.rules.min == 2);
	CHECK(w.rules.max == 8);
	CHECK(w.rules.failures == 3);
	CHECK(w.rules.within == 60s);
	CHECK(w.rules.hang == 30s);
	CHECK(w.rules.backoff == 50ms);
	CHECK(w.rules.recycle_memory == 1ULL << 30);
	CHECK(w.launch.environment == std::vector<std::string>{ "A=1", "B=x=y" });
	CHECK(w.launch.command.size() == 3);
	CHECK_FALSE(w.limits.any());
	wishes plain = wishes_of(line({ { "workers", "3" }, { "failures", "0" } }), "");
	CHECK(plain.rules.max == 3);
	CHECK(plain.rules.failures == 0);
}

TEST_CASE("what cannot be is refused with what would be right")
{
	auto refused = [](const char *name, const char *value) {
		CHECK_THROWS_AS(wishes_of(line({ { name, value } }), ""), usage_error);
	};

	refused("workers", "0");
	refused("workers", "8-2");
	refused("workers", "2-");
	refused("failures", "3/x");
	refused("hang", "soon");
	refused("hang", "999999999999");
	refused("env", "A");
	refused("env", "=1");
	refused("user", ":0");
	refused("cpu-max", "0");
	arguments none = line({});
	none.command.clear();
	CHECK_THROWS_WITH(wishes_of(none, ""), Contains("behind --"));
}

TEST_CASE("a process is started, with its variables, and its end is told")
{
	launch how;

	how.environment = { "KHTTP_TRIED=yes" };
	how.command = { "sh", "-c", "[ \"$KHTTP_TRIED\" = yes ] && exit 3" };
	CHECK(end_of(process::start(how, -1)).how == "status 3");
	how.command = { "true" };
	CHECK_FALSE(end_of(process::start(how, -1)).failed);
	how.command = { "sleep", "1000" };
	process p = process::start(how, -1);
	CHECK(p.has(p.pid()));
	CHECK_FALSE(p.has(getpid()));
	CHECK_FALSE(p.ended());
	CHECK_FALSE(p.stopped());
	p.signal(SIGSTOP);
	while (!p.stopped())
		usleep(1000);
	p.signal(SIGKILL);
	ending end = end_of(p);
	CHECK(end.failed);
	CHECK_THAT(end.how, Contains("signal 9"));
	how.command = { "/nonexistent" };
	CHECK_THROWS_WITH(process::start(how, -1), Contains("cannot execute"));
}

TEST_CASE("what a supervisor tells is a line for people")
{
	policy p{ rules{} };
	std::string text = supervisor_text(json_of(p));

	CHECK_THAT(text, Contains("starting: 1 of 1 to 1 workers"));
	CHECK_THAT(text, !Contains("last failure"));
	/* whatever stands in the file */
	CHECK_FALSE(supervisor_text(json::object()).empty());
}
