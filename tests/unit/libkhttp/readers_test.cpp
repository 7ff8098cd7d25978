/* SPDX-License-Identifier: MIT */
/* Growth while collecting: bounded by what came, not by what was announced. */
#include <catch2/catch.hpp>

#include <khttp/error.hpp>
#include <khttp/queue.hpp>

#include "readers.hpp"
#include "world.hpp"

TEST_CASE("a_body_reader_grows_with_what_came")
{
	khttp::queue q{fresh(khttp::transport::ioctl)};
	world::now().device().add({.body = "x", .body_ends = false});
	auto ex = q.next();
	khttp::detail::body_reader into{ex->request(), 1U << 30};

	CHECK(into.room().size() == 16384);
	into.took({16384, {}});
	CHECK(into.room().size() == 16384);
	into.took({0, {}});
	CHECK_FALSE(into.wants_more());
	CHECK(into.result().data.size() == 16384);
}
