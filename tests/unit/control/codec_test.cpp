// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <linux/khttp.h>

#include <khttp/error.hpp>

#include "../guard_page.hpp"
#include "codec.hpp"
#include "fake_kernel.hpp"

using namespace khttp;
using namespace khttp::detail;
using fake::attribute;
using fake::byte_vector;
using fake::bytes_of;

namespace {

byte_vector full_queue()
{
	message built(fake::family, 1, 0);

	built.put(KHTTP_QUEUE_A_NAME, "app");
	for (int type = KHTTP_QUEUE_A_ID; type <= KHTTP_QUEUE_A_OLDEST_MS; type++)
		built.put(type, static_cast<std::uint32_t>(type * 10));
	for (int type = KHTTP_QUEUE_A_RECEIVED; type <= KHTTP_QUEUE_A_TIMEOUT; type++)
		built.put_u64(type, 5000000000ULL + static_cast<unsigned>(type));
	byte_view attributes = built.attributes();
	return { attributes.begin(), attributes.end() };
}

template <typename T>
int failure_of(byte_view attributes)
{
	T out;

	try {
		from_uapi(attributes, out);
	} catch (const error &failure) {
		return failure.code().value();
	}
	return 0;
}

} // namespace

TEST_CASE("a queue's attributes all arrive in their places")
{
	queue_info queue;

	from_uapi(full_queue(), queue);
	CHECK(queue.name == "app");
	CHECK(queue.id == KHTTP_QUEUE_A_ID * 10);
	CHECK(queue.length == KHTTP_QUEUE_A_LENGTH * 10);
	CHECK(queue.uid == KHTTP_QUEUE_A_UID * 10);
	CHECK(queue.gid == KHTTP_QUEUE_A_GID * 10);
	CHECK(queue.mode == KHTTP_QUEUE_A_MODE * 10);
	CHECK(queue.redeliver == KHTTP_QUEUE_A_REDELIVER * 10);
	CHECK(queue.redeliver_body == KHTTP_QUEUE_A_REDELIVER_BODY * 10);
	CHECK(static_cast<int>(queue.state) == KHTTP_QUEUE_A_STATE * 10);
	CHECK(static_cast<int>(queue.verbosity) == KHTTP_QUEUE_A_VERBOSITY * 10);
	CHECK(queue.retry_after == KHTTP_QUEUE_A_RETRY_AFTER * 10);
	CHECK(queue.waiting == KHTTP_QUEUE_A_WAITING * 10);
	CHECK(queue.in_hand == KHTTP_QUEUE_A_IN_HAND * 10);
	CHECK(queue.workers == KHTTP_QUEUE_A_WORKERS * 10);
	CHECK(queue.oldest_ms == KHTTP_QUEUE_A_OLDEST_MS * 10);
	CHECK(queue.received == 5000000000ULL + KHTTP_QUEUE_A_RECEIVED);
	CHECK(queue.delivered == 5000000000ULL + KHTTP_QUEUE_A_DELIVERED);
	CHECK(queue.answered == 5000000000ULL + KHTTP_QUEUE_A_ANSWERED);
	CHECK(queue.refused == 5000000000ULL + KHTTP_QUEUE_A_REFUSED);
	CHECK(queue.redelivered == 5000000000ULL + KHTTP_QUEUE_A_REDELIVERED);
	CHECK(queue.died == 5000000000ULL + KHTTP_QUEUE_A_DIED);
	CHECK(queue.timeout == 5000000000ULL + KHTTP_QUEUE_A_TIMEOUT);
	CHECK(to_string(queue.state) == "unknown");
}

TEST_CASE("a group's limits all arrive, with what it sets itself")
{
	message built(fake::family, 1, 0);
	group_info group;

	built.put(KHTTP_GROUP_A_NAME, "site");
	built.put(KHTTP_GROUP_A_QUEUE, "app");
	built.put_u64(KHTTP_GROUP_A_ID, 5000000000);
	built.put(KHTTP_GROUP_A_URLS, 3U);
	built.put_nested(KHTTP_GROUP_A_LIMIT, [&] {
		built.put(KHTTP_LIMIT_A_NAME, "max_head");
		built.put_u64(KHTTP_LIMIT_A_VALUE, 100);
	});
	built.put_nested(KHTTP_GROUP_A_LIMIT, [&] {
		built.put(KHTTP_LIMIT_A_NAME, "max_body");
		built.put_u64(KHTTP_LIMIT_A_VALUE, 200);
		built.put_u64(KHTTP_LIMIT_A_OWN, 0);
	});
	from_uapi(built.attributes(), group);
	CHECK(group.name == "site");
	CHECK(group.queue == "app");
	CHECK(group.id == 5000000000);
	CHECK(group.urls == 3);
	CHECK(!group.is_default);
	CHECK(!group.connections);
	REQUIRE(group.limits.size() == 2);
	CHECK(group.limits[0].value == 100);
	CHECK(!group.limits[0].own);
	CHECK(group.limits[1].name == "max_body");
	CHECK(group.limits[1].own == 0);
	CHECK(failure_of<group_info>({}) == EBADMSG);
}

TEST_CASE("a queue cut anywhere is refused or read without a byte too many")
{
	byte_vector whole = full_queue();

	for (std::size_t length = 0; length < whole.size(); length++) {
		guard_page page(whole.size());
		const char *at = page.put({ reinterpret_cast<const char *>(whole.data()), length });
		int failure = failure_of<queue_info>(bytes_of({ at, length }));

		CHECK((failure == 0 || failure == EBADMSG));
		CHECK((failure == 0) == (length >= 8 && length % 4 == 0 && failure == 0));
	}
}

TEST_CASE("attributes that lie about their length are refused")
{
	for (int claimed : { 0, 1, 3, 9, 100, 65535 })
		CHECK(failure_of<queue_info>(
			      attribute(KHTTP_QUEUE_A_NAME, bytes_of("app"), claimed)) == EBADMSG);
}

TEST_CASE("numbers of another size are refused")
{
	byte_vector name = attribute(KHTTP_QUEUE_A_NAME, bytes_of("app"));

	for (std::size_t size : { 0, 1, 2, 3, 5, 8 }) {
		byte_vector bad = name;

		fake::append(bad, byte_view(attribute(KHTTP_QUEUE_A_LENGTH, byte_vector(size))));
		CHECK(failure_of<queue_info>(bad) == EBADMSG);
	}
	for (std::size_t size : { 0, 4, 7, 16 }) {
		byte_vector bad = name;

		fake::append(bad, byte_view(attribute(KHTTP_QUEUE_A_RECEIVED, byte_vector(size))));
		CHECK(failure_of<queue_info>(bad) == EBADMSG);
	}
}

TEST_CASE("an object without its name is refused")
{
	CHECK(failure_of<queue_info>({}) == EBADMSG);
	CHECK(failure_of<url_info>({}) == EBADMSG);
	CHECK(failure_of<worker_info>({}) == EBADMSG);
	CHECK(failure_of<cache_entry_info>({}) == EBADMSG);
	CHECK(failure_of<limit_info>({}) == EBADMSG);
	CHECK(failure_of<stat_info>({}) == EBADMSG);
	CHECK(failure_of<latency_info>({}) == EBADMSG);
	CHECK(failure_of<latency_info>(attribute(KHTTP_LATENCY_A_QUEUE, bytes_of("app"))) ==
	      EBADMSG);
	CHECK(failure_of<queue_info>(attribute(KHTTP_QUEUE_A_NAME,
					       bytes_of(std::string_view("\0a", 2)))) == EBADMSG);
}

TEST_CASE("attributes of a newer module are skipped, flags of the type ignored")
{
	byte_vector bytes = attribute(KHTTP_URL_A_MAX + 1, byte_vector(3));
	url_info url;

	fake::append(bytes, byte_view(attribute(NLA_TYPE_MASK, byte_vector(40))));
	fake::append(bytes, byte_view(attribute(KHTTP_URL_A_PREFIX | NLA_F_NET_BYTEORDER,
						bytes_of("http://+:80/"))));
	from_uapi(bytes, url);
	CHECK(url.prefix == "http://+:80/");
	CHECK(url.queue.empty());
}

TEST_CASE("a text ends at its NUL or at the end of the attribute")
{
	url_info url;

	from_uapi(attribute(KHTTP_URL_A_PREFIX, bytes_of(std::string_view("ab\0cd", 5))), url);
	CHECK(url.prefix == "ab");
	from_uapi(attribute(KHTTP_URL_A_PREFIX, bytes_of("abcd")), url);
	CHECK(url.prefix == "abcd");
}

TEST_CASE("a listener's address decides its family and has to be one")
{
	std::array<std::byte, 16> loopback{};
	listener_info listener;
	message built(fake::family, 1, 0);

	loopback[15] = std::byte{ 1 };
	from_uapi(attribute(KHTTP_LISTENER_A_ADDR, loopback), listener);
	CHECK(listener.ipv6);
	CHECK(to_string(listener) == "::1");
	from_uapi(attribute(KHTTP_LISTENER_A_ADDR, byte_view(loopback).first(4)), listener);
	CHECK(!listener.ipv6);
	CHECK(to_string(listener) == "0.0.0.0");
	CHECK(failure_of<listener_info>(
		      attribute(KHTTP_LISTENER_A_ADDR, byte_view(loopback).first(8))) == EBADMSG);
	CHECK(failure_of<listener_info>({}) == EBADMSG);
	built.put(KHTTP_LISTENER_A_PORT, 65536U);
	byte_vector bad = attribute(KHTTP_LISTENER_A_ADDR, loopback);
	fake::append(bad, built.attributes());
	CHECK(failure_of<listener_info>(bad) == EBADMSG);
}

TEST_CASE("an event has what it came with, and an unknown one is known as such")
{
	message built(fake::family, 1, 0);
	event_info event;

	built.put(KHTTP_EVENT_A_TYPE, static_cast<std::uint32_t>(KHTTP_EVENT_WORKER_LOST));
	built.put_u64(KHTTP_EVENT_A_TIME, 77);
	built.put(KHTTP_EVENT_A_QUEUE, "app");
	built.put(KHTTP_EVENT_A_PID, 12U);
	from_uapi(built.attributes(), event);
	CHECK(event.type == event_type::worker_lost);
	CHECK(event.time_ns == 77);
	CHECK(event.queue == "app");
	CHECK(event.pid == 12U);
	CHECK(!event.url);
	CHECK(!event.count);

	for (std::uint32_t type : { 0U, KHTTP_EVENT_MAX + 1U, UINT32_MAX }) {
		message newer(fake::family, 1, 0);

		newer.put(KHTTP_EVENT_A_TYPE, type);
		from_uapi(newer.attributes(), event);
		CHECK(event.type == event_type::unknown);
	}
}

TEST_CASE("settings that are absent are not sent")
{
	message built(fake::family, 1, 0);
	queue_settings settings;

	to_uapi(settings, built);
	CHECK(built.attributes().empty());
	settings.length = 7;
	settings.state = queue_state::inactive;
	settings.verbosity = verbosity::basic;
	to_uapi(settings, built);
	const attribute_table table(built.attributes());
	CHECK(table.u32(KHTTP_QUEUE_A_LENGTH) == 7);
	CHECK(table.u32(KHTTP_QUEUE_A_STATE) == KHTTP_QUEUE_INACTIVE);
	CHECK(table.u32(KHTTP_QUEUE_A_VERBOSITY) == KHTTP_VERBOSITY_BASIC);
	CHECK(!table.has(KHTTP_QUEUE_A_UID));
}

TEST_CASE("limits are sent one nested entry each")
{
	message built(fake::family, 1, 0);
	const limit_setting settings[] = { { "max_head", 4096 }, { "cache_bytes", 1ULL << 40 } };

	to_uapi(settings, built);
	byte_view rest = built.attributes();
	for (const limit_setting &setting : settings) {
		nlattr header;

		std::memcpy(&header, rest.data(), sizeof(header));
		CHECK(header.nla_type == (KHTTP_LIMIT_A_ENTRY | NLA_F_NESTED));
		const attribute_table entry(rest.first(header.nla_len).subspan(sizeof(header)));
		CHECK(entry.text(KHTTP_LIMIT_A_NAME) == setting.name);
		CHECK(entry.u64(KHTTP_LIMIT_A_VALUE) == setting.value);
		rest = rest.subspan(NLA_ALIGN(header.nla_len));
	}
	CHECK(rest.empty());
}
