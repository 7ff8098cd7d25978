/* SPDX-License-Identifier: MIT */
#include <catch2/catch.hpp>

#include <stdexcept>
#include <thread>

#include <khttp/server.hpp>

#include "world.hpp"

using khttp::task;
using khttp::transport;

namespace {

struct fixture {
	khttp::server srv{fresh(GENERATE(transport::ioctl, transport::uring))};
	fake_device &dev = world::now().device();
	std::thread thread;

	void start()
	{
		thread = std::thread{[this] { srv.run(); }};
	}
	void end()
	{
		srv.stop();
		thread.join();
	}
};

khttp::task_of<std::string> upper(khttp::async::request rq)
{
	auto [text, error] = co_await rq.body();
	if (error)
		throw std::system_error{error};
	for (char &c : text)
		c = static_cast<char>(std::toupper(c));
	co_return text;
}

} // namespace

TEST_CASE("a_coroutine_gives_its_thread_back_while_it_waits")
{
	fixture t;
	t.srv.handle([](khttp::async::request rq,
			khttp::async::response rs) -> task {
		auto [text, error] = co_await rq.body();
		rs.header("x", "y");
		if (co_await rs.send(text))
			co_return;
		co_await rs.send("!");
		co_await rs.finish();
	});
	std::size_t slow = t.dev.add({.body = "sl", .in_slot = 1, .body_ends = false});
	std::size_t quick = t.dev.add({.body = "quick"});
	t.start();
	t.dev.wait_complete(quick);
	CHECK(t.dev.answer(slow).heads == 0);
	t.dev.set_room(slow, 2);
	t.dev.feed(slow, "o", false);
	t.dev.feed(slow, "w", true);
	std::size_t between = t.dev.add({.body = "b"});
	t.dev.wait_complete(between);
	while (!t.dev.answer(slow).complete)
		t.dev.set_room(slow, 1);
	t.end();
	CHECK(t.dev.answer(slow).body == "slow!");
	CHECK(t.dev.answer(slow).heads == 1);
	CHECK(t.dev.answer(quick).body == "quick!");
}

TEST_CASE("a_stream_goes_on_while_nothing_else_happens")
{
	fixture t;
	t.srv.handle([](khttp::async::request,
			khttp::async::response rs) -> task {
		for (int i = 0; i < 5; i++)
			co_await rs.send("piece");
		rs.trailer("t", "v");
		co_await rs.finish();
	});
	std::size_t number = t.dev.add({});
	t.start();
	t.dev.wait_complete(number);
	t.end();
	CHECK(t.dev.answer(number).body.size() == 25);
	CHECK(t.dev.answer(number).trailers.size() == 1);
}

TEST_CASE("tasks_await_tasks_and_pass_exceptions_up")
{
	fixture t;
	std::vector<std::string> told;
	t.srv.on_error([&](const khttp::failure &f) { told.push_back(f.what); });
	t.srv.handle([](khttp::async::request rq,
			khttp::async::response rs) -> task {
		std::string text = co_await upper(rq);
		rs.body(std::move(text));
	});
	std::size_t good = t.dev.add({.body = "abc", .in_slot = 1});
	std::size_t bad = t.dev.add({.body = "x", .in_slot = 1, .body_ends = false});
	t.start();
	t.dev.wait_complete(good);
	t.dev.disconnect(bad);
	t.dev.feed(bad, "", false);
	t.end();
	CHECK(t.dev.answer(good).body == "ABC");
	REQUIRE(told.size() == 1);
	CHECK(told[0].find("threw") != std::string::npos);
}

TEST_CASE("a_coroutine_that_ends_silently_answers_500")
{
	fixture t;
	t.srv.handle([](khttp::async::request, khttp::async::response) -> task {
		co_return;
	});
	std::size_t number = t.dev.add({});
	t.start();
	t.dev.wait_complete(number);
	t.end();
	CHECK(t.dev.answer(number).status == 500);
}

TEST_CASE("a_coroutine_reads_in_pieces_and_trailers")
{
	fixture t;
	t.srv.handle([](khttp::async::request rq,
			khttp::async::response rs) -> task {
		char piece[2];
		std::string all;
		for (;;) {
			auto [size, error] = co_await rq.read(std::span{piece});
			if (size == 0)
				break;
			all.append(piece, size).append("|");
		}
		auto after = co_await rq.trailers();
		for (auto &[name, value] : after.fields)
			all.append(name).append("=").append(value);
		rs.body(all);
	});
	std::size_t number = t.dev.add({.body = "abcde", .in_slot = 3,
					.trailers = std::string("\1\0\1\0nv", 6)});
	t.start();
	t.dev.wait_complete(number);
	t.end();
	CHECK(t.dev.answer(number).body == "ab|c|de|n=v");
}

TEST_CASE("a_coroutine_may_go_on_in_another_thread")
{
	struct elsewhere {
		std::thread &thread;
		bool await_ready() const noexcept { return false; }
		void await_suspend(std::coroutine_handle<> waiting)
		{
			/* The other thread may end the coroutine, and *this with it. */
			std::thread &keep = thread;
			keep = std::thread{[waiting] { waiting.resume(); }};
		}
		void await_resume() const noexcept {}
	};
	fixture t;
	std::thread other;
	t.srv.handle([&](khttp::async::request rq,
			 khttp::async::response rs) -> task {
		co_await elsewhere{other};
		auto [text, error] = co_await rq.body();
		co_await rs.send(text);
		co_await rs.finish();
	});
	std::size_t number = t.dev.add({.body = "mo", .in_slot = 1, .body_ends = false});
	t.start();
	t.dev.feed(number, "ved", true);
	t.dev.wait_complete(number);
	t.end();
	other.join();
	CHECK(t.dev.answer(number).body == "moved");
}

TEST_CASE("a_lost_worker_does_not_leave_coroutines_hanging")
{
	fixture t;
	std::atomic<int> ended = 0;
	t.srv.handle([&](khttp::async::request rq,
			 khttp::async::response rs) -> task {
		auto [text, error] = co_await rq.body();
		ended++;
		rs.body(error ? "error" : text);
	});
	t.dev.add({.body = "x", .in_slot = 1, .body_ends = false});
	std::size_t other = t.dev.add({});
	t.start();
	t.dev.wait_complete(other);
	t.dev.end_worker(ESHUTDOWN);
	t.dev.feed(0, "", true);
	t.thread.join();
	CHECK(ended == 2);
}
