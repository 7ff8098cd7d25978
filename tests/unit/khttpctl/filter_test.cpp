// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cerrno>
#include <sstream>

#include <linux/khttp.h>

#include "codec.hpp"
#include "command.hpp"
#include "control.hpp"
#include "fake_kernel.hpp"
#include "rules.hpp"

using namespace khttpctl;
using Catch::Contains;
using khttp::detail::attribute_table;
using khttp::detail::message;

namespace {

const std::vector<const char *> rules_in_force = {
	"deny 404 segment .git", "rate login path /login", "deny from @bad",
	"allow path /open", "deny field x-debug=1",
};

fake::byte_vector rule(std::uint64_t id)
{
	return fake::answer([=](message &msg) {
		msg.put(KHTTP_FILTER_A_GROUP, "app");
		msg.put_u64(KHTTP_FILTER_A_GENERATION, 3);
		msg.put_u64(KHTTP_FILTER_A_ID, id);
		msg.put(KHTTP_FILTER_A_TEXT, rules_in_force[id - 1]);
	});
}

/* 10.0.0.0/8, 192.0.2.1, 192.0.2.2 */
fake::byte_vector content()
{
	static const char packed[] = "\x0a\0\0\0\x08\xc0\0\2\1\x20\xc0\0\2\2\x20";

	return fake::answer([](message &msg) {
		msg.put(KHTTP_NETWORKS_A_NAME, "bad");
		msg.put_u64(KHTTP_NETWORKS_A_GENERATION, 9);
		msg.put(KHTTP_NETWORKS_A_COUNT4, std::uint32_t{ 3 });
		msg.put(KHTTP_NETWORKS_A_COUNT6, std::uint32_t{ 0 });
		msg.put_bytes(KHTTP_NETWORKS_A_IPV4,
			      std::as_bytes(std::span(packed, sizeof(packed) - 1)));
	});
}

/* app, and bare, which has no rules */
fake::datagrams tell_groups(const fake::request &request)
{
	auto one = [](const char *name) {
		return fake::answer([=](message &msg) { msg.put(KHTTP_GROUP_A_NAME, name); });
	};

	if (request.flags & NLM_F_DUMP)
		return { one("app"), one("bare"), fake::end_of_dump() };
	const std::string asked = attribute_table(request.attributes).text(KHTTP_GROUP_A_NAME);
	if (asked != "app" && asked != "bare")
		return { fake::verdict(-ENOENT) };
	return { one(asked.c_str()), fake::verdict(0) };
}

/* The group app has the rules above; 192.0.2.1 is in the set bad, if any is */
fake::datagrams tell_filters(const fake::request &request)
{
	fake::datagrams all;

	switch (request.command) {
	case KHTTP_CMD_FILTER_GET:
		for (std::uint64_t id = 1; id <= rules_in_force.size(); id++)
			all.push_back(rule(id));
		all.push_back(fake::end_of_dump());
		return all;
	case KHTTP_CMD_LIMITS_GET:
		return { fake::end_of_dump() };
	case KHTTP_CMD_GROUP_GET:
		return tell_groups(request);
	case KHTTP_CMD_NETWORKS_GET: {
		auto address = attribute_table(request.attributes).raw(KHTTP_NETWORKS_A_ADDRESS);
		bool found = address.size() == 4 && address[3] == std::byte{ 1 };

		if (attribute_table(request.attributes).has(KHTTP_NETWORKS_A_START))
			return { content(), fake::verdict(0) };
		return { fake::answer([&](message &msg) {
				 msg.put(KHTTP_NETWORKS_A_NAME, "bad");
				 if (found)
					 msg.put_flag(KHTTP_NETWORKS_A_FOUND);
			 }),
			 fake::verdict(0) };
	}
	default:
		return { fake::verdict(0) };
	}
}

struct filter_session {
	std::ostringstream out, err;
	context ctx{ out, err };
	fake::request last;

	filter_session()
	{
		khttp::detail::genl_link link;

		link.port = std::make_unique<fake::port>([this](const fake::request &request) {
			last = request;
			return tell_filters(request);
		});
		link.family = fake::family;
		ctx.session.emplace(std::make_unique<khttp::control::impl>(std::move(link)));
	}

	int run(const char *object, const char *verb, std::vector<std::string> words)
	{
		return find_command(object, verb)->run(ctx, { std::move(words), {} });
	}

	/* Of the rules that were set: "1 2 'a new one'" */
	std::string set_rules() const
	{
		std::string list;
		khttp::detail::byte_view rest = last.attributes;

		while (!rest.empty()) {
			nlattr header;

			std::memcpy(&header, rest.data(), sizeof(header));
			if ((header.nla_type & NLA_TYPE_MASK) == KHTTP_FILTER_A_RULE) {
				const attribute_table a(
					rest.first(header.nla_len).subspan(sizeof(header)));
				list += a.has(KHTTP_FILTER_A_ID)
						? std::to_string(a.u64(KHTTP_FILTER_A_ID))
						: "'" + a.text(KHTTP_FILTER_A_TEXT) + "'";
				list += ' ';
			}
			rest = rest.subspan(std::min<std::size_t>(NLA_ALIGN(header.nla_len),
								  rest.size()));
		}
		return list;
	}
};

} // namespace

TEST_CASE("rules are taken word by word or as a whole, in normal form")
{
	auto text = [](std::vector<std::string> words) { return rule_text(words); };

	CHECK(text({ "deny", "from", "10.0.0.0/8" }) == "deny from 10.0.0.0/8");
	CHECK(text({ "deny  path /Admin/" }) == "deny path /Admin");
	CHECK(text({ "deny", "field", "user-agent=Bad bot" }) ==
	      "deny field \"user-agent=Bad bot\"");
	CHECK(text({ "deny", "field", "a=\"b c" }) == "deny field 'a=\"b c'");
	CHECK_THROWS_WITH(text({ "deny", "method", "get" }), Contains("no such method"));
	CHECK_THROWS_WITH(text({ "permit" }), Contains("begins with allow"));
}

TEST_CASE("a rule comes into its place, and the others stay what they are")
{
	filter_session s;

	CHECK(s.run("filter", "add", { "app", "deny", "path", "/x" }) == 0);
	CHECK(s.set_rules() == "1 2 3 4 5 'deny path /x' ");
	CHECK(attribute_table(s.last.attributes).u64(KHTTP_FILTER_A_GENERATION) == 3);
	CHECK(s.run("filter", "add", { "app", "at", "2", "deny" }) == 0);
	CHECK(s.set_rules() == "1 'deny' 2 3 4 5 ");
	CHECK(s.run("filter", "del", { "app", "5" }) == 0);
	CHECK(s.set_rules() == "1 2 3 4 ");
	CHECK(s.run("filter", "flush", { "app" }) == 0);
	CHECK(s.set_rules().empty());
	CHECK_THROWS_WITH(s.run("filter", "add", { "app", "at", "7", "deny" }), Contains("1 to 6"));
	CHECK_THROWS_WITH(s.run("filter", "add", { "app" }), Contains("rule is missing"));
	CHECK_THROWS_WITH(s.run("filter", "del", { "app", "0" }), Contains("1 to 5"));
}

TEST_CASE("a request is tried as the kernel would")
{
	auto tried = [](std::vector<std::string> words) {
		filter_session s;
		int status = s.run("filter", "test", std::move(words));

		return std::to_string(status) + " " + s.out.str();
	};

	CHECK_THAT(tried({ "app", "192.0.2.2", "GET", "/" }), Contains("no rule matches"));
	CHECK_THAT(tried({ "app", "192.0.2.2", "GET", "/a/%2egit" }),
		   Contains("1 ") && Contains("rule 1") && Contains("404"));
	CHECK_THAT(tried({ "app", "192.0.2.1", "GET", "/" }), Contains("rule 3"));
	CHECK_THAT(tried({ "app", "::ffff:192.0.2.1", "GET", "/" }), Contains("rule 3"));
	CHECK_THAT(tried({ "app", "192.0.2.2", "POST", "/login" }),
		   Contains("0 ") && Contains("rule 2") && Contains("429"));
	CHECK_THAT(tried({ "app", "192.0.2.1", "POST", "/login" }),
		   Contains("rule 2") && Contains("rule 3") && Contains("403"));
	CHECK_THAT(tried({ "app", "192.0.2.2", "GET", "/", "X-Debug: 1" }), Contains("rule 5"));
	CHECK_THAT(tried({ "app", "192.0.2.2", "GET", "/open", "X-Debug: 1" }),
		   Contains("rule 4") && Contains("passes"));
	CHECK_THROWS_WITH(tried({ "app", "192.0.2.2", "GET", "/\x01" }),
			  Contains("kernel answers 400"));
	CHECK_THROWS_WITH(tried({ "app", "192.0.2.0/24", "GET", "/" }), Contains("one address"));
	CHECK_THROWS_WITH(tried({ "app", "192.0.2.2", "GET" }), Contains("GROUP ADDRESS"));
	CHECK_THROWS_WITH(tried({ "app", "192.0.2.2", "GET", "/", "x" }), Contains("NAME:VALUE"));
}

TEST_CASE("a group that there is not is told from one without rules")
{
	filter_session s;
	auto none = Contains("there is no group 'bar' (did you mean 'bare'?)");

	CHECK_THROWS_WITH(s.run("filter", "test", { "bar", "192.0.2.1", "GET", "/" }), none);
	CHECK_THROWS_WITH(s.run("filter", "list", { "bar" }), none);
	CHECK_THROWS_WITH(s.run("filter", "del", { "bar", "1" }), none);
	CHECK_THROWS_WITH(s.run("filter", "del", { "bare", "1" }), "the group has no rules");
	CHECK(s.run("filter", "test", { "bare", "192.0.2.1", "GET", "/" }) == 0);
	CHECK(s.run("filter", "list", { "bare" }) == 0);
}

TEST_CASE("networks are taken out of a set that stands in its order, all or none")
{
	filter_session s;
	auto loaded = [&] {
		const attribute_table a(s.last.attributes);

		CHECK(s.last.command == KHTTP_CMD_NETWORKS_LOAD);
		CHECK(a.u64(KHTTP_NETWORKS_A_GENERATION) == 9);
		return a.raw(KHTTP_NETWORKS_A_IPV4).size() / 5;
	};

	CHECK(s.run("networks", "remove", { "bad", "192.0.2.2", "10.0.0.0/8" }) == 0);
	CHECK(loaded() == 1);
	CHECK(attribute_table(s.last.attributes).raw(KHTTP_NETWORKS_A_IPV4)[3] == std::byte{ 1 });
	CHECK(s.run("networks", "add", { "bad", "192.0.2.0/24", "198.51.100.1" }) == 0);
	CHECK(loaded() == 3);
	CHECK_THROWS_WITH(s.run("networks", "remove", { "bad", "192.0.2.2", "192.0.2.0/24" }),
			  Contains("192.0.2.0/24 does not stand in the set bad"));
	CHECK(s.last.command == KHTTP_CMD_NETWORKS_GET);
}

TEST_CASE("a group tells of its filter in short")
{
	filter_session s;

	CHECK(s.run("group", "show", { "app" }) == 0);
	CHECK_THAT(s.out.str(), Contains("5 rules, generation 3"));
	s.out.str("");
	s.ctx.json = true;
	CHECK(s.run("group", "show", { "app" }) == 0);
	CHECK_THAT(s.out.str(), Contains("\"rules\": 5") && Contains("\"generation\": 3"));
	CHECK_THROWS_WITH(s.run("group", "set", { "app", "filter", "deny" }),
			  Contains("khttpctl filter add"));
}

TEST_CASE("rates are read as they are spoken of")
{
	filter_session s;
	auto rate = [&](const char *text) {
		CHECK(s.run("rate", "set", { "r", text }) == 0);
		const attribute_table a(s.last.attributes);

		return std::to_string(a.u32(KHTTP_RATE_A_COUNT)) + "/" +
		       std::to_string(a.u32(KHTTP_RATE_A_PERIOD));
	};

	CHECK(rate("10/s") == "10/1");
	CHECK(rate("600/m") == "600/60");
	CHECK(rate("1000/h") == "1000/3600");
	CHECK(rate("100/10s") == "100/10");
	for (const char *wrong : { "10", "/s", "0/s", "10/", "10/0s", "10/x", "10/2d", "-1/s" })
		CHECK_THROWS_WITH(s.run("rate", "set", { "r", wrong }), Contains("is no rate"));
}
