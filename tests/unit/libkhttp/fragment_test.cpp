/* SPDX-License-Identifier: MIT */
#include <catch2/catch.hpp>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <thread>

#include <khttp/async.hpp>
#include <khttp/khttp.h>
#include <khttp/queue.hpp>
#include <khttp/server.hpp>

#include "world.hpp"

using khttp::transport;

namespace {

std::shared_ptr<const std::string> shared(std::string bytes)
{
	return std::make_shared<const std::string>(std::move(bytes));
}

/* A queue with one request in hand, and a fragment that counts how often it is made. */
struct one {
	khttp::queue q{fresh(GENERATE(transport::ioctl, transport::uring))};
	fake_device &dev = world::now().device();
	int made = 0;
	khttp::fragment part{.name = "http://host/part",
			     .make = [this] {
				     made++;
				     return shared("0123456789");
			     }};
	khttp::exchange ex;

	one() { next(); }
	void next()
	{
		dev.add({});
		ex = std::move(*q.next());
	}
	khttp::response &rs() { return ex.response(); }
	fake_answer sent(std::size_t number = 0)
	{
		ex = {};
		while (!dev.answer(number).complete)
			q.next();
		return dev.answer(number);
	}
	bool is_kept()
	{
		std::uint64_t length;
		std::size_t got;

		return !q.read_fragment(part.name, 0, {}, got, length);
	}
};

} // namespace

TEST_CASE("a_fragment_is_made_once_and_sent_from_the_kernel_after_that")
{
	one t;
	for (std::size_t i = 0; i < 3; i++) {
		CHECK(!t.rs().send("<"));
		CHECK(!t.rs().send_fragment(t.part));
		CHECK(!t.rs().send_fragment(t.part, 8));
		CHECK(!t.rs().send_fragment(t.part, 2, 3));
		CHECK(!t.rs().send_fragment(t.part, 0, 0));
		CHECK(!t.rs().send(">"));
		CHECK(!t.rs().finish());
		CHECK(t.sent(i).body == "<012345678989234>");
		CHECK(t.sent(i).heads == 1);
		t.next();
	}
	CHECK(t.made == 1);
}

TEST_CASE("one_that_is_lost_in_the_middle_of_a_stream_is_made_again")
{
	one t;
	CHECK(!t.rs().status(201).send_fragment(t.part));
	t.dev.drop_fragments();
	CHECK(!t.rs().send_fragment(t.part, 5));
	CHECK(t.is_kept());
	CHECK(!t.rs().finish());
	CHECK(t.sent().body == "012345678956789");
	CHECK(t.sent().status == 201);
	CHECK(t.made == 2);
}

TEST_CASE("a_final_answer_of_a_fragment_is_made_again_when_it_is_lost")
{
	one t;
	auto part = std::make_shared<const khttp::fragment>(t.part);
	for (std::size_t i = 0; i < 3; i++) {
		CHECK(!t.rs().header("a", "1").body(part, 1, 4));
		CHECK(t.sent(i).body == "1234");
		CHECK(t.sent(i).fields.size() == 1);
		if (i == 1)
			t.dev.drop_fragments();
		t.next();
	}
	CHECK(t.made == 2);
}

TEST_CASE("a_final_answer_of_a_fragment_on_another_thread_waits_for_no_client")
{
	one t;
	auto part = std::make_shared<const khttp::fragment>(t.part);
	std::error_code refused;

	CHECK(!t.rs().body(part));
	CHECK(t.sent(0).body == "0123456789");
	t.next();
	t.dev.set_room(1, 4);
	std::thread([&] { refused = t.rs().body(part, 1); }).join();
	CHECK(!refused);
	t.dev.set_room(1, 100);
	CHECK(t.sent(1).body == "123456789");
	CHECK(t.made == 1);
}

TEST_CASE("a_piece_goes_on_with_what_it_began_with")
{
	one t;
	CHECK(!t.q.keep(t.part));
	t.dev.set_room(0, 4);
	auto part = std::make_shared<const khttp::fragment>(t.part);
	CHECK(!t.rs().body(part));
	t.q.commit();
	t.q.next();
	CHECK(t.dev.answer(0).body == "0123");
	t.dev.drop_fragments();
	t.dev.set_room(0, 100);
	while (!t.dev.answer(0).complete)
		t.q.next();
	CHECK(t.sent().body == "0123456789");
	CHECK(t.made == 1);
}

TEST_CASE("a_fragment_that_nobody_can_make_fails_the_piece")
{
	one t;
	const auto make = GENERATE(as<int>{}, 0, 1, 2, 3);
	if (make == 0)
		t.part.make = nullptr;
	else if (make == 1)
		t.part.make = []() -> std::shared_ptr<const std::string> { return nullptr; };
	else if (make == 2)
		t.part.make = []() -> std::shared_ptr<const std::string> {
			throw std::runtime_error{"no"};
		};
	else
		t.part.make = [] { return shared("0"); };
	std::error_code got = t.rs().send_fragment(t.part, 2);
	CHECK(got == std::errc::no_message_available);
	CHECK(!t.rs().started());
	CHECK(!t.rs().status(404).body("other"));
	CHECK(t.sent().body == "other");
	CHECK(t.sent().status == 404);
}

TEST_CASE("a_final_answer_of_which_nothing_can_be_made_is_500_and_told")
{
	one t;
	std::string told;
	t.q.on_error([&](const khttp::failure &f) { told = f.what; });
	t.part.make = nullptr;
	CHECK(!t.rs().body(std::make_shared<const khttp::fragment>(t.part)));
	CHECK(t.sent().status == 500);
	CHECK(told.find("refused") != std::string::npos);
}

TEST_CASE("a_name_that_is_not_the_queues_is_told_and_sent_all_the_same")
{
	one t;
	std::string told;
	t.q.on_error([&](const khttp::failure &f) { told = f.what; });
	t.part.name = "http://other/";
	CHECK(!t.rs().send_fragment(t.part));
	CHECK(!t.rs().finish());
	CHECK(t.sent().body == "0123456789");
	CHECK(told == "the fragment http://other/ is not kept");
}

TEST_CASE("a_name_or_lifetime_that_cannot_be_is_refused")
{
	one t;
	t.part.name.assign(3000, 'a');
	CHECK(t.rs().send_fragment(t.part) == std::errc::invalid_argument);
	CHECK(t.q.keep(t.part) == std::errc::invalid_argument);
	t.part.name = "http://host/part";
	t.part.lifetime = std::chrono::seconds{-1};
	CHECK(t.q.keep(t.part) == khttp::misuse::bad_lifetime);
	t.part.make = nullptr;
	CHECK(t.rs().keep(t.part) == std::errc::no_message_available);
	CHECK(!t.rs().started());
}

TEST_CASE("trailers_follow_a_fragment")
{
	one t;
	CHECK(!t.rs().header("a", "1").send_fragment(t.part));
	CHECK(!t.rs().send_fragment(t.part));
	t.rs().trailer("x", "y");
	CHECK(!t.rs().send_fragment(t.part, 9));
	CHECK(!t.rs().finish());
	CHECK(t.sent().body == "012345678901234567899");
	CHECK(t.sent().trailers.size() == 1);
}

TEST_CASE("a_fragment_is_read_back")
{
	one t;
	std::array<char, 4> into;
	std::uint64_t length;
	std::size_t got;
	CHECK(t.q.read_fragment(t.part.name, 0, into, got, length) ==
	      std::errc::no_message_available);
	CHECK(!t.q.keep(t.part));
	CHECK(!t.q.read_fragment(t.part.name, 7, into, got, length));
	CHECK(std::string_view{into.data(), got} == "789");
	CHECK(length == 10);
}

TEST_CASE("a_kernel_that_knows_no_fragments_is_sent_the_bytes")
{
	khttp::options wanted = fresh(GENERATE(transport::ioctl, transport::uring));
	world::now().lacks = KHTTP_FEATURE_FRAGMENT;
	khttp::queue q{wanted};
	fake_device &dev = world::now().device();
	dev.add({});
	auto ex = q.next();
	khttp::fragment part{.name = "http://host/part", .make = [] { return shared("0123"); }};
	CHECK(!ex->response().send_fragment(part, 1));
	CHECK(!ex->response().finish());
	CHECK(dev.answer(0).body == "123");
}

TEST_CASE("coroutines_send_fragments")
{
	khttp::server srv{fresh(GENERATE(transport::ioctl, transport::uring))};
	fake_device &dev = world::now().device();
	int made = 0;
	khttp::fragment part{.name = "http://host/part", .make = [&] {
				     made++;
				     return shared("0123456789");
			     }};
	srv.handle([&](khttp::async::request, khttp::async::response rs) -> khttp::task {
		if (co_await rs.send_fragment(part))
			co_return;
		co_await rs.send("-");
		co_await rs.send_fragment(part, 5, 3);
		co_await rs.finish();
	});
	std::size_t first = dev.add({}), second = dev.add({});
	std::thread thread{[&] { srv.run(); }};
	dev.wait_complete(first);
	dev.wait_complete(second);
	srv.stop();
	thread.join();
	CHECK(dev.answer(first).body == "0123456789-567");
	CHECK(dev.answer(second).body == "0123456789-567");
	CHECK(dev.answer(second).heads == 1);
	CHECK(made >= 1);
}

TEST_CASE("another_thread_answers_with_a_fragment")
{
	one t;
	auto part = std::make_shared<const khttp::fragment>(t.part);
	std::error_code refused;
	std::thread{[&] { refused = t.rs().body(part); }}.join();
	CHECK(!refused);
	CHECK(t.sent().body == "0123456789");
}

TEST_CASE("c_programs_send_fragments")
{
	fresh(transport::ioctl);
	khttp_queue *q = khttp_queue_open("app", nullptr);
	fake_device &dev = world::now().device();
	khttp_fragment part{};
	part.name = "http://host/part";
	part.make = [](void *context, const void **data, size_t *size) {
		*data = context;
		*size = 4;
		return 0;
	};
	part.context = const_cast<char *>("abcd");
	dev.add({});
	khttp_exchange *ex = khttp_queue_next(q);
	CHECK(khttp_exchange_send_fragment(ex, &part, 1, 2) == 0);
	CHECK(khttp_exchange_send_fragment(ex, &part, 0, KHTTP_TO_ITS_END) == 0);
	CHECK(khttp_exchange_finish(ex) == 0);
	khttp_exchange_free(ex);
	dev.add({});
	ex = khttp_queue_next(q);
	CHECK(khttp_exchange_fragment(ex, &part, 3, KHTTP_TO_ITS_END) == 0);
	khttp_exchange_free(ex);
	CHECK(khttp_queue_commit(q) == 0);
	CHECK(dev.answer(0).body == "bcabcd");
	CHECK(dev.answer(1).body == "d");
	CHECK(khttp_queue_keep(q, &part) == 0);
	char into[8];
	uint64_t length;
	CHECK(khttp_queue_read_fragment(q, part.name, 2, into, 8, &length) == 2);
	CHECK(length == 4);
	CHECK(khttp_queue_read_fragment(q, "http://host/", 2, into, 8, nullptr) == -ENODATA);
	part.make = [](void *, const void **, size_t *) { return -1; };
	CHECK(khttp_queue_keep(q, &part) == -ENODATA);
	khttp_queue_close(q);
}
