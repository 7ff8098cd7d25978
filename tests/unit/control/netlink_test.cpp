// SPDX-License-Identifier: MIT
#include <limits>

#include <catch2/catch.hpp>

#include <linux/khttp.h>

#include <khttp/error.hpp>

#include "codec.hpp"
#include "fake_kernel.hpp"

using namespace khttp::detail;
using fake::answer;
using fake::end_of_dump;
using fake::verdict;
using khttp::error;

namespace {

netlink_session session_with(std::vector<fake::byte_vector> datagrams)
{
	auto once = [datagrams](const fake::request &) { return datagrams; };

	return { std::make_unique<fake::port>(once), fake::family };
}

void put_name(message &msg)
{
	msg.put(KHTTP_QUEUE_A_NAME, "app");
}

fake::byte_vector together(std::initializer_list<fake::byte_vector> messages)
{
	fake::byte_vector all;

	for (const fake::byte_vector &msg : messages)
		fake::append(all, byte_view(msg));
	return all;
}

std::string refusal_of(netlink_session &session, int &code)
{
	message request = session.request(KHTTP_CMD_QUEUE_GET);

	try {
		session.call(request);
	} catch (const error &failure) {
		code = failure.code().value();
		return failure.what();
	}
	code = 0;
	return {};
}

} // namespace

TEST_CASE("a call gives the attributes of the answer before the verdict")
{
	netlink_session session = session_with({ answer(put_name), verdict(0) });
	message request = session.request(KHTTP_CMD_QUEUE_GET);

	CHECK(attribute_table(session.call(request)).text(KHTTP_QUEUE_A_NAME) == "app");
}

TEST_CASE("answer and verdict may share a datagram")
{
	netlink_session session = session_with({ together({ answer(put_name), verdict(0) }) });
	message request = session.request(KHTTP_CMD_QUEUE_GET);

	CHECK(attribute_table(session.call(request)).text(KHTTP_QUEUE_A_NAME) == "app");
}

TEST_CASE("requests ask for a verdict, dumps for everything")
{
	std::uint16_t flags = 0;
	netlink_session session(std::make_unique<fake::port>([&](const fake::request &request) {
					flags = request.flags;
					return fake::datagrams{ verdict(0) };
				}),
				fake::family);
	message request = session.request(KHTTP_CMD_QUEUE_GET);
	message dump = session.dump_request(KHTTP_CMD_QUEUE_GET);

	session.call(request);
	CHECK(flags == (NLM_F_REQUEST | NLM_F_ACK));
	CHECK(session.dump(dump, [](byte_view) {}));
	CHECK(flags == (NLM_F_REQUEST | NLM_F_DUMP));
}

TEST_CASE("a refusal carries the kernel's text")
{
	netlink_session session =
		session_with({ verdict(-EEXIST, "queue 'app' is there already") });
	int code = 0;

	CHECK(refusal_of(session, code) == "queue 'app' is there already");
	CHECK(code == EEXIST);
}

TEST_CASE("an errno that no kernel gives is malformed")
{
	for (int wrong : { -4096, std::numeric_limits<int>::min() }) {
		netlink_session session = session_with({ verdict(wrong) });
		int code = 0;

		CHECK(refusal_of(session, code).find("malformed") != std::string::npos);
		CHECK(code == EBADMSG);
	}
}

TEST_CASE("a refusal without a text says what to do where that is known")
{
	netlink_session session = session_with({ verdict(-EPERM) });
	int code = 0;

	CHECK(refusal_of(session, code).find("sudo") != std::string::npos);
	CHECK(code == EPERM);
}

TEST_CASE("the text is found behind a request that is echoed whole")
{
	fake::byte_vector payload;
	nlmsghdr echoed{};

	echoed.nlmsg_len = sizeof(echoed) + 12;
	fake::append(payload, -EINVAL);
	fake::append(payload, echoed);
	payload.resize(payload.size() + 12);
	fake::append(payload, byte_view(fake::attribute(NLMSGERR_ATTR_MSG, fake::bytes_of("why"))));
	netlink_session session =
		session_with({ fake::netlink(NLMSG_ERROR, NLM_F_ACK_TLVS, payload) });
	int code = 0;

	CHECK(refusal_of(session, code) == "why");
	CHECK(code == EINVAL);
}

TEST_CASE("a malformed refusal is still a refusal")
{
	fake::byte_vector payload;
	nlmsghdr echoed{};
	int code = 0;

	echoed.nlmsg_len = UINT32_MAX - 2; /* aligning it overflows */
	fake::append(payload, -EINVAL);
	fake::append(payload, echoed);
	netlink_session wild =
		session_with({ fake::netlink(NLMSG_ERROR, NLM_F_ACK_TLVS, payload) });
	refusal_of(wild, code);
	CHECK(code == EINVAL);

	netlink_session cut = session_with({ fake::netlink(NLMSG_ERROR, 0, fake::bytes_of("ab")) });
	refusal_of(cut, code);
	CHECK(code == EBADMSG);

	fake::byte_vector lying;
	fake::append(lying, -EINVAL);
	fake::append(lying, nlmsghdr{});
	fake::append(lying,
		     byte_view(fake::attribute(NLMSGERR_ATTR_MSG, fake::bytes_of("x"), 400)));
	netlink_session liar =
		session_with({ fake::netlink(NLMSG_ERROR, NLM_F_ACK_TLVS | NLM_F_CAPPED, lying) });
	refusal_of(liar, code);
	CHECK(code == EINVAL);
}

TEST_CASE("what belongs to an earlier request is passed over")
{
	fake::byte_vector stale = verdict(-EPERM);
	nlmsghdr header;

	std::memcpy(&header, stale.data(), sizeof(header));
	header.nlmsg_seq = 4711;
	std::memcpy(stale.data(), &header, sizeof(header));
	netlink_session session = session_with({ stale, {}, answer(put_name), verdict(0) });
	message request = session.request(KHTTP_CMD_QUEUE_GET);

	CHECK(attribute_table(session.call(request)).has(KHTTP_QUEUE_A_NAME));
}

TEST_CASE("a dump goes over several datagrams to its end")
{
	netlink_session session = session_with(
		{ together({ answer(put_name, NLM_F_MULTI), answer(put_name, NLM_F_MULTI) }),
		  together({ answer(put_name, NLM_F_MULTI), end_of_dump() }) });
	message request = session.dump_request(KHTTP_CMD_QUEUE_GET);
	int seen = 0;

	CHECK(session.dump(request, [&](byte_view) { seen++; }));
	CHECK(seen == 3);
}

TEST_CASE("a dump that something changed under says so")
{
	netlink_session session =
		session_with({ answer(put_name, NLM_F_MULTI | NLM_F_DUMP_INTR), end_of_dump() });
	message request = session.dump_request(KHTTP_CMD_QUEUE_GET);
	netlink_session at_end =
		session_with({ answer(put_name), end_of_dump(0, NLM_F_DUMP_INTR) });
	message second = at_end.dump_request(KHTTP_CMD_QUEUE_GET);

	CHECK(!session.dump(request, [](byte_view) {}));
	CHECK(!at_end.dump(second, [](byte_view) {}));
}

TEST_CASE("a dump that is refused carries the kernel's text at either place")
{
	netlink_session early = session_with({ verdict(-EPERM, "not you") });
	netlink_session late =
		session_with({ answer(put_name), end_of_dump(-EINVAL, 0, "no such thing") });
	message first = early.dump_request(KHTTP_CMD_QUEUE_GET);
	message second = late.dump_request(KHTTP_CMD_QUEUE_GET);

	CHECK_THROWS_WITH(early.dump(first, [](byte_view) {}), "not you");
	CHECK_THROWS_WITH(late.dump(second, [](byte_view) {}), "no such thing");
}

TEST_CASE("a dump is read to its end though its reader has given up")
{
	netlink_session session =
		session_with({ answer(put_name), answer(put_name), end_of_dump() });
	message request = session.dump_request(KHTTP_CMD_QUEUE_GET);
	message again = session.dump_request(KHTTP_CMD_QUEUE_GET);
	int seen = 0;

	CHECK_THROWS_WITH(session.dump(request,
				       [](byte_view) { throw std::runtime_error("enough"); }),
			  "enough");
	CHECK(session.dump(again, [&](byte_view) { seen++; }));
	CHECK(seen == 2);
}

TEST_CASE("bytes that are no message end the datagram")
{
	const fake::byte_vector junk(7, std::byte{ 0xff });
	fake::byte_vector lying = answer(put_name);
	nlmsghdr header{};

	byte_view rest = junk;
	CHECK(!next_message(rest));
	for (std::uint32_t length : { 0U, 15U, 1000U, UINT32_MAX }) {
		header.nlmsg_len = length;
		std::memcpy(lying.data(), &header, sizeof(header));
		rest = lying;
		CHECK(!next_message(rest));
	}
	netlink_message empty{ fake::family, 0, 0, {} };
	CHECK_THROWS_AS(attributes_of(empty), error);
}

TEST_CASE("what does not fit a message or holds a NUL is refused before it is sent")
{
	message built(fake::family, 1, 0);

	CHECK_THROWS_AS(built.put(1, std::string(70000, 'x')), std::length_error);
	CHECK_THROWS_AS(built.put(1, std::string_view("a\0b", 3)), error);
	CHECK_THROWS_AS(
		[&] {
			for (int i = 0; i < 100000; i++)
				built.put_u64(1, 0);
		}(),
		std::length_error);
}
