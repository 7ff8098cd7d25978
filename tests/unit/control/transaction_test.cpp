// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cerrno>
#include <linux/khttp.h>

#include <khttp/khttp_control.h>
#include <khttp/transaction.hpp>

#include "codec.hpp"
#include "control_c.hpp"
#include "fake_control.hpp"

using fake::control_with;
using khttp::control;
using khttp::detail::attribute_table;
using khttp::detail::message;

namespace {

/* Says yes to everything, and to COMMIT what @commit says */
fake::port::handler kernel(std::vector<int> &commands, fake::datagrams commit)
{
	return [&commands, commit](const fake::request &request) {
		commands.push_back(request.command);
		return request.command == KHTTP_CMD_TRANSACTION_COMMIT
			       ? commit
			       : fake::datagrams{ fake::verdict(0) };
	};
}

fake::datagrams refused_at(std::uint32_t index, int error, const std::string &text)
{
	return { fake::answer([&](message &msg) { msg.put(KHTTP_TRANSACTION_A_INDEX, index); }),
		 fake::verdict(-error, text) };
}

} // namespace

TEST_CASE("what is changed in a transaction stands between begin and commit")
{
	std::vector<int> commands;
	control c = control_with(
		kernel(commands, { fake::answer([](message &msg) {
					   msg.put_u64(KHTTP_TRANSACTION_A_GENERATION, 77);
					   msg.put(KHTTP_TRANSACTION_A_CHANGES, 2U);
				   }),
				   fake::verdict(0) }));
	khttp::transaction all(c);

	c.add_queue("app");
	CHECK(all.staged() == 1);
	c.set_url("http://+:80/", "app");
	CHECK(all.staged() == 2);
	const khttp::committed done = all.commit(76);
	CHECK(done.generation == 77);
	CHECK(done.changes == 2);
	CHECK(commands == std::vector<int>{ KHTTP_CMD_TRANSACTION_BEGIN, KHTTP_CMD_QUEUE_ADD,
					    KHTTP_CMD_URL_ADD, KHTTP_CMD_TRANSACTION_COMMIT });
}

TEST_CASE("a transaction that is left without a commit is aborted")
{
	std::vector<int> commands;
	control c = control_with(kernel(commands, {}));

	{
		khttp::transaction all(c);
	}
	CHECK(commands ==
	      std::vector<int>{ KHTTP_CMD_TRANSACTION_BEGIN, KHTTP_CMD_TRANSACTION_ABORT });
}

TEST_CASE("a refusal says which change it was, once")
{
	/* newer kernels put the number in front, older ones do not */
	for (const char *text : { "no such queue", "change 3: no such queue" }) {
		std::vector<int> commands;
		control c = control_with(kernel(commands, refused_at(3, ENOENT, text)));
		khttp::transaction all(c);

		try {
			all.commit();
			FAIL("it was not refused");
		} catch (const khttp::change_refused &refused) {
			CHECK(refused.index() == 3);
			CHECK(refused.code().value() == ENOENT);
			CHECK(refused.what() == std::string("change 3: no such queue"));
		}
	}
}

TEST_CASE("a refusal that is about no change is an ordinary one")
{
	std::vector<int> commands;
	control c = control_with(kernel(commands, { fake::verdict(-ESTALE, "read it again") }));
	khttp::transaction all(c);

	try {
		all.commit(1);
		FAIL("it was not refused");
	} catch (const khttp::change_refused &) {
		FAIL("there is no change to name");
	} catch (const khttp::error &refused) {
		CHECK(refused.code().value() == ESTALE);
		CHECK(refused.what() == std::string("read it again"));
	}
}

TEST_CASE("the generation is told only when there is one to expect")
{
	std::vector<fake::request> seen;
	control c = control_with([&](const fake::request &request) {
		seen.push_back(request);
		return fake::datagrams{ fake::verdict(0) };
	});

	khttp::transaction(c).commit(5);
	khttp::transaction(c).commit();
	CHECK(attribute_table(seen[1].attributes).u64(KHTTP_TRANSACTION_A_GENERATION) == 5);
	CHECK(!attribute_table(seen[3].attributes).has(KHTTP_TRANSACTION_A_GENERATION));
}

TEST_CASE("the C face has the same transactions")
{
	std::vector<int> commands;
	khttp_control ctl{ control_with(kernel(commands, refused_at(0, EEXIST, "it is there"))) };

	CHECK(khttp_control_commit(&ctl, nullptr, nullptr) == -ENOENT);
	CHECK(khttp_control_begin(&ctl) == 0);
	CHECK(khttp_control_begin(&ctl) == -EBUSY);
	CHECK(khttp_control_set_url(&ctl, "http://+:80/", "app", 0, "http://b/", 307) == 0);
	CHECK(khttp_control_commit(&ctl, nullptr, nullptr) == -EEXIST);
	CHECK(khttp_control_error() == std::string("change 0: it is there"));
	CHECK(khttp_control_abort(&ctl) == -ENOENT);
	CHECK(khttp_control_begin(&ctl) == 0);
	CHECK(khttp_control_abort(&ctl) == 0);
}

TEST_CASE("the body of a page is what the group was asked for")
{
	control c = control_with([](const fake::request &request) {
		CHECK(attribute_table(request.attributes).u32(KHTTP_GROUP_A_BODY_OF) == 503);
		return fake::datagrams{ fake::answer([](message &msg) {
						msg.put_nested(KHTTP_GROUP_A_PAGE, [&] {
							msg.put(KHTTP_PAGE_A_STATUS, 404U);
						});
						msg.put_nested(KHTTP_GROUP_A_PAGE, [&] {
							msg.put(KHTTP_PAGE_A_STATUS, 503U);
							msg.put_bytes(KHTTP_PAGE_A_BODY,
								      fake::bytes_of("busy"));
						});
					}),
					fake::verdict(0) };
	});

	CHECK(c.page_body("app", 503) == "busy");
}
