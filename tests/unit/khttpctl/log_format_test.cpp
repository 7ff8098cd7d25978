// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <sstream>

#include <nlohmann/json.hpp>
#include <sys/socket.h>

#include "command.hpp"
#include "log/format.hpp"
#include "log/reader.hpp"

using namespace khttpctl;
using namespace khttpctl::access;

namespace {

khttp_log_entry request()
{
	khttp_log_entry e{};
	const std::uint8_t client[4] = { 192, 0, 2, 1 }, local[4] = { 192, 0, 2, 2 };

	e.r.time_ns = 1767225600250000000; /* 2026-01-01 00:00:00.250 UTC */
	e.r.taken_ns = 1250000000;
	e.r.connection = 7;
	e.r.stream = 2;
	e.r.group = 3;
	e.r.received = 120;
	e.r.sent = 345;
	std::copy_n(client, 4, e.r.client.addr);
	std::copy_n(local, 4, e.r.local.addr);
	e.r.client.family = e.r.local.family = AF_INET;
	e.r.client.port = 40000;
	e.r.local.port = 80;
	e.r.status = 200;
	e.r.version = 0x0101;
	khttp_log_say(&e, KHTTP_LOG_METHOD, khttp_span_str("GET"));
	khttp_log_say(&e, KHTTP_LOG_TARGET, khttp_span_str("/a b?c=d"));
	khttp_log_say(&e, KHTTP_LOG_HOST, khttp_span_str("a.test"));
	khttp_log_say(&e, KHTTP_LOG_USER_AGENT, khttp_span_str("curl/8 (\"x\")"));
	khttp_log_say(&e, KHTTP_LOG_QUEUE, khttp_span_str("app"));
	return e;
}

surroundings here()
{
	return { "web1", [](std::uint64_t id) { return id == 3 ? "site" : ""; } };
}

/* A text of another length than that of a literal */
void put(khttp_log_entry &e, khttp_log_text which, std::string_view text)
{
	e.said &= ~(1U << which);
	khttp_log_say(&e, which, khttp_span_of(text.data(), static_cast<u32>(text.size())));
}

/* As a worker's field block has it */
std::string added(std::string_view name, std::string_view value)
{
	const u16 lengths[] = { static_cast<u16>(name.size()), static_cast<u16>(value.size()) };
	std::string bytes(reinterpret_cast<const char *>(lengths), sizeof(lengths));

	return bytes.append(name).append(value);
}

std::string w3c_line(const khttp_log_entry &e, std::string_view fields = "all")
{
	return make_w3c(here(), parse_w3c_fields(fields))->line(e);
}

} // namespace

TEST_CASE("a W3C line has the fields of HTTP.sys in its order, and ours behind")
{
	std::unique_ptr<format> w3c = make_w3c(here(), parse_w3c_fields("all"));
	const std::string header = w3c->header(1767225600000000000);

	CHECK(header.find("#Version: 1.0\n#Date: 2026-01-01 00:00:00\n#Fields: date time "
			  "s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query "
			  "s-port cs-username c-ip cs-version cs(User-Agent) cs(Cookie) "
			  "cs(Referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes "
			  "cs-bytes time-taken streamid x-connection") != std::string::npos);
	CHECK(w3c->line(request()) ==
	      "2026-01-01 00:00:00 site web1 192.0.2.2 GET /a+b c=d 80 - 192.0.2.1 HTTP/1.1 "
	      "curl/8+(\"x\") - - a.test 200 0 0 345 120 1250 2 7 - app - 40000 7-2 -\n");
	CHECK(w3c->lost(3) == "#Lost: 3\n");
}

TEST_CASE("a W3C line has the fields that were asked for, in the order of the format")
{
	CHECK(w3c_line(request(), "sc-status,cs-method") == "GET 200\n");
	CHECK(make_w3c(here(), parse_w3c_fields("cs-method,sc-status"))->texts() ==
	      1U << KHTTP_LOG_METHOD);
	CHECK_THROWS_AS(parse_w3c_fields("cs-method,cs-metod"), usage_error);
	CHECK_THROWS_AS(parse_w3c_fields(""), usage_error);
}

TEST_CASE("what a worker added is shown by every format that can, whatever its bytes")
{
	khttp_log_entry e = request();
	const std::string block = added("cs-username", "a \"n\xff") + added("sc-substatus", "13") +
				  added("tenant", "blue\n") + added("tenant", "second");
	constexpr u32 bit = 1U << KHTTP_LOG_FIELDS;

	put(e, KHTTP_LOG_FIELDS, block);
	CHECK(w3c_line(e, "x-none,x-tenant,sc-win32-status,sc-substatus,cs-username") ==
	      "a+\"n%FF 13 0 - blue+\n");
	CHECK(make_w3c(here(), parse_w3c_fields("x-tenant"))->texts() == bit);
	CHECK(make_w3c(here(), parse_w3c_fields("x-tenant"))->header(0).ends_with("x-tenant\n"));
	CHECK(make_w3c(here(), parse_w3c_fields(w3c_default_fields))->texts() & bit);
	CHECK_THROWS_AS(parse_w3c_fields("x-"), usage_error);
	CHECK_THROWS_AS(parse_w3c_fields("x-a\nb"), usage_error);
	CHECK(make_ncsa(here(), false)->line(e).find("192.0.2.1 - a\\x20\\\"n\\xff [") == 0);
	CHECK(make_ncsa(here(), false)->texts() & bit);
	const nlohmann::json o = nlohmann::json::parse(make_json(here())->line(e));
	CHECK(o["fields"]["sc-substatus"] == "13");
	CHECK(o["fields"]["cs-username"] == "a \"n\xef\xbf\xbd");
	CHECK_FALSE(nlohmann::json::parse(make_json(here())->line(request())).contains("fields"));
	/* A block that is cut, or is none, is shown as far as it is one */
	put(e, KHTTP_LOG_FIELDS, std::string_view(block).substr(0, block.size() - 1));
	CHECK(w3c_line(e, "x-tenant") == "blue+\n");
	put(e, KHTTP_LOG_FIELDS, "\xff\xff\xff");
	CHECK(w3c_line(e, "sc-substatus,x-tenant") == "0 -\n");
}

TEST_CASE("whatever a client sent, a W3C line is one line of as many words")
{
	khttp_log_entry e = request();
	const std::string_view any("/\n\t \0\xff?\x1b[2J\x7f", 12);
	const std::string all = w3c_line(e);

	put(e, KHTTP_LOG_TARGET, any);
	put(e, KHTTP_LOG_USER_AGENT, any);
	put(e, KHTTP_LOG_METHOD, "");
	const std::string line = w3c_line(e);
	CHECK(std::ranges::count(line, ' ') == std::ranges::count(all, ' '));
	CHECK(std::ranges::count(line, '\n') == 1);
	CHECK(line.find(" - /++++%FF +[2J+ ") != std::string::npos);
	put(e, KHTTP_LOG_METHOD, "#Lost:");
	CHECK(w3c_line(e, "cs-method,sc-status") == "%23Lost: 200\n");
}

TEST_CASE("NCSA lines are common and combined, and begin with when it came")
{
	setenv("TZ", "LMT-2:30", 1);
	tzset();
	const std::string common = "192.0.2.1 - - [01/Jan/2026:02:29:59 +0230] "
				   "\"GET /a b?c=d HTTP/1.1\" 200 345";

	CHECK(make_ncsa(here(), false)->line(request()) == common + "\n");
	CHECK(make_ncsa(here(), true)->line(request()) ==
	      common + " \"-\" \"curl/8 (\\\"x\\\")\"\n");
	unsetenv("TZ");
	tzset();
}

TEST_CASE("nothing that a client sent ends a quoted part or a line of NCSA")
{
	khttp_log_entry e = request();

	setenv("TZ", "UTC0", 1);
	tzset();
	put(e, KHTTP_LOG_TARGET, "/\"\n\\\xff");
	e.r.status = 0;
	e.r.sent = 0;
	CHECK(make_ncsa(here(), false)
		      ->line(e)
		      .find("\"GET /\\\"\\x0a\\\\\\xff HTTP/1.1\" - -\n") != std::string::npos);
	e = khttp_log_entry{};
	CHECK(make_ncsa(here(), true)
		      ->line(e)
		      .find("- - - [01/Jan/1970:00:00:00 +0000] \"-\" - - "
			    "\"-\" \"-\"\n") == 0);
	unsetenv("TZ");
	tzset();
}

TEST_CASE("a JSON line is one object with the request's id, whatever its bytes")
{
	khttp_log_entry e = request();

	put(e, KHTTP_LOG_TARGET, "/\n\xff\x7f\xc2\x9b");
	e.r.flags = KHTTP_LOG_F_HIT | KHTTP_LOG_F_KERNEL;
	const std::string line = make_json(here())->line(e);
	CHECK(std::ranges::all_of(line.substr(0, line.size() - 1),
				  [](char c) { return c >= ' ' && c < 0x7f; }));
	CHECK(line.ends_with('\n'));
	const nlohmann::json o = nlohmann::json::parse(line);
	CHECK(o["time"] == "2026-01-01T00:00:00.250000Z");
	CHECK(o["connection"] == 7);
	CHECK(o["stream"] == 2);
	CHECK(o["group"] == "site");
	CHECK(o["target"] == "/\n\xef\xbf\xbd\x7f\xc2\x9b");
	CHECK(o["cache"] == "hit");
	e.r.flags |= KHTTP_LOG_F_COALESCED;
	CHECK(w3c_line(e, "x-cache") == "coalesced\n");
	CHECK(o["kernel"] == true);
	CHECK(o["taken_us"] == 1250000);
	CHECK_FALSE(o.contains("cookie"));
	CHECK(nlohmann::json::parse(make_json(here())->lost(5))["lost"] == 5);
}

TEST_CASE("a binary log read again gives the lines that were to be written, with names")
{
	std::unique_ptr<format> binary = make_binary(here());
	std::string bytes = binary->line(request()) + binary->lost(9) + binary->line(request());
	std::map<std::uint64_t, std::string> names;
	std::vector<std::string> lines;
	std::uint64_t lost = 0;

	CHECK(bytes.size() % 8 == 0);
	const receiver to{ [&](const khttp_log_entry &e) { lines.push_back(w3c_line(e)); },
			   [&](std::uint64_t n) { lost += n; },
			   [&](std::uint64_t id, std::string name) { names[id] = name; } };
	CHECK(take_records(bytes, to) == bytes.size());
	CHECK(lines == std::vector{ w3c_line(request()), w3c_line(request()) });
	CHECK(lost == 9);
	CHECK(names == std::map<std::uint64_t, std::string>{ { 3, "site" } });
	/* What the writer puts together can be read alone */
	CHECK(binary->line(request()).size() < bytes.size() / 2);
	binary->forget();
	CHECK(binary->line(request()).find("site") != std::string::npos);
}

TEST_CASE("a log that cannot be read is not one that ends")
{
	std::ostringstream out, err;
	context ctx{ out, err };

	CHECK(find_command("log", "read")->run(ctx, { { "/dev/null" }, {} }) == 0);
	CHECK_THROWS_WITH(find_command("log", "read")->run(ctx, { { "/" }, {} }),
			  "cannot read / to its end");
}
