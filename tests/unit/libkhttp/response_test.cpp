/* SPDX-License-Identifier: MIT */
#include <catch2/catch.hpp>

#include <thread>

#include <khttp/error.hpp>
#include <khttp/queue.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "world.hpp"

using khttp::misuse;
using khttp::transport;
using std::chrono::seconds;

namespace {

/* A queue with one request in hand. */
struct one {
	khttp::queue q{fresh(GENERATE(transport::ioctl, transport::uring))};
	fake_device &dev = world::now().device();
	khttp::exchange ex;

	one()
	{
		dev.add({});
		ex = std::move(*q.next());
	}
	khttp::response &rs() { return ex.response(); }
	/* What the client got in the end. */
	fake_answer sent()
	{
		ex = {};
		q.drain();
		q.wait();
		return dev.answer(0);
	}
};

khttp::unique_fd file_of(const std::string &bytes)
{
	khttp::unique_fd fd{memfd_create("test", MFD_CLOEXEC)};

	REQUIRE(write(fd.get(), bytes.data(), bytes.size()) ==
		static_cast<ssize_t>(bytes.size()));
	return fd;
}

} // namespace

TEST_CASE("a_head_goes_out_as_it_was_set")
{
	one t;
	t.rs().status(404).header("a", "1").header("A", "2")
		.cache_for(seconds{30}).close().body("x");
	fake_answer got = t.sent();
	CHECK(got.status == 404);
	CHECK(got.ttl == 30);
	CHECK(got.flags == (KHTTP_REPLY_HEAD | KHTTP_REPLY_CACHE |
			    KHTTP_REPLY_CLOSE));
	CHECK(got.fields.size() == 2);
	CHECK(got.body == "x");
}

TEST_CASE("the_last_word_about_the_cache_counts")
{
	one t;
	SECTION("until purged")
	{
		t.rs().cache_never().cache_until_purged().body("x");
		fake_answer got = t.sent();
		CHECK(got.ttl == KHTTP_TTL_UNTIL_PURGED);
		CHECK(got.flags == (KHTTP_REPLY_HEAD | KHTTP_REPLY_CACHE));
	}
	SECTION("by its fields")
	{
		t.rs().cache_for(seconds{30}).cache_auto().body("x");
		fake_answer got = t.sent();
		CHECK(got.ttl == 0);
		CHECK(got.flags == (KHTTP_REPLY_HEAD | KHTTP_REPLY_CACHE_AUTO));
	}
	SECTION("never")
	{
		t.rs().cache_auto().cache_never().body("x");
		CHECK(t.sent().flags == (KHTTP_REPLY_HEAD | KHTTP_REPLY_CACHE_NEVER));
	}
}

TEST_CASE("what_became_of_storing_it_is_told_to_who_asks")
{
	one t;
	t.dev.set_stored(KHTTP_STORED_FILLING);
	SECTION("a stream")
	{
		t.rs().cache_for(seconds{30}).tell_stored();
		CHECK(t.rs().stored().empty());
		CHECK_FALSE(t.rs().send("a"));
		CHECK(t.rs().stored() == "filling");
		t.dev.set_stored(KHTTP_STORED_NOT_SIZE);
		CHECK_FALSE(t.rs().send("b"));
		CHECK(t.rs().stored() == "size");
		t.dev.set_stored(KHTTP_STORED_YES);
		CHECK_FALSE(t.rs().finish());
		CHECK(t.rs().stored() == "yes");
		CHECK(t.sent().flags == (KHTTP_REPLY_HEAD | KHTTP_REPLY_CACHE |
					 KHTTP_REPLY_MORE | KHTTP_REPLY_TELL));
	}
	SECTION("a final answer, some time later")
	{
		t.dev.set_stored(KHTTP_STORED_YES);
		CHECK_FALSE(t.rs().cache_auto().tell_stored().body("x"));
		CHECK(t.rs().stored().empty());
		CHECK_FALSE(t.q.next());
		CHECK_FALSE(t.q.next());
		CHECK(t.rs().stored() == "yes");
	}
	SECTION("not to others")
	{
		CHECK_FALSE(t.rs().cache_auto().send("a"));
		CHECK(t.rs().stored().empty());
	}
	SECTION("not of another request in the slot")
	{
		t.rs().tell_stored();
		CHECK_FALSE(t.rs().send("a"));
		CHECK_FALSE(t.rs().finish());
		t.ex = {};
		t.dev.add({});
		t.ex = std::move(*t.q.next());
		CHECK(t.rs().stored().empty());
	}
}

TEST_CASE("a_mistake_in_the_head_is_returned_and_answered_500")
{
	one t;
	t.rs().header("a", "1").header("Connection", "close").status(99);
	CHECK(t.rs().error() == misuse::bad_field);
	CHECK(t.rs().body("x") == misuse::bad_field);
	fake_answer got = t.sent();
	CHECK(got.status == 500);
	CHECK(got.fields.empty());
	CHECK(got.body.empty());
}

TEST_CASE("values_outside_their_range_are_mistakes")
{
	one t;
	SECTION("status")
	{
		t.rs().status(GENERATE(0, 100, 199, 600, 70000));
		CHECK(t.rs().error() == misuse::bad_status);
	}
	SECTION("lifetime")
	{
		t.rs().cache_for(seconds{GENERATE(-1, 0, 31536001)});
		CHECK(t.rs().error() == misuse::bad_lifetime);
	}
	SECTION("flow")
	{
		using at = khttp::flow_rate;

		t.rs().flow(GENERATE(at{.rate = 1023}, at{.burst = 4096},
				     at{.rate = 4096, .peak = 4095},
				     at{.rate = 1048576, .burst = 32767}));
		CHECK(t.rs().error() == misuse::bad_flow);
	}
}

TEST_CASE("a_flow_is_told_beside_fields_and_body")
{
	one t;
	std::string text(GENERATE(0, 10, 9000), 't');

	t.rs().flow({.rate = 4096, .peak = 8192, .burst = 65536}).header("a", "b");
	t.rs().flow({.rate = 2048, .peak = 9000, .burst = 70000});
	CHECK_FALSE(t.rs().body(text));
	fake_answer got = t.sent();
	CHECK(got.flow.rate == 2048);
	CHECK(got.flow.peak == 9000);
	CHECK(got.flow.burst == 70000);
	CHECK(got.body == text);
	CHECK(got.fields.size() == 1);
	one none;
	CHECK_FALSE(none.rs().flow({.rate = 4096}).flow({}).body("x"));
	CHECK(none.sent().flow.rate == 0);
}

TEST_CASE("bodies_of_every_kind_arrive_whole")
{
	one t;
	std::string text(GENERATE(0, 1, 7000, 9000, 300000), 't');
	SECTION("copied")
	{
		CHECK_FALSE(t.rs().body(text));
	}
	SECTION("handed over")
	{
		CHECK_FALSE(t.rs().body(std::string{text}));
	}
	SECTION("shared")
	{
		CHECK_FALSE(t.rs().body(std::make_shared<std::string>(text)));
	}
	SECTION("bytes")
	{
		CHECK_FALSE(t.rs().body(std::as_bytes(std::span{text})));
	}
	SECTION("file")
	{
		khttp::unique_fd fd = file_of("abc" + text + "xyz");
		CHECK_FALSE(t.rs().file(fd.get(), 3, text.size()));
	}
	CHECK(t.sent().body == text);
}

TEST_CASE("a_file_is_closed_when_it_was_sent")
{
	one t;
	khttp::unique_fd fd = file_of("bytes");
	int raw = fd.get();
	CHECK_FALSE(t.rs().file(std::move(fd), 0, 5));
	CHECK(fcntl(raw, F_GETFD) >= 0);
	CHECK(t.sent().body == "bytes");
	CHECK(fcntl(raw, F_GETFD) == -1);
	one bad;
	CHECK(bad.rs().file(-1, 0, 1) == std::errc::bad_file_descriptor);
}

TEST_CASE("a_stream_arrives_in_order_with_its_trailers")
{
	one t;
	t.rs().header("a", "b").length(9);
	CHECK_FALSE(t.rs().started());
	REQUIRE_FALSE(t.rs().send("one"));
	CHECK(t.rs().started());
	khttp::unique_fd fd = file_of("xxtwoxx");
	REQUIRE_FALSE(t.rs().send_file(fd.get(), 2, 3));
	REQUIRE_FALSE(t.rs().send("six"));
	t.rs().trailer("t1", "v1").trailer("t2", "v2");
	REQUIRE_FALSE(t.rs().finish());
	CHECK(t.rs().answered());
	CHECK(t.rs().send("more") == misuse::already_answered);
	fake_answer got = t.sent();
	CHECK(got.heads == 1);
	CHECK(got.length == 9);
	CHECK(got.body == "onetwosix");
	CHECK(got.fields.size() == 1);
	REQUIRE(got.trailers.size() == 2);
	CHECK(got.trailers[1].second == "v2");
}

TEST_CASE("a_final_answer_may_end_a_stream")
{
	one t;
	REQUIRE_FALSE(t.rs().send("first, "));
	CHECK_FALSE(t.rs().body("last"));
	fake_answer got = t.sent();
	CHECK(got.complete);
	CHECK(got.body == "first, last");
	CHECK(got.heads == 1);
}

TEST_CASE("calls_in_the_wrong_order_are_refused")
{
	one t;
	CHECK(t.rs().finish() == misuse::not_streaming);
	REQUIRE_FALSE(t.rs().send("x"));
	t.rs().header("late", "1");
	CHECK(t.rs().error() == misuse::head_sent);
	CHECK_FALSE(t.rs().body());
	CHECK(t.rs().body("again") == misuse::already_answered);
	t.rs().status(404);
	CHECK(t.sent().body == "x");
}

TEST_CASE("what_is_said_for_the_log_goes_with_the_answer")
{
	one t;
	CHECK_FALSE(t.rs().log("cs-username", "anna"));
	t.rs().header("a", "1");
	CHECK(t.rs().log("no token", "x") == misuse::bad_field);
	CHECK_FALSE(t.rs().body("x"));
	CHECK(t.rs().log("late", "x") == misuse::already_answered);
	fake_answer got = t.sent();
	REQUIRE(got.said.size() == 1);
	CHECK(got.said[0] == std::pair<std::string, std::string>{"cs-username", "anna"});
	CHECK(got.fields.size() == 1);
	CHECK(got.body == "x");
}

TEST_CASE("what_is_said_for_the_log_within_a_stream_takes_the_place_of_the_rest")
{
	one t;
	CHECK_FALSE(t.rs().header("a", "1").log("x", "1"));
	CHECK_FALSE(t.rs().send("one"));
	CHECK_FALSE(t.rs().send("two"));
	CHECK_FALSE(t.rs().log("x", "2"));
	t.rs().trailer("t", "1");
	CHECK_FALSE(t.rs().finish());
	fake_answer got = t.sent();
	REQUIRE(got.said.size() == 2);
	CHECK(got.said[1].second == "2");
	CHECK(got.trailers.size() == 1);
}

TEST_CASE("an_older_kernel_is_not_told_what_is_for_the_log")
{
	khttp::options wanted = fresh(GENERATE(transport::ioctl, transport::uring));
	world::now().lacks = KHTTP_FEATURE_LOG_FIELDS;
	khttp::queue q{wanted};
	fake_device &dev = world::now().device();
	dev.add({});
	auto ex = q.next();
	CHECK(ex->response().log("x", "1") == std::errc::operation_not_supported);
	CHECK_FALSE(ex->response().send("x"));
	CHECK_FALSE(ex->response().finish());
	CHECK(dev.answer(0).said.empty());
}

TEST_CASE("a_piece_waits_for_a_slow_client")
{
	one t;
	t.dev.set_room(0, 10);
	std::thread client{[&] {
		while (!t.dev.answer(0).complete)
			t.dev.set_room(0, 1000);
	}};
	CHECK_FALSE(t.rs().send(std::string(20000, 'p')));
	CHECK_FALSE(t.rs().finish());
	client.join();
	CHECK(t.sent().body.size() == 20000);
}

TEST_CASE("a_stream_to_a_client_that_left_says_so_every_time")
{
	one t;
	REQUIRE_FALSE(t.rs().send("x"));
	t.dev.disconnect(0);
	CHECK(t.rs().send("y") == std::errc::connection_reset);
	CHECK(t.rs().send("z") == std::errc::connection_reset);
	CHECK(t.rs().answered());
	t.sent();
	CHECK(t.q.finished());
}

TEST_CASE("a_piece_the_kernel_refuses_can_be_answered_otherwise")
{
	one t;
	t.dev.refuse_next_commit(EINVAL);
	CHECK(t.rs().send("x") == std::errc::invalid_argument);
	CHECK_FALSE(t.rs().started());
	CHECK_FALSE(t.rs().status(503).body("y"));
	fake_answer got = t.sent();
	CHECK(got.status == 503);
	CHECK(got.body == "y");
}

TEST_CASE("cancelling_closes_the_connection_once")
{
	one t;
	t.rs().cancel();
	t.rs().cancel();
	CHECK(t.rs().body("x") == misuse::already_answered);
	CHECK(t.sent().cancelled);
	CHECK(t.q.finished());
}

TEST_CASE("a_request_is_kept_once")
{
	one t;
	CHECK_FALSE(t.rs().later());
}

TEST_CASE("a_request_that_is_handed_on_is_over")
{
	one t;
	CHECK_FALSE(t.rs().delegate("other"));
	CHECK(t.rs().answered());
	CHECK(t.rs().delegate("other") == misuse::already_answered);
	CHECK(t.rs().body("late") == misuse::already_answered);
	fake_answer got = t.sent();
	CHECK(got.delegated == "other");
	CHECK_FALSE(got.complete);
	CHECK_FALSE(got.cancelled);
	CHECK(t.q.in_hand() == 0);
}

TEST_CASE("a_request_that_cannot_be_handed_on_is_answered_after_all")
{
	one t;
	t.dev.refuse_next_commit(ENOSPC);
	CHECK(t.rs().delegate("full").value() == ENOSPC);
	CHECK(t.rs().delegate("").value() == EINVAL);
	CHECK(t.rs().delegate(std::string(64, 'q')).value() == EINVAL);
	CHECK_FALSE(t.rs().answered());
	CHECK_FALSE(t.rs().body("here"));
	fake_answer got = t.sent();
	CHECK(got.body == "here");
	CHECK(got.delegated.empty());
}

TEST_CASE("a_stream_that_has_begun_is_not_handed_on")
{
	one t;
	CHECK_FALSE(t.rs().send("begun"));
	CHECK(t.rs().delegate("other") == misuse::head_sent);
	CHECK_FALSE(t.rs().finish());
	CHECK(t.sent().delegated.empty());
}
