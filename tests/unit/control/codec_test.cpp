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
	for (int type = KHTTP_QUEUE_A_RECEIVED; type <= KHTTP_QUEUE_A_UPGRADED; type++)
		built.put_u64(type, 5000000000ULL + static_cast<unsigned>(type));
	built.put(KHTTP_QUEUE_A_UPGRADES, KHTTP_QUEUE_A_UPGRADES * 10U);
	built.put(KHTTP_QUEUE_A_DELEGATES, "a,b");
	for (int type : { KHTTP_QUEUE_A_DELEGATED_OUT, KHTTP_QUEUE_A_DELEGATED_IN })
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

TEST_CASE("a grant's attributes all arrive in their places")
{
	message msg(fake::family, 1, 0);
	khttp::grant_info grant;

	msg.put(KHTTP_GRANT_A_QUEUE, "app");
	for (int number : { KHTTP_GRANT_A_ID, KHTTP_GRANT_A_PID, KHTTP_GRANT_A_UID,
			    KHTTP_GRANT_A_MAX_WORKERS, KHTTP_GRANT_A_WORKERS })
		msg.put(number, static_cast<std::uint32_t>(number) * 10);
	msg.put(KHTTP_GRANT_A_COMM, "khttpctl");
	msg.put_u64(KHTTP_GRANT_A_ATTACHED, 5000000001);
	msg.put_u64(KHTTP_GRANT_A_SINCE, 5000000002);
	from_uapi(msg.attributes(), grant);
	CHECK(grant.queue == "app");
	CHECK(grant.id == KHTTP_GRANT_A_ID * 10);
	CHECK(grant.pid == KHTTP_GRANT_A_PID * 10);
	CHECK(grant.uid == KHTTP_GRANT_A_UID * 10);
	CHECK(grant.command == "khttpctl");
	CHECK(grant.max_workers == KHTTP_GRANT_A_MAX_WORKERS * 10);
	CHECK(grant.workers == KHTTP_GRANT_A_WORKERS * 10);
	CHECK(grant.attached == 5000000001);
	CHECK(grant.since == 5000000002);
	CHECK(!grant.revoked);
	msg.put_flag(KHTTP_GRANT_A_REVOKED);
	from_uapi(msg.attributes(), grant);
	CHECK(grant.revoked);
	CHECK(failure_of<khttp::grant_info>({}) == EBADMSG);
}

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
	CHECK(queue.upgraded == 5000000000ULL + KHTTP_QUEUE_A_UPGRADED);
	CHECK(queue.upgrades == KHTTP_QUEUE_A_UPGRADES * 10);
	CHECK(queue.delegates == "a,b");
	CHECK(queue.delegated_out == 5000000000ULL + KHTTP_QUEUE_A_DELEGATED_OUT);
	CHECK(queue.delegated_in == 5000000000ULL + KHTTP_QUEUE_A_DELEGATED_IN);
	CHECK(to_string(queue.state) == "unknown");
}

TEST_CASE("what a user bound or had made is told to be his")
{
	message made(fake::family, 1, 0), bound(fake::family, 1, 0);
	queue_info queue;
	url_info url;

	from_uapi(full_queue(), queue);
	CHECK_FALSE(queue.of_file);
	made.put(KHTTP_QUEUE_A_NAME, "self.1");
	made.put_flag(KHTTP_QUEUE_A_OF_FILE);
	from_uapi(made.attributes(), queue);
	CHECK(queue.of_file);
	bound.put(KHTTP_URL_A_PREFIX, "http://+:80/");
	from_uapi(bound.attributes(), url);
	CHECK_FALSE(url.of_file);
	CHECK_FALSE(url.user);
	bound.put(KHTTP_URL_A_USER, 1000U);
	bound.put_flag(KHTTP_URL_A_OF_FILE);
	from_uapi(bound.attributes(), url);
	CHECK(url.of_file);
	CHECK(url.user == 1000U);
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
	built.put(KHTTP_GROUP_A_SERVER, "S");
	built.put(KHTTP_GROUP_A_MAINTENANCE, std::uint32_t{ 1 });
	built.put(KHTTP_GROUP_A_RETRY_AFTER, std::uint32_t{ 9 });
	built.put_nested(KHTTP_GROUP_A_PAGE, [&] {
		built.put(KHTTP_PAGE_A_STATUS, std::uint32_t{ 503 });
		built.put(KHTTP_PAGE_A_TYPE, "text/html");
		built.put(KHTTP_PAGE_A_LENGTH, std::uint32_t{ 12 });
	});
	built.put_nested(KHTTP_GROUP_A_CACHE, [&] {
		built.put_u64(KHTTP_SHARE_A_ENTRIES, 1);
		built.put_u64(KHTTP_SHARE_A_BYTES, 5000000000);
		built.put_u64(KHTTP_SHARE_A_HITS, 3);
		built.put_u64(KHTTP_SHARE_A_MISSES, 4);
		built.put_u64(KHTTP_SHARE_A_STALE, 5);
		built.put_u64(KHTTP_SHARE_A_COALESCED, 6);
		built.put_u64(KHTTP_SHARE_A_STORED, 7);
		built.put_u64(KHTTP_SHARE_A_EVICTED, 8);
		for (const char *reason : { "ttl", "share" })
			built.put_nested(KHTTP_SHARE_A_NOT_STORED, [&] {
				built.put(KHTTP_WHY_A_REASON, reason);
				built.put_u64(KHTTP_WHY_A_COUNT, 9);
			});
	});
	from_uapi(built.attributes(), group);
	CHECK(group.cache.entries == 1);
	CHECK(group.cache.bytes == 5000000000);
	CHECK(group.cache.hits == 3);
	CHECK(group.cache.misses == 4);
	CHECK(group.cache.stale == 5);
	CHECK(group.cache.coalesced == 6);
	CHECK(group.cache.stored == 7);
	CHECK(group.cache.evicted == 8);
	REQUIRE(group.cache.not_stored.size() == 2);
	CHECK(group.cache.not_stored[1].reason == "share");
	CHECK(group.cache.not_stored[1].count == 9);
	CHECK(group.server == "S");
	CHECK(group.maintenance);
	CHECK(group.retry_after == 9);
	REQUIRE(group.pages.size() == 1);
	CHECK(group.pages[0].status == 503);
	CHECK(group.pages[0].type == "text/html");
	CHECK(group.pages[0].length == 12);
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

TEST_CASE("the buckets of a latency are numbers, and no more than there are")
{
	auto with = [](byte_vector counts) {
		byte_vector bytes = attribute(KHTTP_LATENCY_A_QUEUE, bytes_of("app"));

		fake::append(bytes, byte_view(attribute(KHTTP_LATENCY_A_STAGE, bytes_of("hit"))));
		fake::append(bytes,
			     byte_view(attribute(KHTTP_LATENCY_A_COUNTS, std::move(counts))));
		return bytes;
	};
	std::vector<std::uint64_t> numbers = { 7, 0, 18446744073709551615ULL };
	byte_vector raw(numbers.size() * sizeof(numbers[0]));
	latency_info latency;

	std::memcpy(raw.data(), numbers.data(), raw.size());
	from_uapi(with(raw), latency);
	CHECK(latency.counts == numbers);
	from_uapi(with({}), latency);
	CHECK(latency.counts.empty());
	from_uapi(with(byte_vector(KHTTP_LATENCY_BUCKETS * 8)), latency);
	CHECK(latency.counts.size() == KHTTP_LATENCY_BUCKETS);
	CHECK(failure_of<latency_info>(with(byte_vector((KHTTP_LATENCY_BUCKETS + 1) * 8))) ==
	      EBADMSG);
	CHECK(failure_of<latency_info>(with(byte_vector(12))) == EBADMSG);
}

TEST_CASE("a latency names its slowest request where there is one")
{
	byte_vector bytes = attribute(KHTTP_LATENCY_A_QUEUE, bytes_of("app"));
	latency_info latency;

	fake::append(bytes, byte_view(attribute(KHTTP_LATENCY_A_STAGE, bytes_of("total"))));
	from_uapi(bytes, latency);
	CHECK_FALSE(latency.slowest);
	for (auto [type, value] : { std::pair{ KHTTP_LATENCY_A_SLOWEST, 5 },
				    std::pair{ KHTTP_LATENCY_A_CONNECTION, 4711 },
				    std::pair{ KHTTP_LATENCY_A_STREAM, 3 } }) {
		const std::uint64_t number = static_cast<std::uint64_t>(value);
		byte_vector raw(sizeof(number));

		std::memcpy(raw.data(), &number, sizeof(number));
		fake::append(bytes, byte_view(attribute(type, std::move(raw))));
	}
	from_uapi(bytes, latency);
	REQUIRE(latency.slowest);
	CHECK(latency.slowest->ns == 5);
	CHECK(latency.slowest->connection == 4711);
	CHECK(latency.slowest->stream == 3);
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

TEST_CASE("a listener's settings all arrive in their places")
{
	message built(fake::family, 1, 0);
	listener_settings_info s;

	built.put(KHTTP_LISTENER_A_PORT, 80U);
	built.put(KHTTP_LISTENER_A_ADDR, 0x0100007fU);
	built.put(KHTTP_LISTENER_A_PROXY, static_cast<std::uint32_t>(KHTTP_PROXY_ANY));
	built.put(KHTTP_LISTENER_A_CLIENT_FROM,
		  static_cast<std::uint32_t>(KHTTP_CLIENT_FROM_FORWARDED));
	built.put(KHTTP_LISTENER_A_TRUSTED, "10.0.0.0/8,::1/128");
	built.put(KHTTP_LISTENER_A_BACKLOG, 1U);
	built.put(KHTTP_LISTENER_A_KEEP_IDLE, 2U);
	built.put(KHTTP_LISTENER_A_KEEP_INTERVAL, 3U);
	built.put(KHTTP_LISTENER_A_KEEP_COUNT, 4U);
	built.put(KHTTP_LISTENER_A_DEVICE, "lo");
	built.put(KHTTP_LISTENER_A_ADDRESSES, "");
	from_uapi(built.attributes(), s);
	CHECK(to_string(s.place) == "127.0.0.1:80");
	CHECK(s.proxy == proxy_mode::any);
	CHECK(s.client_from == client_from::forwarded);
	CHECK(s.trusted == std::vector<std::string>{ "10.0.0.0/8", "::1/128" });
	CHECK(s.backlog == 1);
	CHECK(s.keep_idle == 2);
	CHECK(s.keep_interval == 3);
	CHECK(s.keep_count == 4);
	CHECK(s.device == "lo");
	CHECK(s.addresses.empty());

	message no_port(fake::family, 1, 0), bad(fake::family, 1, 0);
	no_port.put(KHTTP_LISTENER_A_BACKLOG, 1U);
	CHECK(failure_of<listener_settings_info>(no_port.attributes()) == EBADMSG);
	bad.put(KHTTP_LISTENER_A_PORT, 80U);
	bad.put(KHTTP_LISTENER_A_ADDR, "seven b");
	CHECK(failure_of<listener_settings_info>(bad.attributes()) == EBADMSG);
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

namespace {

byte_vector full_error()
{
	message built(fake::family, 1, 0);
	byte_vector out;

	built.put_u64(KHTTP_ERROR_A_LOST, 3);
	built.put_u64(KHTTP_ERROR_A_SEQ, 5000000000ULL);
	built.put_u64(KHTTP_ERROR_A_TIME, 7);
	built.put_u64(KHTTP_ERROR_A_CONNECTION, 8);
	built.put_u64(KHTTP_ERROR_A_STREAM, 9);
	built.put(KHTTP_ERROR_A_CLIENT_PORT, 40000U);
	built.put(KHTTP_ERROR_A_CLIENT_SCOPE, 2U);
	built.put(KHTTP_ERROR_A_LOCAL, 0x0100007fU);
	built.put(KHTTP_ERROR_A_LOCAL_PORT, 80U);
	built.put(KHTTP_ERROR_A_VERSION, 0x0101U);
	built.put(KHTTP_ERROR_A_TARGET_LENGTH, 300U);
	built.put(KHTTP_ERROR_A_STATUS, 503U);
	built.put(KHTTP_ERROR_A_REASON, "QueueFull");
	built.put(KHTTP_ERROR_A_QUEUE, "app");
	built.put(KHTTP_ERROR_A_QUEUE_ID, 4U);
	built.put(KHTTP_ERROR_A_PREFIX, "http://+:80/");
	byte_view attributes = built.attributes();
	out.assign(attributes.begin(), attributes.end());
	fake::append(out, byte_view(attribute(KHTTP_ERROR_A_CLIENT, bytes_of("sixteen bytes ok"))));
	fake::append(out, byte_view(attribute(KHTTP_ERROR_A_METHOD, bytes_of("GET"))));
	fake::append(out, byte_view(attribute(KHTTP_ERROR_A_TARGET,
					      bytes_of(std::string_view("/\0x", 3)))));
	return out;
}

} // namespace

TEST_CASE("a record of the error log arrives whole, with a NUL in its target")
{
	error_records found;

	from_uapi(full_error(), found);
	REQUIRE(found.records.size() == 1);
	const error_record &r = found.records[0];
	CHECK(r.seq == 5000000000ULL);
	CHECK(r.lost == 3);
	CHECK(r.time_ns == 7);
	CHECK(r.connection == 8);
	CHECK(r.stream == 9);
	CHECK(r.client.ipv6);
	CHECK(r.client.port == 40000);
	CHECK(r.client.scope == 2);
	CHECK(to_string(r.local) == "127.0.0.1");
	CHECK(r.local.port == 80);
	CHECK(r.version == 0x0101);
	CHECK(r.method == "GET");
	CHECK(r.target == std::string("/\0x", 3));
	CHECK(r.target_length == 300);
	CHECK(r.status == 503);
	CHECK(r.reason == "QueueFull");
	CHECK(r.queue == "app");
	CHECK(r.queue_id == 4);
	CHECK(r.prefix == "http://+:80/");
}

TEST_CASE("an error record that makes no sense is refused")
{
	message no_address(fake::family, 1, 0), bad_port(fake::family, 1, 0);

	no_address.put_u64(KHTTP_ERROR_A_SEQ, 1);
	CHECK(failure_of<error_records>(no_address.attributes()) == EBADMSG);
	bad_port.put_u64(KHTTP_ERROR_A_SEQ, 1);
	bad_port.put(KHTTP_ERROR_A_CLIENT, 0U);
	bad_port.put(KHTTP_ERROR_A_CLIENT_PORT, 65536U);
	CHECK(failure_of<error_records>(bad_port.attributes()) == EBADMSG);
}
