// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <fstream>
#include <regex>
#include <sstream>

#include <khttp/error.hpp>

#include "apply/base64.hpp"
#include "apply/diff.hpp"
#include "apply/live.hpp"
#include "apply/merge.hpp"
#include "apply/read.hpp"
#include "apply/send.hpp"
#include "apply/write.hpp"

using namespace khttpctl::configuration;
using Catch::Contains;

namespace {

const dictionary words({
	{ "max_body", 0, 0, 0, INT64_MAX, "bytes", "", true },
	{ "idle_timeout", 75000, 75000, 100, 86400000, "ms", "", true },
	{ "cache_bytes", 67108864, 67108864, 0, INT64_MAX, "bytes", "", false },
});

model whole(const std::string &text, const model &live = {}, bool keep = false)
{
	return complete(read_text(text, "f", words), live, words, keep);
}

std::string refusal(const std::string &text)
{
	try {
		static_cast<void>(whole(text));
	} catch (const khttp::error &failure) {
		return failure.what();
	}
	return "";
}

std::string written(const model &m)
{
	std::ostringstream out;

	write_file(out, m, words);
	return out.str();
}

/* Each key of each table, none with its first value */
const char everything[] = R"(
[limits]
max_body = "10M"
idle_timeout = "60s"
cache_bytes = 0
[networks]
office = ["192.0.2.0/24", "2001:db8::/32", "192.0.2.5"]
none = []
[rate.login]
rate = "10/m"
burst = 5
ipv4 = 24
ipv6 = 48
addresses = 64
[listener.80]
proxy = "v2"
trusted = ["10.0.0.0/8", "::1"]
client-from = "forwarded"
backlog = 100
keepalive = "60s,10s,5"
device = "lo"
address = ["127.0.0.1"]
[listener."[::1]:81"]
[queue.app]
length = 2000
owner = "1:2"
mode = 0o600
redeliver = "never"
redeliver-body = "4K"
verbosity = "basic"
retry-after = "5m"
state = "inactive"
delegates = "other,next"
[group.app]
server = "My \"server\""
maintenance = true
retry = "none"
filter = ["deny method POST path /admin not from @office", "rate login path /x"]
max_body = "64K"
page.503 = { body = "line\none\t\"two\"\\", type = "text/plain" }
page.404 = { base64 = "AP8=" }
[group.other]
queue = "app"
idle_timeout = "1500ms"
[reservation."http://+:80/me"]
user = 3
delegate = true
[reservation."http://+:80/us/"]
group = 4
listen = false
delegate = true
[url]
"http://+:80/" = "app"
"http://B.example/x" = { group = "other", context = 7 }
"http://c:80/" = { queue = "app", redirect = "http://d/", status = "temporary" }
)";

} // namespace

TEST_CASE("what is written is read as the same again, with every key there is")
{
	const model m = whole(everything);
	const std::string text = written(m);

	INFO(text);
	CHECK(differences(m, whole(text)).empty());
	CHECK(written(whole(text)) == text);
	CHECK_THAT(text,
		   Contains("\"http://b.example:80/x/\" = { context = 7, group = \"other\" }"));
	/* a network within another says nothing */
	CHECK_THAT(text, !Contains("192.0.2.5"));
}

namespace {

/* What a file says of each attribute, or why it says nothing */
const std::map<std::string, std::string> keys_of_attributes = {
	{ "QUEUE_A_NAME", "[queue.app]" },
	{ "QUEUE_A_LENGTH", "length = " },
	{ "QUEUE_A_UID", "owner = " },
	{ "QUEUE_A_GID", "owner = " },
	{ "QUEUE_A_MODE", "mode = " },
	{ "QUEUE_A_REDELIVER", "redeliver = " },
	{ "QUEUE_A_REDELIVER_BODY", "redeliver-body = " },
	{ "QUEUE_A_STATE", "state = " },
	{ "QUEUE_A_VERBOSITY", "verbosity = " },
	{ "QUEUE_A_RETRY_AFTER", "retry-after = " },
	{ "QUEUE_A_DELEGATES", "delegates = " },
	{ "GROUP_A_NAME", "[group.other]" },
	{ "GROUP_A_QUEUE", "queue = \"app\"" },
	{ "GROUP_A_LIMIT", "max_body = \"64K\"" },
	{ "GROUP_A_SERVER", "server = " },
	{ "GROUP_A_PAGE", "page.503 = " },
	{ "GROUP_A_MAINTENANCE", "maintenance = " },
	{ "GROUP_A_RETRY_AFTER", "retry = " },
	{ "PAGE_A_STATUS", "page.404" },
	{ "PAGE_A_TYPE", "type = " },
	{ "PAGE_A_BODY", "body = " },
	{ "URL_A_PREFIX", "\"http://+:80/\"" },
	{ "URL_A_QUEUE", "\"http://+:80/\" = \"app\"" },
	{ "URL_A_CONTEXT", "context = " },
	{ "URL_A_GROUP", "group = " },
	{ "URL_A_REDIRECT", "redirect = " },
	{ "URL_A_STATUS", "status = " },
	{ "RESERVATION_A_PREFIX", "[reservation.\"http://+:80/me/\"]" },
	{ "RESERVATION_A_UID", "user = " },
	{ "RESERVATION_A_GID", "group = " },
	{ "RESERVATION_A_RIGHTS", "delegate = " },
	{ "FILTER_A_GROUP", "filter = " },
	{ "FILTER_A_RULE", "filter = " },
	{ "FILTER_A_TEXT", "deny method" },
	{ "NETWORKS_A_NAME", "office = " },
	{ "NETWORKS_A_IPV4", "192.0.2.0/24" },
	{ "NETWORKS_A_IPV6", "2001:db8::/32" },
	{ "RATE_A_NAME", "[rate.login]" },
	{ "RATE_A_COUNT", "rate = \"10/m\"" },
	{ "RATE_A_PERIOD", "rate = \"10/m\"" },
	{ "RATE_A_BURST", "burst = " },
	{ "RATE_A_BITS4", "ipv4 = " },
	{ "RATE_A_BITS6", "ipv6 = " },
	{ "RATE_A_ADDRESSES", "addresses = " },
	{ "LISTENER_A_ADDR", "[listener.\"[::1]:81\"]" },
	{ "LISTENER_A_PORT", "[listener.80]" },
	{ "LISTENER_A_PROXY", "proxy = " },
	{ "LISTENER_A_TRUSTED", "trusted = " },
	{ "LISTENER_A_CLIENT_FROM", "client-from = " },
	{ "LISTENER_A_BACKLOG", "backlog = " },
	{ "LISTENER_A_KEEP_IDLE", "keepalive = " },
	{ "LISTENER_A_KEEP_INTERVAL", "keepalive = " },
	{ "LISTENER_A_KEEP_COUNT", "keepalive = " },
	{ "LISTENER_A_DEVICE", "device = " },
	{ "LISTENER_A_ADDRESSES", "address = " },
	{ "LIMIT_A_ENTRY", "[limits]" },
	{ "LIMIT_A_NAME", "cache_bytes = " },
	{ "LIMIT_A_VALUE", "cache_bytes = " },
	/* how a change is asked for, and nothing that is */
	{ "GROUP_A_FORCE", "" },
	{ "GROUP_A_BODY_OF", "" },
	{ "URL_A_REPLACE", "" },
	{ "FILTER_A_ID", "" },
	{ "FILTER_A_GENERATION", "" },
	{ "NETWORKS_A_MORE", "" },
	{ "NETWORKS_A_ABORT", "" },
	{ "NETWORKS_A_GENERATION", "" },
	{ "NETWORKS_A_START", "" },
	{ "NETWORKS_A_ADDRESS", "" },
	{ "LIMIT_A_INHERIT", "" },
	{ "TRANSACTION_A_GENERATION", "" },
	/* commands that change no configuration */
	{ "WORKER_A_QUEUE", "" },
	{ "WORKER_A_ID", "" },
	{ "CACHE_A_URL", "" },
	{ "CACHE_A_RECURSIVE", "" },
	{ "CACHE_A_ALL", "" },
	{ "CACHE_A_TAG", "" },
	{ "CACHE_A_SOFT", "" },
	{ "ERROR_A_FROM", "" },
	{ "ERROR_A_REASON", "" },
	{ "ERROR_A_QUEUE", "" },
	{ "GRANT_A_QUEUE", "" },
	{ "GRANT_A_ID", "" },
	{ "GRANT_A_ALL", "" },
	{ "GRANT_A_DETACH", "" },
};

} // namespace

TEST_CASE("every attribute that the kernel takes has its key in the file")
{
	std::ifstream file(KHTTPCTL_FOLDER "/../kmod/genl.c");
	const std::string text = written(whole(everything));
	const std::regex row(R"(\[KHTTP_(\w+_A_\w+)\] = )");
	std::string line;
	int n = 0;

	REQUIRE(file);
	while (std::getline(file, line)) {
		std::smatch found;

		if (!std::regex_search(line, found, row))
			continue;
		INFO(found[1]);
		REQUIRE(keys_of_attributes.contains(found[1]));
		CHECK_THAT(text, Contains(keys_of_attributes.at(found[1])));
		n++;
	}
	CHECK(n > 50);
}

TEST_CASE("mistakes are told with their place and what would be right")
{
	CHECK_THAT(refusal("[queue.app]\nlenght = 5\n"),
		   Contains("f:2:10: ") &&
			   Contains("unknown key 'lenght' (did you mean 'length'?)"));
	CHECK_THAT(refusal("[queu.app]\n"), Contains("f:1:") && Contains("'queue'"));
	CHECK_THAT(refusal("[queue.app]\nlength = 0\n"), Contains("from 1 to 1000000"));
	CHECK_THAT(refusal("[queue.app]\nlength = [1]\n"), Contains("no list"));
	CHECK_THAT(refusal("[queue.app]\nlength = 1.5\n"), Contains("write a text, a number"));
	CHECK_THAT(refusal("[queue.\"a/b\"]\n"), Contains("names are 1 to 63"));
	CHECK_THAT(refusal("[queue.-a]\n"), Contains("not '-' first"));
	CHECK_THAT(refusal("[limits]\nmax_bodi = 1\n"), Contains("did you mean 'max_body'?"));
	CHECK_THAT(refusal("[queue.app]\n[group.app]\ncache_bytes = 1\n"),
		   Contains("write it below [limits]"));
	CHECK_THAT(refusal("[queue.app]\n[group.app]\nfilter = [\"deny pth /\"]\n"),
		   Contains("f:3:"));
	CHECK_THAT(refusal("[networks]\na = [\"10.0.0.0/33\"]\n"), Contains("10.0.0.0/33"));
	CHECK_THAT(refusal("[rate.a]\nburst = 1\n"),
		   Contains("f:1:") && Contains("rate = \"10/s\""));
	CHECK_THAT(refusal("[url]\n\"http://a/\" = \"shop\"\n[queue.shopp]\n"),
		   Contains("f:2:") && Contains("no queue 'shop' (did you mean 'shopp'?)"));
	CHECK_THAT(refusal("[url]\n\"http://a:80/\" = {}\n"),
		   Contains("name its queue or its group"));
	CHECK_THAT(refusal("[queue.a]\n[url]\n\"http://a\" = \"a\"\n\"http://A:80/\" = \"a\"\n"),
		   Contains("stands at f:4:"));
	CHECK_THAT(refusal("[reservation.\"http://a:80/\"]\n"),
		   Contains("f:1:") && Contains("say for whom"));
	CHECK_THAT(refusal("[reservation.\"http://a:80/\"]\nuser = 1\nlisten = false\n"),
		   Contains("it grants nothing"));
	CHECK_THAT(refusal("[group.x]\n"), Contains("say which queue it feeds"));
	CHECK_THAT(refusal("[queue.a]\nlength = 1\nlength = 2\n"), Contains("f:3:"));
	CHECK_THAT(refusal("[queue.a\n"), Contains("f:1:"));
	CHECK_THAT(refusal("[app.a]\nworkers = 2\n"), Contains("has no command"));
	CHECK_THAT(refusal("[app.a]\ncommand = [\"x\"]\nworkers = \"many\"\n"),
		   Contains("--workers many"));
	CHECK_THAT(refusal("[queue.a]\n[group.a]\npage.200 = { body = \"\" }\n"),
		   Contains("status from 400 to 599"));
	CHECK_THAT(refusal("[queue.a]\n[group.a]\npage.503 = \"/none/such\"\n"),
		   Contains("/none/such"));
	/* all of them at once */
	CHECK_THAT(refusal("[queue.a]\nx = 1\ny = 2\n"), Contains("'x'") && Contains("'y'"));
}

TEST_CASE("what a file does not say is as it is at first, or stays when that is asked for")
{
	const model live = whole("[queue.a]\nlength = 5\nmode = 0o600\n[queue.b]\n");

	const model first = whole("[queue.a]\nlength = 6\n", live);
	CHECK(first.of(kind::queue).at("a").at("mode").text == "0660");
	CHECK(!first.of(kind::queue).contains("b"));
	const model kept = whole("[queue.a]\nlength = 6\n", live, true);
	CHECK(kept.of(kind::queue).at("a").at("mode").text == "0600");
	CHECK(kept.of(kind::queue).at("a").at("length").text == "6");
	CHECK(kept.of(kind::queue).contains("b"));
	CHECK(whole("", live, true).all == live.all);
}

TEST_CASE("a difference names what is added, changed and removed")
{
	const model live = whole("[queue.a]\n[queue.b]\n[url]\n\"http://a:80/\" = \"a\"\n");
	const model wanted =
		whole("[queue.a]\nlength = 5\n[queue.c]\n[url]\n\"http://a:80/\" = \"c\"\n");
	const std::vector<change> changes = differences(live, wanted);
	std::ostringstream out;

	print_changes(out, changes, false);
	CHECK_THAT(out.str(), Contains("~ queue a\n    length                   1000 -> 5\n"));
	CHECK_THAT(out.str(), Contains("+ queue c\n"));
	CHECK_THAT(out.str(), Contains("- queue b\n"));
	CHECK_THAT(out.str(),
		   Contains("~ url http://a:80/\n    queue                    a -> c\n"));
	CHECK(summary(changes) == "4 changes: 1 added, 2 changed, 1 removed");
	CHECK(summary({}) == "nothing to change");
	CHECK(json_of(changes)[0]["object"] == "queue");
	std::istringstream lines(out.str());
	for (std::string line; std::getline(lines, line);)
		CHECK(line.size() <= 80);
}

namespace {

std::vector<std::string> titles(const std::string &before, const std::string &after)
{
	snapshot now;
	std::vector<std::string> out;

	now.now = whole(before);
	const model wanted = whole(after);
	for (const step &s : steps_for(differences(now.now, wanted), now, wanted, words))
		out.push_back(s.title);
	return out;
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("changes come in an order that the kernel can make")
{
	/* what is named first, what is deleted before what may need its name */
	CHECK(titles("[queue.old]\n[url]\n\"http://a:80/\" = \"old\"\n",
		     "[queue.new]\n[networks]\ns = [\"::1\"]\n[group.new]\n"
		     "filter = [\"deny from @s\"]\n[url]\n\"http://a:80/\" = \"new\"\n") ==
	      names{ "networks s", "queue old", "queue new", "group new", "url http://a:80/" });
	CHECK(titles("[networks]\ns = [\"::1\"]\n", "") == names{ "networks s" });
	/* a group that gets another queue is made anew, and its prefixes move over */
	const std::string queues = "[queue.a]\n[queue.b]\n";
	const std::string url = "[url]\n\"http://a:80/\" = { group = \"g\" }\n";
	CHECK(titles(queues + "[group.g]\nqueue = \"a\"\n" + url,
		     queues + "[group.g]\nqueue = \"b\"\n" + url) ==
	      names{ "group g", "group g", "url http://a:80/" });
	/* a queue may take the name of a group */
	CHECK(titles("[queue.a]\n[group.g]\nqueue = \"a\"\n", "[queue.a]\n[queue.g]\n") ==
	      names{ "group g", "queue g" });
	/* how many clients a rate knows is said when it is made */
	const std::string rate = "[rate.r]\nrate = \"1/s\"\n";
	const std::string rule = "[queue.a]\n[group.a]\nfilter = [\"rate r\"]\n";
	CHECK(titles(rate + rule, rate + "addresses = 64\n" + rule) ==
	      names{ "rate r", "rate r", "group a" });
	/* nobody's requests are in between: what is bound comes first, and goes last */
	const std::string mine = "[reservation.\"http://a:80/\"]\nuser = 1\n";
	const std::string bound = "[queue.a]\n[url]\n\"http://a:80/\" = \"a\"\n";
	CHECK(titles("[queue.a]\n", mine + bound) ==
	      names{ "url http://a:80/", "reservation http://a:80/" });
	CHECK(titles(mine + bound, "[queue.a]\n") ==
	      names{ "reservation http://a:80/", "url http://a:80/" });
	/* another holder is another reservation */
	CHECK(titles(mine, mine + "delegate = true\n") ==
	      names{ "reservation http://a:80/", "reservation http://a:80/" });
	/* what somebody reserved for his own there makes room */
	snapshot his;
	his.now = whole("");
	his.delegated = { "http://a:80/" };
	CHECK(steps_for(differences(his.now, whole(mine)), his, whole(mine), words).size() == 2);
	CHECK(titles(everything, everything).empty());
}

TEST_CASE("base64 is read as it was written, and else refused")
{
	for (const char *text : { "", "a", "ab", "abc", "abcd" })
		CHECK(from_base64(to_base64(text)) == text);
	CHECK(to_base64(std::string("\0\xff", 2)) == "AP8=");
	for (const char *text : { "A", "AB", "ABC", "A===", "AB=C", "A?==", "AP9=" })
		CHECK_THROWS(from_base64(text));
	CHECK(is_text("caf\xc3\xa9\n"));
	CHECK(!is_text("\xff"));
	CHECK(!is_text(std::string_view("\0", 1)));
}
