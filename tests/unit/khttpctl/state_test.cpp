// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <khttp/error.hpp>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/state.hpp"

using khttpctl::supervision::seat;
using khttpctl::supervision::supervisor_of;

static const std::string app = "khttpctl-test-" + std::to_string(getpid());

static const std::vector<std::string> folders = {
	"/run/khttp", "/tmp/khttp-" + std::to_string(getuid()),
	"/run/user/" + std::to_string(getuid()) + "/khttp"
};

/* What a seat leaves: its lock, which nobody else may unlink */
static void remove_lock()
{
	for (const std::string &folder : folders) {
		std::error_code none;

		for (std::filesystem::directory_iterator at(folder, none), end; at != end;
		     at.increment(none))
			std::filesystem::remove(at->path() / (app + ".lock"), none);
	}
}

/* Where the seat's files are, without what follows the name */
static std::string place()
{
	for (const std::string &folder : folders) {
		std::error_code none;

		for (std::filesystem::directory_iterator at(folder, none), end; at != end;
		     at.increment(none))
			if (exists(at->path() / (app + ".json"), none))
				return at->path() / app;
	}
	return {};
}

static void write(const std::string &text)
{
	std::ofstream(place() + ".json") << text;
}

/* Who looks at the queue must not wait for what its owner left there */
static bool is_seen()
{
	alarm(20);
	bool seen = supervisor_of("", app, getuid()).has_value();
	alarm(0);
	return seen;
}

TEST_CASE("a queue has one supervisor, which others see")
{
	CHECK_FALSE(supervisor_of("", app, getuid()));
	{
		seat first("", app);

		first.publish({ { "state", "running" } });
		REQUIRE(supervisor_of("", app, getuid()));
		CHECK(supervisor_of("", app, getuid())->at("state") == "running");
		CHECK_THROWS_AS(seat("", app), khttp::error);
		CHECK(supervisor_of("", app, getuid()));
	}
	CHECK_FALSE(supervisor_of("", app, getuid()));
	remove_lock();
}

TEST_CASE("who asks for a supervisor takes its seat from nobody")
{
	int refused = 0;
	pid_t asks = fork();

	REQUIRE(asks >= 0);
	while (!asks)
		(void)supervisor_of("", app, getuid());
	for (int i = 0; i < 2000; i++)
		try {
			seat mine("", app);
		} catch (const khttp::error &) {
			refused++;
		}
	kill(asks, SIGKILL);
	waitpid(asks, nullptr, 0);
	CHECK(refused == 0);
	remove_lock();
}

TEST_CASE("all that a supervisor tells is seen")
{
	khttpctl::json told = json_of(khttpctl::supervision::policy({}));
	seat mine("", app);

	told["workers"].push_back({ { "id", 1 }, { "phase", "serving" } });
	mine.publish(told);
	CHECK(supervisor_of("", app, getuid()) == told);
	remove_lock();
}

TEST_CASE("what no supervisor writes is no supervisor's")
{
	seat mine("", app);

	mine.publish({ { "state", "running" } });
	for (const char *text :
	     { "1", "[]", "null", "{", R"({"state": 1})", R"({"failed": "x"})",
	       R"({"failed": -1})", R"({"target": 1e300})", R"({"on_demand": 1})",
	       R"({"workers": {}})", R"({"workers": [1]})", R"({"workers": [{"id": []}]})" }) {
		INFO(text);
		write("{}");
		CHECK(is_seen());
		write(text);
		CHECK_FALSE(is_seen());
	}
	remove_lock();
}

TEST_CASE("a state too long is none, and one too deep does no harm")
{
	seat mine("", app);

	mine.publish({ { "state", "running" } });
	write(R"({"state": ")" + std::string(std::size_t{ 2 } << 20, 'x') + "\"}");
	CHECK_FALSE(is_seen());
	write(R"({"x": )" + std::string(400000, '[') + std::string(400000, ']') + '}');
	CHECK(supervisor_of("", app, getuid()) == khttpctl::json::object());
	remove_lock();
}

TEST_CASE("only a file of the queue's owner is a supervisor's")
{
	seat mine("", app);

	mine.publish({ { "state", "running" } });
	const std::string other = place() + ".other";
	for (const std::string &name : { place() + ".lock", place() + ".json" }) {
		INFO(name);
		REQUIRE(is_seen());
		std::filesystem::rename(name, other);
		CHECK_FALSE(is_seen());
		REQUIRE(mkfifo(name.c_str(), 0644) == 0);
		CHECK_FALSE(is_seen());
		std::filesystem::remove(name);
		std::filesystem::create_symlink(other, name);
		CHECK_FALSE(is_seen());
		std::filesystem::rename(other, name);
		CHECK(is_seen());
		if (chown(name.c_str(), 65534, 65534) == 0)
			CHECK_FALSE(is_seen());
		(void)!chown(name.c_str(), getuid(), getgid());
	}
	remove_lock();
}
