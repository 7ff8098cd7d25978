/* SPDX-License-Identifier: MIT */
#include <catch2/catch.hpp>

#include <cerrno>
#include <string>
#include <thread>

#include <khttp/error.hpp>
#include <khttp/khttp.h>
#include <khttp/queue.hpp>
#include <khttp/server.hpp>

#include "world.hpp"

using khttp::misuse;
using khttp::task;
using khttp::transport;

namespace {

fake_request asking(std::string body = {})
{
	return {.fields = {{"A", "websocket"}, {"UPGRADE", "other/2 ,\tRaw/1"}},
		.body = std::move(body),
		.body_ends = false,
		.upgrade = true};
}

struct one {
	khttp::queue q{fresh(transport::ioctl)};
	fake_device &dev = world::now().device();
	khttp::exchange ex;

	explicit one(fake_request rq)
	{
		dev.add(std::move(rq));
		ex = q.next().value();
	}
};

} // namespace

TEST_CASE("what_a_request_offers_is_found_in_its_list")
{
	one t{asking()};
	const khttp::request &rq = t.ex.request();

	CHECK(rq.offers("raw/1"));
	CHECK(rq.offers("OTHER/2"));
	for (const char *not_there : {"raw", "websocket", "other", "", "raw/1x"})
		CHECK_FALSE(rq.offers(not_there));
	one plain{{.fields = {{"Upgrade", "raw/1"}}}};
	CHECK_FALSE(plain.ex.request().offers("raw/1"));
}

TEST_CASE("bytes_go_both_ways_after_an_upgrade")
{
	one t{asking("early")};
	char buffer[8];

	t.ex.response().header("x", "y");
	const khttp::upgraded stream = t.ex.response().upgrade("raw/1");
	REQUIRE(stream);
	CHECK(t.dev.answer(0).status == 101);
	CHECK(t.dev.answer(0).fields.size() == 2);
	CHECK(t.dev.answer(0).fields[1].first == "upgrade");
	CHECK(t.dev.answer(0).fields[1].second == "raw/1");
	CHECK(stream.read(std::span{buffer}).size == 5);
	CHECK_FALSE(stream.send("one"));
	CHECK_FALSE(stream.end());
	CHECK(t.dev.answer(0).shut);
	CHECK(stream.send("two") == misuse::stream_ended);
	CHECK(stream.end() == misuse::stream_ended);
	t.dev.feed(0, "late", true);
	CHECK(stream.read(std::span{buffer}).size == 4);
	CHECK(stream.read(std::span{buffer}).size == 0);
	CHECK_FALSE(t.dev.answer(0).complete);
	CHECK_FALSE(stream.close());
	CHECK(t.dev.answer(0).complete);
	CHECK(t.dev.answer(0).body == "one");
	CHECK(stream.close() == misuse::already_answered);
}

TEST_CASE("an_upgrade_that_cannot_be_leaves_the_request_to_another_answer")
{
	one t{asking()};
	khttp::response &rs = t.ex.response();

	CHECK(rs.upgrade("none").error() == misuse::not_offered);
	t.dev.refuse_next_commit(EPROTO);
	const khttp::upgraded stream = rs.upgrade("raw/1");
	char buffer[8];

	CHECK_FALSE(stream);
	CHECK(stream.error() == std::errc::protocol_error);
	CHECK(stream.send("x") == std::errc::protocol_error);
	CHECK(stream.read(std::span{buffer}).error == std::errc::protocol_error);
	CHECK(stream.end() == std::errc::protocol_error);
	CHECK(stream.close() == std::errc::protocol_error);
	CHECK_FALSE(rs.started());
	t.ex = {};
	t.q.commit();
	CHECK(t.dev.answer(0).status == 500);
}

TEST_CASE("an_upgraded_connection_that_is_let_go_is_cut_unless_its_end_was_told")
{
	one cut{asking()};
	REQUIRE(cut.ex.response().upgrade("raw/1"));
	cut.ex = {};
	CHECK(cut.dev.answer(0).cancelled);

	one ended{asking()};
	const khttp::upgraded stream = ended.ex.response().upgrade("raw/1");
	REQUIRE(stream);
	CHECK_FALSE(stream.end());
	ended.ex = {};
	ended.q.commit();
	CHECK(ended.dev.answer(0).complete);
	CHECK_FALSE(ended.dev.answer(0).cancelled);
}

TEST_CASE("a_reset_that_who_reads_and_who_sends_both_find_is_one_end")
{
	one t{asking()};
	const khttp::upgraded stream = t.ex.response().upgrade("raw/1");
	REQUIRE(stream);
	t.dev.set_room(0, 0);
	std::error_code sent;
	std::jthread sender{[&] { sent = stream.send("waits"); }};
	char buffer[8];
	t.dev.disconnect_blocked(0);
	CHECK(stream.read(std::span{buffer}).error);
	sender.join();
	CHECK(sent);
	CHECK(t.q.in_hand() == 0);
	t.q.drain();
	CHECK(t.q.finished());
}

TEST_CASE("a_coroutine_echoes_what_comes_after_an_upgrade")
{
	khttp::server srv{fresh(GENERATE(transport::ioctl, transport::uring))};
	fake_device &dev = world::now().device();

	srv.handle([](khttp::async::request rq, khttp::async::response rs) -> task {
		auto stream = co_await rs.upgrade(rq.path().substr(1));
		char piece[4];

		if (!stream) {
			rs.status(426).body("no");
			co_return;
		}
		for (;;) {
			auto [size, error] = co_await stream.read(piece);
			if (error || size == 0)
				break;
			co_await stream.send(std::string_view{piece, size});
		}
		co_await stream.end();
		co_await stream.close();
	});
	fake_request good = asking("early");
	good.path = "/raw/1";
	fake_request bad = asking();
	bad.path = "/raw/2";
	std::size_t number = dev.add(good);
	std::size_t refused = dev.add(bad);
	std::thread thread{[&] { srv.run(); }};
	dev.wait_complete(refused);
	dev.set_room(number, 3);
	dev.feed(number, " and late", true);
	while (!dev.answer(number).complete)
		dev.set_room(number, 3);
	srv.stop();
	thread.join();
	CHECK(dev.answer(number).status == 101);
	CHECK(dev.answer(number).body == "early and late");
	CHECK(dev.answer(number).shut);
	CHECK(dev.answer(refused).status == 426);
}

TEST_CASE("c_programs_upgrade")
{
	fresh(transport::ioctl);
	khttp_queue *q = khttp_queue_open("app", nullptr);
	fake_device &dev = world::now().device();
	dev.add(asking("in"));
	khttp_exchange *ex = khttp_queue_next(q);
	char buffer[8];

	REQUIRE(ex);
	CHECK(khttp_exchange_offers(ex, "raw/1") == 1);
	CHECK(khttp_exchange_offers(ex, "raw") == 0);
	CHECK(khttp_exchange_end(ex) == -EINVAL);
	CHECK(khttp_exchange_upgrade(ex, "raw") == -EINVAL);
	CHECK(khttp_exchange_upgrade(ex, "raw/1") == 0);
	CHECK(khttp_exchange_read(ex, buffer, sizeof(buffer)) == 2);
	CHECK(khttp_exchange_send(ex, "out", 3) == 0);
	CHECK(khttp_exchange_end(ex) == 0);
	CHECK(khttp_exchange_send(ex, "out", 3) == -EINVAL);
	CHECK(khttp_exchange_finish(ex) == 0);
	CHECK(dev.answer(0).body == "out");
	CHECK(dev.answer(0).complete);
	khttp_exchange_free(ex);
	khttp_queue_close(q);
}
