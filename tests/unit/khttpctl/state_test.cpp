// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <string>

#include <khttp/error.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "run/state.hpp"

using khttpctl::supervision::seat;
using khttpctl::supervision::supervisor_of;

static const std::string app = "khttpctl-test-" + std::to_string(getpid());

/* What a seat leaves: its lock, which nobody else may unlink */
static void remove_lock()
{
	for (std::string folder :
	     { std::string("/run/khttp"), "/tmp/khttp-" + std::to_string(getuid()),
	       "/run/user/" + std::to_string(getuid()) + "/khttp" }) {
		std::error_code none;

		for (std::filesystem::directory_iterator at(folder, none), end; at != end;
		     at.increment(none))
			std::filesystem::remove(at->path() / (app + ".lock"), none);
	}
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
