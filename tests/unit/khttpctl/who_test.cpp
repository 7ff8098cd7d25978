// SPDX-License-Identifier: MIT
/* Who answers for a prefix, against a kernel of ours. */
#include <catch2/catch.hpp>

#include <sstream>

#include <linux/khttp.h>

#include "codec.hpp"
#include "command.hpp"
#include "control.hpp"
#include "fake_kernel.hpp"
#include "table.hpp"

using namespace khttpctl;
using Catch::Contains;
using khttp::detail::message;

namespace {

fake::byte_vector prefix(const char *url, const char *queue, bool redirects)
{
	return fake::answer([=](message &msg) {
		msg.put(KHTTP_URL_A_PREFIX, url);
		msg.put(KHTTP_URL_A_QUEUE, queue);
		msg.put(KHTTP_URL_A_GROUP, queue);
		if (!redirects)
			return;
		msg.put(KHTTP_URL_A_REDIRECT, "https://new/");
		msg.put(KHTTP_URL_A_STATUS, 308U);
	});
}

/* docs is served by process 1234; old has a redirect alone */
fake::datagrams tell_prefixes(const fake::request &request)
{
	const khttp::detail::attribute_table asked(request.attributes);

	switch (request.command) {
	case KHTTP_CMD_QUEUE_GET:
		return { fake::answer([&](message &msg) {
				 msg.put(KHTTP_QUEUE_A_NAME, asked.text(KHTTP_QUEUE_A_NAME));
			 }),
			 fake::verdict(0) };
	case KHTTP_CMD_URL_GET:
		return { prefix("http://+:80/", "docs", false),
			 prefix("http://+:80/doc/", "docs", true),
			 prefix("http://+:80/old/", "old", true), fake::end_of_dump() };
	case KHTTP_CMD_WORKER_GET:
		return { fake::answer([](message &msg) {
				 msg.put(KHTTP_WORKER_A_QUEUE, "docs");
				 msg.put(KHTTP_WORKER_A_PID, 1234U);
			 }),
			 fake::end_of_dump() };
	default: return { fake::end_of_dump() };
	}
}

std::string said(const char *object, const char *verb, std::vector<std::string> words, bool json)
{
	std::ostringstream out, err;
	context ctx{ out, err };
	khttp::detail::genl_link link;

	link.port = std::make_unique<fake::port>(tell_prefixes);
	link.family = fake::family;
	ctx.session.emplace(std::make_unique<khttp::control::impl>(std::move(link)));
	ctx.json = json;
	CHECK(find_command(object, verb)->run(ctx, { std::move(words), {} }) == 0);
	return out.str();
}

} // namespace

TEST_CASE("a redirect is the kernel's, not its queue's workers'")
{
	CHECK_THAT(said("who", "", {}, false),
		   Contains("http://+:80/doc/  308 https://new/ (docs)     -  -     the kernel"));
	json prefixes = json::parse(said("who", "", {}, true))["ports"][0]["prefixes"];
	REQUIRE(prefixes.size() == 3);
	CHECK(prefixes[0]["workers"].size() == 1);
	CHECK(prefixes[0]["redirect"].is_null());
	CHECK(prefixes[0]["status"].is_null());
	CHECK(prefixes[1]["queue"] == "docs");
	CHECK(prefixes[1]["workers"] == json::array());
	CHECK(prefixes[1]["redirect"] == "https://new/");
	CHECK(prefixes[1]["status"] == 308);
}

TEST_CASE("a queue is shown with the prefixes that feed it, which no redirect does")
{
	CHECK_THAT(said("queue", "show", { "docs" }, false),
		   Contains("http://+:80/ ") && !Contains("/doc/"));
	CHECK_THAT(said("queue", "show", { "old" }, false), Contains("no prefix feeds it"));
	CHECK(json::parse(said("queue", "show", { "docs" }, true))["urls"].size() == 1);
	CHECK(json::parse(said("queue", "show", { "old" }, true))["urls"].empty());
}
