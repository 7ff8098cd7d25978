/* SPDX-License-Identifier: MIT */
/* The loop: fetching, batches, slow clients, other threads, the end. */
#include <catch2/catch.hpp>

#include <thread>
#include <vector>

#include <poll.h>
#include <sched.h>

#include <khttp/queue.hpp>

#include "world.hpp"

using khttp::transport;

namespace {

bool readable(int fd)
{
	pollfd set{.fd = fd, .events = POLLIN, .revents = 0};

	return poll(&set, 1, 0) > 0;
}

transport both()
{
	return GENERATE(transport::ioctl, transport::uring);
}

/* Calls that wait() makes for the answer to one request and the next request */
unsigned calls_between(khttp::queue &q, std::string body)
{
	fake_device &dev = world::now().device();
	std::size_t first = dev.add({});
	auto ex = q.wait();
	REQUIRE(ex);
	unsigned before = dev.runs();
	ex->response().body(std::move(body));
	ex.reset();
	std::jthread later{[&] {
		dev.wait_complete(first);
		dev.add({});
	}};
	REQUIRE(q.wait());
	return dev.runs() - before;
}

/* The policy of a thread after it looked for a request */
int policy_after_use(khttp::scheduling wanted, int before)
{
	khttp::options options = fresh(transport::ioctl);
	int after = -1;

	options.scheduling = wanted;
	khttp::queue q{options};
	std::thread{[&] {
		const sched_param none{};

		if (sched_setscheduler(0, before, &none) == 0 && !q.next())
			after = sched_getscheduler(0);
	}}.join();
	return after;
}

} // namespace

TEST_CASE("a_thread_is_scheduled_in_batches_only_when_asked")
{
	using khttp::scheduling;

	CHECK(policy_after_use(scheduling::inherit, SCHED_OTHER) == SCHED_OTHER);
	CHECK(policy_after_use(scheduling::batch, SCHED_OTHER) == SCHED_BATCH);
	CHECK(policy_after_use(scheduling::batch, SCHED_IDLE) == SCHED_IDLE);
}

TEST_CASE("a_request_is_taken_and_answered")
{
	khttp::queue q{fresh(both())};
	fake_device &dev = world::now().device();

	CHECK_FALSE(q.next());
	std::size_t number = dev.add({.method = "POST", .path = "/x"});
	CHECK(readable(q.fd()));
	auto ex = q.next();
	REQUIRE(ex);
	CHECK(ex->request().method() == "POST");
	CHECK(ex->request().path() == "/x");
	CHECK(q.in_hand() == 1);
	ex->response().status(201).header("a", "b").body("hello");
	CHECK_FALSE(dev.answer(number).complete);
	CHECK_FALSE(q.next());

	fake_answer got = dev.answer(number);
	CHECK(got.complete);
	CHECK(got.status == 201);
	CHECK(got.body == "hello");
	CHECK(got.taken != 0);
	REQUIRE(got.fields.size() == 1);
	CHECK(got.fields[0].first == "a");
}

TEST_CASE("a_request_nobody_looked_at_is_not_marked_as_taken")
{
	khttp::queue q{fresh(transport::ioctl)};
	fake_device &dev = world::now().device();
	for (int i = 0; i < 2; i++)
		dev.add({});
	auto first = q.next();
	REQUIRE(first);

	auto word = [&](unsigned slot) {
		return reinterpret_cast<khttp_reply *>(dev.memory() +
						       slot * 16384 + 8192)
			->taken;
	};
	CHECK(word(0) != 0);
	CHECK(word(1) == 0);
}

TEST_CASE("answers_of_a_batch_share_a_call")
{
	khttp::queue q{fresh(both())};
	fake_device &dev = world::now().device();
	for (int i = 0; i < 6; i++)
		dev.add({});
	std::vector<khttp::exchange> held;
	while (auto ex = q.next())
		held.push_back(std::move(*ex));
	REQUIRE(held.size() == 6);
	unsigned before = dev.runs();
	for (auto &ex : held)
		ex.response().body("x");
	q.commit();
	CHECK(dev.runs() == before + 1);
	for (std::size_t i = 0; i < 6; i++)
		CHECK(dev.answer(i).complete);
}

TEST_CASE("an_answer_and_the_wait_for_what_follows_share_a_call")
{
	khttp::queue q{fresh(both())};

	/* For its wake-up a ring is entered once more, at first. */
	calls_between(q, "x");
	CHECK(calls_between(q, "x") == 1);
}

TEST_CASE("a_ring_is_used_beside_something_else_only")
{
	khttp::queue q{fresh(transport::uring)};
	fake_device &dev = world::now().device();
	auto serve = [&] {
		dev.add({});
		auto ex = q.wait();
		REQUIRE(ex);
		ex->response().body("x");
		return dev.commands();
	};

	serve();
	CHECK(serve() == 0);
	/* Held: its answer may come from another thread. */
	dev.add({});
	auto held = q.wait();
	REQUIRE(held);
	for (int i = 0; i < 3; i++)
		CHECK(serve() > 0);
	held->response().body("x");
	held.reset();
	/* Fetches that are there are used up. */
	for (int i = 0; i < 16; i++)
		serve();
	unsigned before = serve();
	CHECK(serve() == before);
}

TEST_CASE("what_a_ring_is_polled_for_is_known_to_it_after_a_wait")
{
	khttp::queue q{fresh(transport::uring)};
	fake_device &dev = world::now().device();

	REQUIRE(q.fd() >= 0);
	dev.add({});
	auto ex = q.wait();
	REQUIRE(ex);
	CHECK(dev.commands() > 1);
	dev.add({});
	CHECK(readable(q.fd()));
}

TEST_CASE("what_RUN_leaves_of_an_answer_the_ring_goes_on_with")
{
	khttp::queue q{fresh(transport::uring)};
	fake_device &dev = world::now().device();
	std::size_t slow = dev.add({});
	dev.set_room(slow, 3);
	q.wait()->response().body("hello");
	std::size_t quick = dev.add({});
	q.wait()->response().body("quick");
	CHECK(dev.answer(slow).body == "hel");
	CHECK(dev.commands() > 0);

	dev.set_room(slow, 100);
	q.drain();
	q.wait();
	CHECK(q.finished());
	CHECK(dev.answer(slow).heads == 1);
	CHECK(dev.answer(slow).body == "hello");
	CHECK(dev.answer(quick).body == "quick");
}

TEST_CASE("a_commit_that_a_signal_kept_out_of_RUN_is_made_by_the_ring")
{
	khttp::queue q{fresh(transport::uring)};
	fake_device &dev = world::now().device();
	std::size_t first = dev.add({});
	q.wait()->response().body("hello");
	dev.refuse_next_commit(EINTR);
	dev.add({});
	REQUIRE(q.wait());
	dev.wait_complete(first);
	CHECK(dev.answer(first).body == "hello");
}

TEST_CASE("memory_of_an_answer_is_not_held_until_something_follows")
{
	khttp::queue q{fresh(transport::ioctl)};

	CHECK(calls_between(q, std::string(300000, 'L')) == 2);
}

TEST_CASE("a_slow_client_is_served_on_while_others_come")
{
	khttp::queue q{fresh(both())};
	fake_device &dev = world::now().device();
	std::string large(300000, 'L');
	std::size_t slow = dev.add({});
	dev.set_room(slow, 1000);
	{
		auto ex = q.next();
		REQUIRE(ex);
		ex->response().header("a", "b").body(large);
	}
	CHECK_FALSE(q.next());
	std::size_t quick = dev.add({});
	q.next()->response().body("quick");
	CHECK_FALSE(q.next());
	CHECK(dev.answer(quick).complete);
	CHECK(dev.answer(slow).body.size() == 1000);

	dev.set_room(slow, 0);
	q.next();
	for (int i = 0; i < 400 && !dev.answer(slow).complete; i++) {
		dev.set_room(slow, 999);
		CHECK_FALSE(q.next());
	}
	CHECK(dev.answer(slow).heads == 1);
	CHECK(dev.answer(slow).body == large);
}

TEST_CASE("a_queue_takes_no_more_than_its_slots_hold")
{
	khttp::queue q{fresh(both(), 2)};
	fake_device &dev = world::now().device();
	for (int i = 0; i < 3; i++)
		dev.add({});
	auto a = q.next();
	auto b = q.next();
	REQUIRE((a && b));
	CHECK_FALSE(q.next());
	a->response().body("a");
	auto c = q.next();
	if (!c) /* the commit and the fetch of the freed slot are two steps */
		c = q.next();
	REQUIRE(c);
	CHECK(c->request().method() == "GET");
}

TEST_CASE("another_thread_answers_at_once")
{
	khttp::queue q{fresh(both())};
	fake_device &dev = world::now().device();
	std::size_t number = dev.add({});
	auto ex = q.next();
	REQUIRE(ex);
	std::thread other{[&] { ex->response().body("from afar"); }};
	other.join();
	if (q.transport() == transport::uring)
		q.wait_for(std::chrono::milliseconds{20});
	CHECK(dev.answer(number).body == "from afar");
	q.drain();
	q.wait();
	CHECK(q.finished());
}

TEST_CASE("another_threads_answer_to_a_slow_client_goes_on_in_the_loop")
{
	khttp::queue q{fresh(both())};
	fake_device &dev = world::now().device();
	std::size_t number = dev.add({});
	dev.set_room(number, 10);
	auto ex = q.next();
	REQUIRE(ex);
	std::string large(50000, 'z');
	std::thread{[&, mine = std::move(*ex)]() mutable {
		mine.response().body(large);
	}}.join();
	std::thread client{[&] {
		while (!dev.answer(number).complete)
			dev.set_room(number, 5000);
	}};
	q.drain();
	q.wait();
	client.join();
	CHECK(q.finished());
	CHECK(dev.answer(number).body == large);
}

TEST_CASE("draining_ends_when_the_last_kept_request_is_answered")
{
	khttp::queue q{fresh(both())};
	fake_device &dev = world::now().device();
	std::size_t kept = dev.add({});
	auto ex = q.next();
	q.drain();
	std::size_t late = dev.add({});
	CHECK_FALSE(q.next());
	CHECK(q.draining());
	CHECK_FALSE(q.finished());
	std::thread other{[&] {
		std::this_thread::sleep_for(std::chrono::milliseconds{30});
		ex.reset();
	}};
	CHECK_FALSE(q.wait());
	other.join();
	CHECK(q.finished());
	CHECK(dev.answer(kept).status == 500);
	CHECK(dev.answer(late).status == 0);
}

TEST_CASE("a_queue_that_is_deleted_ends_without_an_error")
{
	khttp::queue q{fresh(both())};
	fake_device &dev = world::now().device();
	dev.add({});
	auto ex = q.next();
	REQUIRE(ex);
	CHECK_FALSE(q.next());
	dev.end_worker(ESHUTDOWN);
	CHECK_FALSE(q.next());
	CHECK(q.draining());
	ex->response().body("into the void");
	CHECK_FALSE(q.wait());
	CHECK(q.finished());
	CHECK_FALSE(q.error());
}

TEST_CASE("a_worker_that_the_kernel_refuses_tells_why")
{
	khttp::queue q{fresh(both())};
	q.next();
	world::now().device().end_worker(EPERM);
	CHECK_FALSE(q.wait());
	CHECK(q.finished());
	CHECK(q.error() == std::errc::operation_not_permitted);
}

TEST_CASE("a_request_whose_client_left_is_told")
{
	khttp::queue q{fresh(both())};
	fake_device &dev = world::now().device();
	std::size_t number = dev.add({});
	auto ex = q.next();
	REQUIRE(ex);
	CHECK_FALSE(ex->request().gone());
	CHECK_FALSE(q.next());
	dev.disconnect(number);
	CHECK_FALSE(q.next());
	CHECK(ex->request().gone());
	std::vector<khttp::failure> told;
	q.on_error([&](const khttp::failure &f) { told.push_back(f); });
	ex->response().body("too late");
	CHECK_FALSE(q.next());
	CHECK(told.empty());
	q.drain();
	CHECK_FALSE(q.wait());
	CHECK(q.finished());
}

TEST_CASE("an_answer_the_kernel_refuses_becomes_a_500_and_a_report")
{
	khttp::queue q{fresh(both())};
	fake_device &dev = world::now().device();
	std::vector<khttp::failure> told;
	q.on_error([&](const khttp::failure &f) { told.push_back(f); });
	std::size_t number = dev.add({.path = "/bad"});
	dev.refuse_next_commit(EINVAL);
	q.next()->response().status(204).header("x", "y").body();
	q.drain();
	CHECK_FALSE(q.wait());
	CHECK(q.finished());
	CHECK(dev.answer(number).status == 500);
	CHECK(dev.answer(number).fields.empty());
	REQUIRE(told.size() == 1);
	CHECK(told[0].error == std::errc::invalid_argument);
	CHECK(told[0].what.find("/bad") != std::string::npos);
}

TEST_CASE("a_stream_left_in_the_middle_closes_the_connection")
{
	khttp::queue q{fresh(both())};
	fake_device &dev = world::now().device();
	std::size_t number = dev.add({});
	{
		auto ex = q.next();
		REQUIRE_FALSE(ex->response().send("part"));
	}
	CHECK(dev.answer(number).cancelled);
	CHECK(dev.answer(number).body == "part");
	q.drain();
	CHECK_FALSE(q.wait());
	CHECK(q.finished());
}

TEST_CASE("an_exchange_may_outlive_its_queue")
{
	std::optional<khttp::exchange> ex;
	{
		khttp::queue q{fresh(both())};
		world::now().device().add({.path = "/kept"});
		ex = q.next();
	}
	REQUIRE(ex);
	CHECK(ex->request().path() == "/kept");
	khttp::exchange moved = std::move(*ex);
	CHECK_FALSE(*ex);
	CHECK_THROWS_AS(ex->request(), std::logic_error);
	CHECK(moved.request().path() == "/kept");
}

TEST_CASE("purging_reports_how_much_went")
{
	khttp::queue q{fresh(transport::ioctl)};
	std::size_t purged = 0;
	CHECK_FALSE(q.purge("http://host/", true, purged));
	CHECK(purged == 3);
	CHECK_FALSE(q.purge_tag("a", purged));
	CHECK(purged == 4);
}
