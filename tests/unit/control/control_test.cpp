// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cerrno>
#include <fcntl.h>
#include <linux/khttp.h>
#include <unistd.h>

#include <khttp/error.hpp>
#include <khttp/khttp_control.h>
#include <khttp/khttp_log.h>

#include "codec.hpp"
#include "control_c.hpp"
#include "errors.hpp"
#include "events.hpp"
#include "fake_control.hpp"

using fake::control_with;
using khttp::control;
using khttp::detail::attribute_table;
using khttp::detail::message;

namespace {

/* What the only request of @work was */
template <typename F>
fake::request request_of(F &&work)
{
	fake::request seen;
	control c = control_with([&](const fake::request &request) {
		seen = request;
		return fake::datagrams{ fake::answer([](message &msg) {
						msg.put_u64(KHTTP_CACHE_A_PURGED, 3);
					}),
					fake::verdict(0) };
	});

	work(c);
	return seen;
}

/* An end that can be polled, as a socket's could */
class pipe_port : public khttp::detail::netlink_port {
public:
	explicit pipe_port(std::deque<fake::byte_vector> datagrams)
		: datagrams_(std::move(datagrams))
	{
		REQUIRE(pipe2(ends_, O_CLOEXEC) == 0);
		REQUIRE(write(ends_[1], "x", 1) == 1);
	}
	~pipe_port() override
	{
		close(ends_[0]);
		close(ends_[1]);
	}
	void send(khttp::detail::byte_view) override {}
	fake::byte_vector receive() override
	{
		fake::byte_vector datagram = std::move(datagrams_.front());

		datagrams_.pop_front();
		if (datagrams_.empty())
			CHECK(read(ends_[0], &mark_, 1) == 1);
		if (datagram.empty())
			throw khttp::error(ENOBUFS, "overrun");
		return datagram;
	}
	int fd() const noexcept override { return ends_[0]; }
	bool silent() const noexcept { return datagrams_.empty(); }

private:
	std::deque<fake::byte_vector> datagrams_;
	char mark_ = 0;
	int ends_[2];
};

fake::byte_vector event(std::uint32_t type)
{
	return fake::answer([&](message &msg) { msg.put(KHTTP_EVENT_A_TYPE, type); });
}

} // namespace

TEST_CASE("each call sends its command with its attributes")
{
	khttp::queue_settings settings;
	settings.length = 5;

	fake::request add = request_of([&](control &c) { c.add_queue("app", settings); });
	CHECK(add.command == KHTTP_CMD_QUEUE_ADD);
	CHECK(attribute_table(add.attributes).text(KHTTP_QUEUE_A_NAME) == "app");
	CHECK(attribute_table(add.attributes).u32(KHTTP_QUEUE_A_LENGTH) == 5);
	fake::request set = request_of([&](control &c) { c.set_queue("app", settings); });
	CHECK(set.command == KHTTP_CMD_QUEUE_SET);
	fake::request del = request_of([](control &c) { c.delete_queue("app"); });
	CHECK(del.command == KHTTP_CMD_QUEUE_DEL);
	fake::request drain = request_of([](control &c) { c.drain_queue("app"); });
	CHECK(drain.command == KHTTP_CMD_QUEUE_DRAIN);
	fake::request one = request_of([](control &c) { c.drain_worker("app", 7); });
	CHECK(one.command == KHTTP_CMD_WORKER_DRAIN);
	CHECK(attribute_table(one.attributes).text(KHTTP_WORKER_A_QUEUE) == "app");
	CHECK(attribute_table(one.attributes).u32(KHTTP_WORKER_A_ID) == 7);

	fake::request url = request_of([](control &c) { c.add_url("http://+:80/", "app", 9); });
	CHECK(url.command == KHTTP_CMD_URL_ADD);
	CHECK(attribute_table(url.attributes).text(KHTTP_URL_A_PREFIX) == "http://+:80/");
	CHECK(attribute_table(url.attributes).text(KHTTP_URL_A_QUEUE) == "app");
	CHECK(attribute_table(url.attributes).u64(KHTTP_URL_A_CONTEXT) == 9);
	fake::request gone = request_of([](control &c) { c.delete_url("http://+:80/"); });
	CHECK(gone.command == KHTTP_CMD_URL_DEL);
}

TEST_CASE("grants are revoked by number or all, and told how many those were")
{
	fake::request one = request_of([](control &c) { c.revoke_grant("app", 7); });
	CHECK(one.command == KHTTP_CMD_GRANT_REVOKE);
	CHECK(attribute_table(one.attributes).text(KHTTP_GRANT_A_QUEUE) == "app");
	CHECK(attribute_table(one.attributes).u32(KHTTP_GRANT_A_ID) == 7);
	CHECK(!attribute_table(one.attributes).has(KHTTP_GRANT_A_ALL));
	CHECK(!attribute_table(one.attributes).has(KHTTP_GRANT_A_DETACH));

	control c = control_with([](const fake::request &request) {
		CHECK(attribute_table(request.attributes).has(KHTTP_GRANT_A_ALL));
		CHECK(attribute_table(request.attributes).has(KHTTP_GRANT_A_DETACH));
		CHECK(!attribute_table(request.attributes).has(KHTTP_GRANT_A_ID));
		return fake::datagrams{ fake::answer([](message &msg) {
						msg.put(KHTTP_GRANT_A_COUNT, 3U);
						msg.put(KHTTP_GRANT_A_WORKERS, 4U);
					}),
					fake::verdict(0) };
	});
	const khttp::grants_revoked done = c.revoke_grants("app", true);
	CHECK(done.grants == 3);
	CHECK(done.workers == 4);
}

TEST_CASE("grants are listed, each once")
{
	control c = control_with([](const fake::request &request) {
		CHECK(request.command == KHTTP_CMD_GRANT_GET);
		fake::datagrams all;
		for (std::uint32_t id : { 1U, 2U })
			all.push_back(fake::answer(
				[&](message &msg) {
					msg.put(KHTTP_GRANT_A_QUEUE, "app");
					msg.put(KHTTP_GRANT_A_ID, id);
				},
				NLM_F_MULTI));
		all.push_back(fake::end_of_dump());
		return all;
	});
	const std::vector<khttp::grant_info> grants = c.grants();
	REQUIRE(grants.size() == 2);
	CHECK(grants[1].id == 2);
}

TEST_CASE("settings of a listener are sent with their place, those that are there")
{
	khttp::listener_settings settings;
	settings.proxy = khttp::proxy_mode::v2;
	settings.trusted = { "10.0.0.0/8", "::1" };
	settings.device = "";

	fake::request set = request_of(
		[&](control &c) { c.set_listener({ 80, "192.0.2.1" }, settings); });
	const attribute_table a(set.attributes);
	CHECK(set.command == KHTTP_CMD_LISTENER_SET);
	CHECK(a.u32(KHTTP_LISTENER_A_PORT) == 80);
	CHECK(a.raw(KHTTP_LISTENER_A_ADDR).size() == 4);
	CHECK(a.u32(KHTTP_LISTENER_A_PROXY) == KHTTP_PROXY_V2);
	CHECK(a.text(KHTTP_LISTENER_A_TRUSTED) == "10.0.0.0/8,::1");
	CHECK(a.has(KHTTP_LISTENER_A_DEVICE));
	CHECK(!a.has(KHTTP_LISTENER_A_BACKLOG));
	CHECK(!a.has(KHTTP_LISTENER_A_ADDRESSES));

	fake::request reset = request_of([](control &c) { c.reset_listener({ 81, "::1" }); });
	CHECK(reset.command == KHTTP_CMD_LISTENER_RESET);
	CHECK(attribute_table(reset.attributes).raw(KHTTP_LISTENER_A_ADDR).size() == 16);
	fake::request port = request_of([](control &c) { c.reset_listener({ 81, "" }); });
	CHECK(!attribute_table(port.attributes).has(KHTTP_LISTENER_A_ADDR));
}

TEST_CASE("what would mean something else to the kernel is not sent")
{
	khttp::listener_settings settings;
	settings.trusted = { "10.0.0.0/8,::/0" };

	CHECK_THROWS_WITH(request_of([&](control &c) { c.set_listener({ 80, "" }, settings); }),
			  Catch::Contains("comma"));
	CHECK_THROWS_WITH(request_of([](control &c) { c.reset_listener({ 80, "host" }); }),
			  Catch::Contains("not an IP address"));
}

TEST_CASE("groups are made, set and deleted with what they set")
{
	const std::vector<khttp::group_setting> settings = { { "max_body", 5 },
							     { "max_head", {} } };
	fake::request add = request_of([&](control &c) { c.add_group("site", "app", settings); });

	CHECK(add.command == KHTTP_CMD_GROUP_ADD);
	CHECK(attribute_table(add.attributes).text(KHTTP_GROUP_A_NAME) == "site");
	CHECK(attribute_table(add.attributes).text(KHTTP_GROUP_A_QUEUE) == "app");
	/* the last of a kind */
	const attribute_table last(attribute_table(add.attributes).raw(KHTTP_GROUP_A_LIMIT));
	CHECK(last.text(KHTTP_LIMIT_A_NAME) == "max_head");
	CHECK(last.has(KHTTP_LIMIT_A_INHERIT));
	CHECK(!last.has(KHTTP_LIMIT_A_VALUE));
	fake::request set = request_of(
		[&](control &c) { c.set_group("site", { { "max_body", 7 } }); });
	CHECK(set.command == KHTTP_CMD_GROUP_SET);
	const attribute_table one(attribute_table(set.attributes).raw(KHTTP_GROUP_A_LIMIT));
	CHECK(one.u64(KHTTP_LIMIT_A_VALUE) == 7);
	CHECK(!one.has(KHTTP_LIMIT_A_INHERIT));
	fake::request del = request_of([](control &c) { c.delete_group("site"); });
	CHECK(del.command == KHTTP_CMD_GROUP_DEL);
	CHECK(!attribute_table(del.attributes).has(KHTTP_GROUP_A_FORCE));
	fake::request all = request_of([](control &c) { c.delete_group("site", true); });
	CHECK(attribute_table(all.attributes).has(KHTTP_GROUP_A_FORCE));
	fake::request url = request_of(
		[](control &c) { c.add_url_to_group("http://+:80/", "site"); });
	CHECK(attribute_table(url.attributes).text(KHTTP_URL_A_GROUP) == "site");
	CHECK(!attribute_table(url.attributes).has(KHTTP_URL_A_QUEUE));
}

TEST_CASE("what a group says at its door goes with its limits")
{
	khttp::door_settings door;
	fake::request none = request_of([&](control &c) { c.set_group("site", {}, door); });

	for (int type : { KHTTP_GROUP_A_SERVER, KHTTP_GROUP_A_PAGE, KHTTP_GROUP_A_MAINTENANCE,
			  KHTTP_GROUP_A_RETRY_AFTER })
		CHECK(!attribute_table(none.attributes).has(type));
	door.server = "";
	door.maintenance = false;
	door.retry_after = 0;
	door.pages = { { 502, {} }, { 503, std::string("a\0b", 3), "text/plain" } };
	fake::request set = request_of(
		[&](control &c) { c.set_group("site", { { "max_body", 7 } }, door); });
	const attribute_table all(set.attributes);
	CHECK(all.has(KHTTP_GROUP_A_LIMIT));
	CHECK(all.has(KHTTP_GROUP_A_SERVER));
	CHECK(all.text(KHTTP_GROUP_A_SERVER).empty());
	CHECK(all.has(KHTTP_GROUP_A_MAINTENANCE));
	CHECK(all.u32(KHTTP_GROUP_A_MAINTENANCE) == 0);
	CHECK(all.has(KHTTP_GROUP_A_RETRY_AFTER));
	const attribute_table page(all.raw(KHTTP_GROUP_A_PAGE));
	CHECK(page.u32(KHTTP_PAGE_A_STATUS) == 503);
	CHECK(page.text(KHTTP_PAGE_A_TYPE) == "text/plain");
	CHECK(page.bytes(KHTTP_PAGE_A_BODY) == std::string("a\0b", 3));
	door.pages.pop_back();
	fake::request add = request_of([&](control &c) { c.add_group("site", "app", {}, door); });
	const attribute_table gone(attribute_table(add.attributes).raw(KHTTP_GROUP_A_PAGE));
	CHECK(gone.u32(KHTTP_PAGE_A_STATUS) == 502);
	CHECK(!gone.has(KHTTP_PAGE_A_BODY));
	CHECK(!gone.has(KHTTP_PAGE_A_TYPE));
}

TEST_CASE("a redirect is a prefix of a group")
{
	fake::request url = request_of([](control &c) {
		c.add_redirect("http://+:80/", "site", { "https://new/", 301 });
	});
	const attribute_table a(url.attributes);

	CHECK(url.command == KHTTP_CMD_URL_ADD);
	CHECK(a.text(KHTTP_URL_A_GROUP) == "site");
	CHECK(a.text(KHTTP_URL_A_REDIRECT) == "https://new/");
	CHECK(a.u32(KHTTP_URL_A_STATUS) == 301);
}

TEST_CASE("purging says what and returns how much")
{
	std::uint64_t dropped = 0;
	fake::request one = request_of([&](control &c) { dropped = c.purge_url("http://a:80/x"); });
	fake::request below = request_of([](control &c) { c.purge_below("http://a:80/x"); });
	fake::request all = request_of([](control &c) { c.purge_all(); });
	fake::request tag = request_of([](control &c) { c.purge_tag("a"); });
	fake::request soft =
		request_of([](control &c) { c.purge_tag("a", khttp::purge_mode::soft); });

	CHECK(dropped == 3);
	CHECK(one.command == KHTTP_CMD_CACHE_PURGE);
	CHECK(!attribute_table(one.attributes).has(KHTTP_CACHE_A_RECURSIVE));
	CHECK(attribute_table(below.attributes).has(KHTTP_CACHE_A_RECURSIVE));
	CHECK(attribute_table(all.attributes).has(KHTTP_CACHE_A_ALL));
	CHECK(!attribute_table(all.attributes).has(KHTTP_CACHE_A_URL));
	CHECK(attribute_table(tag.attributes).text(KHTTP_CACHE_A_TAG) == "a");
	CHECK(!attribute_table(tag.attributes).has(KHTTP_CACHE_A_SOFT));
	CHECK(attribute_table(soft.attributes).has(KHTTP_CACHE_A_SOFT));
}

TEST_CASE("a listing that changed meanwhile is read anew, the figures are not")
{
	int requests = 0;
	control c = control_with([&](const fake::request &) {
		requests++;
		std::uint16_t flags = requests < 3 ? NLM_F_DUMP_INTR : 0;
		return fake::datagrams{
			fake::answer([](message &msg) { msg.put(KHTTP_QUEUE_A_NAME, "app"); },
				     flags),
			fake::end_of_dump()
		};
	});

	CHECK(c.queues().size() == 1);
	CHECK(requests == 3);
	requests = 0;
	CHECK(c.stats().size() == 1); /* a name has the same number there */
	CHECK(requests == 1);
}

TEST_CASE("a listing that never stands still is given up")
{
	control c = control_with([](const fake::request &) {
		return fake::datagrams{ fake::end_of_dump(0, NLM_F_DUMP_INTR) };
	});

	CHECK_THROWS_WITH(c.urls(), Catch::Contains("keeps changing"));
}

TEST_CASE("events come one by one, and a gap is told where it is")
{
	auto state = std::make_unique<khttp::event_stream::impl>();
	fake::byte_vector two = event(KHTTP_EVENT_QUEUE_ADDED);

	fake::append(two, khttp::detail::byte_view(event(KHTTP_EVENT_QUEUE_FULL)));
	state->port = std::make_unique<pipe_port>(
		std::deque<fake::byte_vector>{ two, {}, event(KHTTP_EVENT_URL_ADDED) });
	state->family = fake::family;
	khttp::event_stream stream(std::move(state));

	CHECK(stream.next()->type == khttp::event_type::queue_added);
	CHECK(stream.next()->type == khttp::event_type::queue_full);
	auto lost = stream.next();
	CHECK(lost->type == khttp::event_type::lost);
	CHECK(lost->time_ns > 0);
	CHECK(stream.next()->type == khttp::event_type::url_added);
}

TEST_CASE("a namespace that is not there is named in the error")
{
	CHECK_THROWS_WITH(control({ "no-such-namespace" }), Catch::Contains("no-such-namespace"));
	CHECK_THROWS_WITH(control({ "/proc/self/no/such" }), Catch::Contains("/proc/self/no/such"));
}

TEST_CASE("the C face tells errno and text")
{
	khttp_control *ctl = nullptr;

	CHECK(khttp_control_open("no-such-namespace", &ctl) == -ENOENT);
	CHECK(ctl == nullptr);
	CHECK(std::string(khttp_control_error()).find("no-such-namespace") != std::string::npos);
	khttp_control_close(nullptr);
	khttp_events_close(nullptr);
}

TEST_CASE("the C face of the access log refuses what cannot be, and says why")
{
	khttp_control ctl{ control_with([](const fake::request &) { return fake::datagrams{}; }) };
	const std::string name(100, 'g');
	khttp_log_wish both{}, unknown{};

	both.only = KHTTP_LOG_ONLY_ERRORS | KHTTP_LOG_ONLY_SUCCESS;
	unknown.group = name.c_str();
	CHECK(khttp_control_open_log(&ctl, &both) == -EINVAL);
	CHECK(khttp_control_open_log(&ctl, &unknown) == -ENOENT);
	CHECK(std::string(khttp_control_error()).find(name) != std::string::npos);
}

namespace {

fake::datagrams errors_dump(std::uint64_t first, std::uint64_t next)
{
	fake::datagrams all;

	for (std::uint64_t seq = first; seq < next; seq++)
		all.push_back(fake::answer([&](message &msg) {
			msg.put_u64(KHTTP_ERROR_A_SEQ, seq);
			msg.put(KHTTP_ERROR_A_CLIENT, 0U);
			msg.put(KHTTP_ERROR_A_LOCAL, 0U);
			msg.put(KHTTP_ERROR_A_REASON, "URL");
		}));
	all.push_back(fake::answer([&](message &msg) {
		msg.put_u64(KHTTP_ERROR_A_NEXT, next);
		msg.put_u64(KHTTP_ERROR_A_LOST, 2);
	}));
	all.push_back(fake::end_of_dump());
	return all;
}

} // namespace

TEST_CASE("the error log is read on from where the last look ended")
{
	khttp::detail::genl_link link;
	std::vector<std::uint64_t> asked;

	link.port = std::make_unique<fake::port>([&](const fake::request &request) {
		asked.push_back(attribute_table(request.attributes).u64(KHTTP_ERROR_A_FROM));
		CHECK(request.command == KHTTP_CMD_ERROR_GET);
		return errors_dump(asked.size() * 10, asked.size() * 10 + 3);
	});
	link.family = fake::family;
	auto bell = std::make_unique<pipe_port>(
		std::deque<fake::byte_vector>{ {}, event(0), event(0), event(0) });
	pipe_port &rung = *bell;
	khttp::error_stream stream(std::make_unique<khttp::error_stream::impl>(
		std::move(link), std::move(bell), khttp::error_filter{ "", "URL", 7 }));

	khttp::error_records found = stream.read();
	REQUIRE(found.records.size() == 3);
	CHECK(found.records[2].seq == 12);
	CHECK(found.next == 13);
	CHECK(found.lost == 2);
	CHECK(rung.silent());
	CHECK(stream.read().records[0].seq == 20);
	CHECK(asked == std::vector<std::uint64_t>{ 7, 13 });
}

TEST_CASE("a reservation is made for a user, a group or both")
{
	fake::request seen = request_of([](control &c) {
		c.reserve("http://+:80/a/", { 1000, std::nullopt, true, true });
	});
	const attribute_table user(seen.attributes);

	CHECK(seen.command == KHTTP_CMD_RESERVATION_ADD);
	CHECK(user.text(KHTTP_RESERVATION_A_PREFIX) == "http://+:80/a/");
	CHECK(user.u32(KHTTP_RESERVATION_A_UID) == 1000);
	CHECK_FALSE(user.has(KHTTP_RESERVATION_A_GID));
	CHECK(user.u32(KHTTP_RESERVATION_A_RIGHTS) == KHTTP_RIGHT_ALL);
	seen = request_of([](control &c) {
		c.reserve("http://+:80/a/", { std::nullopt, 33, false, true });
	});
	const attribute_table group(seen.attributes);

	CHECK_FALSE(group.has(KHTTP_RESERVATION_A_UID));
	CHECK(group.u32(KHTTP_RESERVATION_A_RIGHTS) == KHTTP_RIGHT_DELEGATE);
	seen = request_of([](control &c) { c.unreserve("http://+:80/a/"); });
	CHECK(seen.command == KHTTP_CMD_RESERVATION_DEL);
}

namespace {

/* A kernel that says of every prefix that this one decides about it */
control reserved_for(std::uint32_t uid, std::uint32_t rights)
{
	return control_with([=](const fake::request &request) {
		CHECK(request.command == KHTTP_CMD_RESERVATION_GET);
		auto fill = [=](message &msg) {
			msg.put(KHTTP_RESERVATION_A_PREFIX, "http://+:80/a/");
			msg.put(KHTTP_RESERVATION_A_UID, uid);
			msg.put(KHTTP_RESERVATION_A_RIGHTS, rights);
			msg.put_flag(KHTTP_RESERVATION_A_BIND);
		};

		return fake::datagrams{ fake::answer(fill), fake::verdict(0) };
	});
}

} // namespace

TEST_CASE("who may not bind is told whose it is and which command would let him")
{
	using Catch::Contains;
	const std::uint32_t other = geteuid() + 4000000000U;
	control c = reserved_for(other, KHTTP_RIGHT_LISTEN);
	const std::string below = khttp::who_may_bind(c, "http://+:80/a/b/");

	CHECK_THAT(below, Contains("reserved for uid " + std::to_string(other)));
	CHECK_THAT(below, Contains("by the reservation http://+:80/a/;"));
	CHECK_THAT(below, Contains("'khttpctl reservation add http://+:80/a/b/ user "));
	CHECK_THAT(khttp::who_may_bind(c, "http://+:80/a/"),
		   Contains("'khttpctl reservation del http://+:80/a/ && khttpctl "
			    "reservation add"));
	CHECK(c.deciding_reservation("http://+:80/a/b/")->any_port);

	control mine = reserved_for(geteuid(), KHTTP_RIGHT_LISTEN);
	CHECK(khttp::who_may_bind(mine, "http://+:80/a/b/").empty());
	control delegate = reserved_for(geteuid(), KHTTP_RIGHT_DELEGATE);
	CHECK_THAT(khttp::who_may_bind(delegate, "http://+:80/a/b/"),
		   Contains("grants nobody to bind"));
	control none = control_with([](const fake::request &) {
		return fake::datagrams{ fake::verdict(-ENOENT) };
	});
	CHECK_FALSE(none.deciding_reservation("http://+:80/"));
	CHECK_THAT(khttp::who_may_bind(none, "http://+:80/"), Contains("needs CAP_NET_ADMIN"));
}
