/* SPDX-License-Identifier: MIT */
#include <catch2/catch.hpp>

#include <cerrno>
#include <cstring>
#include <string>
#include <thread>

#include <sched.h>

#include <khttp/khttp.h>
#include <khttp/request.hpp>

#include "world.hpp"

namespace {

std::string text_of(khttp_bytes bytes)
{
	return {bytes.data, bytes.size};
}

struct opened {
	opened()
	{
		fresh(khttp::transport::ioctl);
		q = khttp_queue_open("app", nullptr);
	}
	~opened() { khttp_queue_close(q); }

	khttp_queue *q;
};

} // namespace

TEST_CASE("c_programs_serve_a_request")
{
	opened o;
	fake_device &dev = world::now().device();
	dev.add({.method = "PUT", .path = "/c", .fields = {{"A", "b"}},
		 .body = "body", .in_slot = 2});
	khttp_exchange *ex = khttp_queue_next(o.q);
	REQUIRE(ex);
	CHECK(text_of(khttp_exchange_part(ex, KHTTP_PART_METHOD)) == "PUT");
	CHECK(text_of(khttp_exchange_part(ex, KHTTP_PART_PATH)) == "/c");
	CHECK(text_of(khttp_exchange_part(ex, KHTTP_PART_BODY_START)) == "bo");
	CHECK(khttp_exchange_field_count(ex) == 1);
	CHECK(text_of(khttp_exchange_field_name(ex, 0)) == "A");
	CHECK(text_of(khttp_exchange_field_value(ex, 0)) == "b");
	CHECK(text_of(khttp_exchange_find(ex, "a")) == "b");
	CHECK_FALSE(khttp_exchange_find(ex, "c").data);
	CHECK(khttp_exchange_number(ex, KHTTP_NUMBER_CONTENT_LENGTH) ==
	      UINT64_MAX);
	CHECK(khttp_exchange_number(ex, KHTTP_NUMBER_HAS_BODY) == 1);
	char buffer[8];
	CHECK(khttp_exchange_read(ex, buffer, 8) == 2);
	CHECK(khttp_exchange_read(ex, buffer, 8) == 2);
	CHECK(khttp_exchange_read(ex, buffer, 8) == 0);
	CHECK(khttp_exchange_client(ex, buffer, 8) == 9);
	CHECK(std::string{buffer} == "0.0.0.0");
	CHECK(khttp_exchange_peer(ex, buffer, 8) == 9);
	const std::string id =
		khttp::request_id(khttp_exchange_number(ex, KHTTP_NUMBER_CONNECTION),
				  khttp_exchange_number(ex, KHTTP_NUMBER_STREAM));
	CHECK(khttp_exchange_id(ex, buffer, 8) == id.size());
	CHECK(std::string{buffer} == id);

	CHECK(khttp_exchange_status(ex, 202) == 0);
	CHECK(khttp_exchange_header(ex, "x", "y") == 0);
	CHECK(khttp_exchange_tell_stored(ex) == 0);
	CHECK(std::string{khttp_exchange_stored(ex)}.empty());
	dev.set_stored(KHTTP_STORED_NOT_BUDGET);
	CHECK(khttp_exchange_send(ex, "one", 3) == 0);
	CHECK(std::string{khttp_exchange_stored(ex)} == "budget");
	CHECK(khttp_exchange_tell_stored(ex) == -EINVAL);
	CHECK(khttp_exchange_header(ex, "late", "y") == -EINVAL);
	CHECK(khttp_exchange_body(ex, "two", 3) == 0);
	CHECK(khttp_exchange_body(ex, "three", 5) == -EALREADY);
	khttp_exchange_free(ex);
	CHECK(khttp_queue_commit(o.q) == 0);
	CHECK(dev.answer(0).body == "onetwo");
	CHECK(dev.answer(0).status == 202);
}

TEST_CASE("c_programs_choose_how_they_are_scheduled")
{
	khttp_queue_options wanted{};

	wanted.transport = KHTTP_TRANSPORT_IOCTL;
	wanted.scheduling = KHTTP_SCHEDULING_BATCH;
	fresh(khttp::transport::ioctl);
	std::thread{[&] {
		khttp_queue *q = khttp_queue_open("app", &wanted);

		CHECK_FALSE(khttp_queue_next(q));
		CHECK(sched_getscheduler(0) == SCHED_BATCH);
		khttp_queue_close(q);
	}}.join();
}

TEST_CASE("c_programs_drain")
{
	opened o;
	world::now().device().add({});
	khttp_exchange *ex = khttp_queue_wait(o.q, -1);
	REQUIRE(ex);
	CHECK(khttp_queue_in_hand(o.q) == 1);
	CHECK_FALSE(khttp_queue_draining(o.q));
	khttp_queue_drain(o.q);
	CHECK(khttp_queue_draining(o.q));
	CHECK_FALSE(khttp_queue_finished(o.q));
	khttp_exchange_free(ex);
	CHECK(khttp_queue_wait(o.q, 1000) == nullptr);
	CHECK(khttp_queue_finished(o.q));
	CHECK(khttp_queue_error(o.q) == 0);
	CHECK(khttp_queue_purge(o.q, "http://h/", 0, 0) == 3);
	CHECK(khttp_queue_purge_tag(o.q, "a", 1) == 4);
	khttp_queue_close(nullptr);
	khttp_exchange_free(nullptr);
}
