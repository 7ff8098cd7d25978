/* SPDX-License-Identifier: MIT */
/* Choosing a transport, with the real device, which is absent here. */
#include <catch2/catch.hpp>

#include <cstdlib>

#include <khttp/error.hpp>
#include <khttp/queue.hpp>
#include <khttp/server.hpp>

#include <unistd.h>

namespace {

std::string refusal(const khttp::options &wanted)
{
	try {
		khttp::queue q{wanted};
	} catch (const khttp::error &e) {
		return e.what();
	}
	return {};
}

khttp::options app()
{
	khttp::options wanted;

	wanted.queue = "app";
	return wanted;
}

} // namespace

TEST_CASE("without_the_module_the_error_says_to_load_it")
{
	if (access("/dev/khttp", F_OK) == 0)
		return;
	CHECK(refusal(app()).find("modprobe khttp") != std::string::npos);
	CHECK_THROWS_AS(khttp::server{"app"}, khttp::error);
}

TEST_CASE("an_unknown_transport_in_the_environment_is_refused")
{
	setenv("KHTTP_TRANSPORT", "pigeon", 1);
	CHECK(refusal(app()).find("'pigeon'") != std::string::npos);
	unsetenv("KHTTP_TRANSPORT");
}

TEST_CASE("numbers_outside_their_range_are_refused")
{
	khttp::options wanted = app();
	wanted.slots = GENERATE(0U, 1025U);
	CHECK(refusal(wanted) == "slots must be 1 to 1024");
	wanted = app();
	wanted.batch = 0;
	CHECK(refusal(wanted) == "batch must be at least 1");
}
