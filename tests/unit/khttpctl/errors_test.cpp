// SPDX-License-Identifier: MIT
/* khttpctl errors and reason, against a kernel of ours. */
#include <catch2/catch.hpp>

#include <sstream>

#include <linux/khttp.h>

#include "cli.hpp"
#include "codec.hpp"
#include "command.hpp"
#include "control.hpp"
#include "fake_kernel.hpp"
#include "reasons.hpp"

using namespace khttpctl;
using Catch::Contains;
using khttp::detail::message;

namespace {

fake::byte_vector record_message(std::uint64_t seq, const char *reason, std::uint64_t lost = 0)
{
	return fake::answer(
		[=](message &msg) {
			if (lost)
				msg.put_u64(KHTTP_ERROR_A_LOST, lost);
			msg.put_u64(KHTTP_ERROR_A_SEQ, seq);
			msg.put(KHTTP_ERROR_A_CLIENT, 0x0100007fU);
			msg.put(KHTTP_ERROR_A_LOCAL, 0x0100007fU);
			msg.put(KHTTP_ERROR_A_STATUS, 404U);
			msg.put(KHTTP_ERROR_A_REASON, reason);
		},
		NLM_F_MULTI);
}

/* One that has so many records, or is off */
struct kernel {
	std::vector<fake::byte_vector> records;
	bool off = false;
	fake::request last;
	std::ostringstream out, err;
	context ctx{ out, err };

	kernel()
	{
		khttp::detail::genl_link link;

		link.port = std::make_unique<fake::port>(
			[this](const fake::request &request) { return tell(request); });
		link.family = fake::family;
		ctx.session.emplace(std::make_unique<khttp::control::impl>(std::move(link)));
	}

	fake::datagrams tell(const fake::request &request)
	{
		fake::datagrams all;

		if (request.command == KHTTP_CMD_ERROR_GET) {
			last = request;
			all = records;
			all.push_back(fake::answer([](message &msg) {
				msg.put_u64(KHTTP_ERROR_A_NEXT, 9);
				msg.put_u64(KHTTP_ERROR_A_LOST, 4);
			}));
		} else if (request.command == KHTTP_CMD_LIMITS_GET) {
			all.push_back(fake::answer([this](message &msg) {
				msg.put(KHTTP_LIMIT_A_NAME, "error_log");
				msg.put_u64(KHTTP_LIMIT_A_VALUE, off ? 0 : 1024);
			}));
		}
		all.push_back(fake::end_of_dump());
		return all;
	}

	int run(arguments args) { return find_command("errors", "")->run(ctx, args); }
};

struct typed_result {
	int status;
	std::string out, err;
};

typed_result typed(std::vector<const char *> words)
{
	std::ostringstream out, err;

	words.insert(words.begin(), "khttpctl");
	int status = khttpctl::run(static_cast<int>(words.size()), words.data(), out, err, false);
	return { status, out.str(), err.str() };
}

} // namespace

TEST_CASE("the log is shown with what is missing where it is missing")
{
	kernel k;

	k.records = { record_message(3, "NoPrefix", 2), record_message(4, "URL") };
	CHECK(k.run({}) == 0);
	std::string text = k.out.str();
	CHECK_THAT(text, Catch::StartsWith("#Fields: "));
	CHECK(text.find("#Lost: 2 ") < text.find("NoPrefix"));
	CHECK(text.find("NoPrefix") < text.find(" URL -"));
	CHECK(text.find(" URL -") < text.find("#Lost: 4 "));
	CHECK_THAT(text, Contains("127.0.0.1"));
}

TEST_CASE("only the last ones, as JSON lines")
{
	kernel k;

	k.records = { record_message(3, "NoPrefix", 2), record_message(4, "URL") };
	k.ctx.json = true;
	CHECK(k.run({ {}, {}, { { "last", "1" } } }) == 0);
	std::istringstream lines(k.out.str());
	std::string first, second, third;
	std::getline(lines, first);
	std::getline(lines, second);
	CHECK(json::parse(first)["reason"] == "URL");
	CHECK(json::parse(first)["seq"] == 4);
	CHECK(json::parse(second)["lost"] == 4);
	CHECK(!std::getline(lines, third));
	CHECK_THROWS_WITH(k.run({ {}, {}, { { "last", "few" } } }), Contains("number"));
}

TEST_CASE("the filter is the kernel's, the reason in its own spelling")
{
	kernel k;

	k.records = { record_message(1, "QueueFull") };
	CHECK(k.run({ {}, {}, { { "reason", "queuefull" }, { "queue", "app" } } }) == 0);
	const khttp::detail::attribute_table asked(k.last.attributes);
	CHECK(asked.text(KHTTP_ERROR_A_REASON) == "QueueFull");
	CHECK(asked.text(KHTTP_ERROR_A_QUEUE) == "app");
	CHECK_FALSE(asked.has(KHTTP_ERROR_A_FROM));
	CHECK_THROWS_AS(k.run({ {}, {}, { { "reason", "QueueFul" } } }), usage_error);
}

TEST_CASE("nothing is explained where that is because of how one asked")
{
	kernel k;

	CHECK(k.run({}) == 0);
	CHECK_THROWS_WITH(k.run({ {}, {}, { { "queue", "ap" } } }), Contains("no queue 'ap'"));
	k.off = true;
	CHECK_THROWS_WITH(k.run({}), Contains("limits set error_log"));
}

TEST_CASE("reasons are told without a module, whatever their case")
{
	typed_result shown = typed({ "reason", "show", "queueFULL" });

	CHECK(shown.status == 0);
	CHECK_THAT(shown.out, Contains("QueueFull") && Contains("503") &&
				      Contains("khttpctl queue set length"));
	typed_result typo = typed({ "reason", "show", "QueueFul" });
	CHECK(typo.status == 2);
	CHECK_THAT(typo.err, Contains("did you mean 'QueueFull'"));
	CHECK_THAT(typed({ "reason", "show", "timer_" }).err, Contains("Timer_ReqQueue") ||
									 Contains("Timer_"));
	CHECK_THAT(typed({ "reason", "list" }).out, Contains("Version_N/S"));
	CHECK(json::parse(typed({ "reason", "list", "-j" }).out).size() == all_reasons().size());
}

TEST_CASE("a reason's setting is a command there is")
{
	for (const reason_info &reason : all_reasons()) {
		std::istringstream words(reason.knob);
		std::string object, verb;

		words >> object >> verb;
		INFO(reason.word << ": " << reason.knob);
		if (!object.empty())
			CHECK((find_command(object, verb) || find_command(object, "")));
	}
}

TEST_CASE("an option's value is asked for")
{
	CHECK(typed({ "errors", "--last" }).status == 2);
	CHECK_THAT(typed({ "errors", "--help" }).out, Contains("--queue NAME"));
	CHECK_THAT(typed({ "errors", "--reason", "QueueFul" }).err, Contains("QueueFull"));
}
