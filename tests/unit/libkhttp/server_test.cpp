/* SPDX-License-Identifier: MIT */
#include <catch2/catch.hpp>

#include <atomic>
#include <csignal>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <khttp/server.hpp>

#include "world.hpp"

using khttp::transport;

namespace {

transport both()
{
	return GENERATE(transport::ioctl, transport::uring);
}

/* Runs a server until it has nothing more to do. */
struct running {
	explicit running(khttp::server &of) : srv{of}, thread{[&] { srv.run(); }}
	{
	}
	void end()
	{
		srv.stop();
		thread.join();
	}
	khttp::server &srv;
	std::thread thread;
};

} // namespace

TEST_CASE("a_server_answers_until_it_is_stopped")
{
	khttp::server srv{fresh(both())};
	fake_device &dev = world::now().device();
	srv.handle([](const khttp::request &rq, khttp::response &rs) {
		rs.body(std::string{"path "} + std::string{rq.path()});
	});
	running r{srv};
	for (int i = 0; i < 50; i++) {
		std::size_t number = dev.add({.path = "/" + std::to_string(i)});
		if (i % 7 == 0)
			dev.wait_complete(number);
	}
	for (std::size_t i = 0; i < 50; i++)
		dev.wait_complete(i);
	r.end();
	for (std::size_t i = 0; i < 50; i++)
		CHECK(dev.answer(i).body == "path /" + std::to_string(i));
}

TEST_CASE("a_server_schedules_its_own_threads_only")
{
	khttp::options wanted = fresh(both());
	wanted.scheduling = khttp::scheduling::batch;
	khttp::server srv{wanted};
	fake_device &dev = world::now().device();
	std::atomic<int> policy = -1;

	srv.handle([&](const khttp::request &, khttp::response &rs) {
		policy = sched_getscheduler(0);
		rs.body("x");
	});
	running r{srv};
	dev.wait_complete(dev.add({}));
	r.end();
	CHECK(policy == SCHED_BATCH);
	CHECK(sched_getscheduler(0) == SCHED_OTHER);
}

namespace {

/* Answers what the handlers of its thread leave to it. */
struct answers_later final : khttp::companion {
	explicit answers_later(std::vector<khttp::exchange> &from) : kept{from} {}
	int fd() const noexcept override { return never.get(); }
	void run() override
	{
		runs++;
		for (auto &ex : kept)
			ex.response().body("later");
		kept.clear();
	}
	bool idle() const noexcept override { return kept.empty(); }

	std::vector<khttp::exchange> &kept;
	khttp::unique_fd never{eventfd(0, EFD_CLOEXEC)};
	static inline std::atomic<int> runs = 0;
};

} // namespace

TEST_CASE("a_server_looks_after_what_stands_beside_it")
{
	khttp::options wanted = fresh(both());
	wanted.threads = 1;
	khttp::server srv{wanted};
	fake_device &dev = world::now().device();
	std::vector<khttp::exchange> kept;

	srv.beside([&] { return std::make_unique<answers_later>(kept); });
	srv.handle([&](const khttp::request &, khttp::response &rs) {
		kept.push_back(rs.later());
	});
	running r{srv};
	for (std::size_t i = 0; i < 20; i++) {
		dev.wait_complete(dev.add({}));
		CHECK(dev.answer(i).body == "later");
	}
	const int runs = answers_later::runs;
	r.end();
	/* It slept: there were not many more of them than requests. */
	CHECK(runs < 1000);
}

TEST_CASE("each_thread_is_a_worker")
{
	khttp::options wanted = fresh(both());
	wanted.threads = 3;
	khttp::server srv{wanted};
	REQUIRE(world::now().devices.size() == 3);
	srv.handle([](const khttp::request &, khttp::response &rs) {
		rs.body("x");
	});
	running r{srv};
	for (std::size_t i = 0; i < 3; i++) {
		world::now().device(i).add({});
		world::now().device(i).wait_complete(0);
	}
	r.end();
}

TEST_CASE("a_handler_that_says_nothing_or_throws_answers_500")
{
	khttp::server srv{fresh(both())};
	fake_device &dev = world::now().device();
	std::vector<std::string> told;
	srv.on_error([&](const khttp::failure &f) { told.push_back(f.what); });
	srv.handle([](const khttp::request &rq, khttp::response &rs) {
		if (rq.path() == "/throw")
			throw std::runtime_error{"oops"};
		if (rq.path() == "/odd")
			throw 42;
		if (rq.path() == "/part") {
			rs.send("part");
			throw std::runtime_error{"late"};
		}
	});
	for (auto path : {"/", "/throw", "/odd", "/part"})
		dev.add({.path = path});
	running r{srv};
	for (std::size_t i = 0; i < 4; i++)
		dev.wait_complete(i);
	r.end();
	for (std::size_t i = 0; i < 3; i++)
		CHECK(dev.answer(i).status == 500);
	CHECK(dev.answer(3).cancelled);
	REQUIRE(told.size() == 4);
	CHECK(told[1] == "the handler threw: oops");
}

TEST_CASE("stopping_waits_for_kept_requests_and_for_slow_clients")
{
	khttp::server srv{fresh(both())};
	fake_device &dev = world::now().device();
	std::atomic<bool> ready = false;
	khttp::exchange kept;
	srv.handle([&](const khttp::request &rq, khttp::response &rs) {
		if (rq.path() == "/kept") {
			kept = rs.later();
			ready = true;
		} else {
			rs.body(std::string(100000, 's'));
		}
	});
	std::size_t slow = dev.add({.path = "/slow"});
	dev.set_room(slow, 0);
	dev.add({.path = "/kept"});
	running r{srv};
	while (!ready)
		std::this_thread::yield();
	srv.stop();
	dev.set_room(slow, 50000);
	dev.set_room(slow, 50000);
	std::thread other{[&] {
		kept.response().body("at last");
		kept = {};
	}};
	std::thread client{[&] {
		while (!dev.answer(slow).complete)
			dev.set_room(slow, 60000);
	}};
	r.thread.join();
	other.join();
	client.join();
	CHECK(dev.answer(slow).body.size() == 100000);
	CHECK(dev.answer(1).body == "at last");
}

TEST_CASE("a_server_may_be_stopped_before_it_runs")
{
	khttp::server srv{fresh(both())};
	CHECK_THROWS_AS(srv.run(), std::logic_error);
	srv.handle([](const khttp::request &, khttp::response &) {});
	srv.stop();
	srv.run();
}

TEST_CASE("a_signal_drains_and_the_old_action_comes_back")
{
	khttp::options wanted = fresh(transport::ioctl);
	wanted.handle_signals = true;
	khttp::server srv{wanted};
	fake_device &dev = world::now().device();
	struct sigaction before;
	sigaction(SIGTERM, nullptr, &before);
	srv.handle([](const khttp::request &, khttp::response &rs) {
		kill(getpid(), SIGTERM);
		rs.body("done");
	});
	std::size_t number = dev.add({});
	srv.run();
	CHECK(dev.answer(number).body == "done");
	struct sigaction after;
	sigaction(SIGTERM, nullptr, &after);
	CHECK(after.sa_handler == before.sa_handler);
}

TEST_CASE("a_lost_worker_ends_the_server_with_an_error")
{
	khttp::options wanted = fresh(both());
	wanted.threads = 2;
	khttp::server srv{wanted};
	srv.handle([](const khttp::request &, khttp::response &) {});
	world::now().device(1).end_worker(EPERM);
	CHECK_THROWS_AS(srv.run(), khttp::error);
}

TEST_CASE("answers_do_not_wait_for_the_handlers_behind_them")
{
	khttp::server srv{fresh(both())};
	fake_device &dev = world::now().device();
	srv.handle([&](const khttp::request &rq, khttp::response &rs) {
		if (rq.path() == "/long")
			dev.wait_complete(1);
		std::this_thread::sleep_for(std::chrono::milliseconds{1});
		rs.body("x");
	});
	for (auto path : {"/", "/", "/long"})
		dev.add({.path = path});
	running r{srv};
	dev.wait_complete(2);
	r.end();
}

TEST_CASE("a_refused_answer_is_replaced_without_waiting_for_another_request")
{
	khttp::server srv{fresh(both())};
	fake_device &dev = world::now().device();
	srv.handle([](const khttp::request &, khttp::response &rs) {
		rs.body("x");
	});
	dev.refuse_next_commit(EINVAL);
	std::size_t number = dev.add({});
	running r{srv};
	dev.wait_complete(number);
	r.end();
	CHECK(dev.answer(number).status == 500);
}
