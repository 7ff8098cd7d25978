/* SPDX-License-Identifier: MIT */
#include "status/page.hpp"
#include "status/sampler.hpp"

#include <algorithm>
#include <fstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "../metrics/looks.hpp"
#include "served.hpp"

using nlohmann::json;

namespace {

struct status_server {
	std::string figures = "{}\n";
	std::string complaint;
	status::service service{
		[this] {
			if (figures.empty())
				throw std::runtime_error("the module is not loaded");
			return std::make_shared<const std::string>(figures);
		},
		[this](const std::string &text) { complaint = text; }};
	served server{GENERATE(khttp::transport::ioctl, khttp::transport::uring),
		      [this](const khttp::request &rq, khttp::response &rs) {
			      status::answer(service, rq, rs);
		      }};

	fake_answer ask(std::string method, std::string path,
			std::string prefix = "http://127.0.0.1:80/",
			std::string authority = "127.0.0.1")
	{
		return server.ask({.method = std::move(method),
				   .path = std::move(path),
				   .authority = std::move(authority),
				   .prefix = std::move(prefix)});
	}
};

/* The names of all members, also of those below */
void names_of(const json &of, const std::string &above, std::vector<std::string> &to)
{
	if (!of.is_structured())
		return;
	for (const auto &[name, value] : of.items()) {
		const std::string full = above + (of.is_array() ? "" : "." + name);

		to.push_back(full);
		names_of(value, full, to);
	}
}

std::vector<std::string> names_of(const json &of)
{
	std::vector<std::string> names;

	names_of(of, "", names);
	std::ranges::sort(names);
	names.erase(std::unique(names.begin(), names.end()), names.end());
	return names;
}

} // namespace

TEST_CASE("the page and its parts are what the build found, and nobody keeps or frames them")
{
	status_server t;
	const std::pair<const char *, std::string_view> parts[] = {
		{"/", status::files.html},
		{"/status.css", status::files.css},
		{"/status.js", status::files.js}};

	for (const auto &[path, text] : parts) {
		const auto answer = t.ask("GET", path), head = t.ask("HEAD", path);

		CHECK(answer.status == 200);
		CHECK(answer.body == text);
		CHECK(answer.ttl == 0);
		CHECK(field_of(answer, "cache-control") == "no-store");
		CHECK(field_of(answer, "content-security-policy") == status::files.policy);
		CHECK(head.body.empty());
		CHECK(head.length == text.size());
	}
	CHECK(status::files.policy.starts_with("default-src 'none';"));
	CHECK(status::files.policy.find("unsafe") == std::string_view::npos);
}

TEST_CASE("the page has no code and no style that the policy would stop")
{
	for (const char *inside : {"style=", "onclick", "<script>", "<style", "http:", "https:"})
		CHECK(status::files.html.find(inside) == std::string_view::npos);
	for (const char *html : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write",
				 "eval(", "Function("})
		CHECK(status::files.js.find(html) == std::string_view::npos);
}

TEST_CASE("status.json has the figures, or says why not")
{
	status_server t;
	const auto answer = t.ask("GET", "/status.json");

	CHECK(answer.status == 200);
	CHECK(answer.body == t.figures);
	CHECK(field_of(answer, "content-type") == "application/json");
	CHECK(field_of(answer, "cache-control") == "no-store");
	t.figures.clear();
	CHECK(t.ask("GET", "/status.json").status == 503);
	CHECK(t.complaint == "the module is not loaded");
}

TEST_CASE("there is nothing else below the page, and nothing to change")
{
	status_server t;

	for (const char *path : {"/status", "/status.json/", "/index.html", "/status.policy"})
		CHECK(t.ask("GET", path).status == 404);
	for (const char *path : {"/", "/status.json", "/status.js"}) {
		const auto answer = t.ask("POST", path);

		CHECK(answer.status == 405);
		CHECK(field_of(answer, "allow") == "GET, HEAD");
	}
}

TEST_CASE("the page is at the prefix that brought the request, with a slash at its end")
{
	status_server t;
	const std::string prefix = "http://+:80/a b/status/";

	CHECK(t.ask("GET", "/a b/status/", prefix).body == status::files.html);
	CHECK(t.ask("GET", "/a b/status/status.json", prefix).body == t.figures);
	CHECK(t.ask("GET", "/a b/status/a", prefix).status == 404);
	const auto answer = t.ask("GET", "/a b/status", prefix);
	CHECK(answer.status == 308);
	CHECK(field_of(answer, "location") == "/a%20b/status/");
}

TEST_CASE("who is called by a name that nobody gave it shows nothing")
{
	status_server t;

	for (const char *path : {"/", "/status.json"})
		CHECK(t.ask("GET", path, "http://127.0.0.1:80/", "evil.example").status == 421);
	for (const char *prefix : {"http://127.0.0.1:8090/", "http://[::1]:8090/a/", "http://+:80/",
				   "http://*:80/"}) {
		for (const char *known : {"127.0.0.1:8090", "192.0.2.1", "[::1]:8090", "[::1]",
					  "localhost:8090", "LocalHost", ""})
			CHECK(status::may_be_called(prefix, known));
		for (const char *other : {"evil.example:8090", "127.0.0.1.evil.example",
					  "localhost.evil.example", "1.2.3", "0x7f.1", ":80"})
			CHECK_FALSE(status::may_be_called(prefix, other));
	}
	CHECK(status::may_be_called("http://status.example:80/", "status.example"));
	CHECK(status::may_be_called("http://*.example:80/", "status.example"));
}

TEST_CASE("there is one look for all who ask in one moment")
{
	std::uint64_t now = 100'000'000'000;
	unsigned looks = 0;
	status::sampler sampler{[&] {
					metrics::look seen = looks::look_at(++looks);

					seen.ns = now;
					return seen;
				},
				[&] { return now; }};

	const auto first = sampler.document();
	CHECK(json::parse(*first)["seconds"] == 0);
	now += status::sampler::shortest_ns - 1;
	CHECK(sampler.document() == first);
	CHECK(looks == 1);
	now++;
	const json second = json::parse(*sampler.document());
	CHECK(looks == 2);
	CHECK(second["seconds"] == Approx(0.9));
	CHECK(second["totals"]["requests_per_s"] == Approx(3000 / 0.9));
	/* a rate over an hour would be one of nobody's */
	now += status::sampler::longest_ns + 1;
	CHECK(json::parse(*sampler.document())["seconds"] == 0);
}

TEST_CASE("a look that fails is told to all who ask in one moment, and the next one is taken")
{
	bool loaded = false;
	unsigned looks = 0;
	std::uint64_t now = 5'000'000'000;
	status::sampler sampler{[&] {
					looks++;
					if (!loaded)
						throw std::runtime_error("not loaded");
					return looks::look_at(1);
				},
				[&] { return now; }};

	CHECK_THROWS_WITH(sampler.document(), "not loaded");
	loaded = true;
	now += status::sampler::shortest_ns - 1;
	CHECK_THROWS_WITH(sampler.document(), "not loaded");
	CHECK(looks == 1);
	now++;
	CHECK_NOTHROW(sampler.document());
	CHECK(looks == 2);
}

TEST_CASE("the document is valid and not large, whatever others chose")
{
	metrics::look now = looks::look_at(2);

	for (std::uint32_t i = 0; i < 1000; i++) {
		now.queues.push_back(looks::counted_queue("q\xff" + std::to_string(i), 100 + i, i));
		now.workers.push_back(looks::held_by(100 + i, 4000 + i, i));
		now.entries.push_back(looks::stored_at(
			(std::to_string(i) + std::string(60000, 'u')).c_str(), i + 1));
	}
	const std::string text = status::document_of(looks::look_at(1), now);
	const json document = json::parse(text);

	CHECK(text.size() < 150000);
	CHECK(document["queues"].size() == status::max_rows);
	CHECK(document["all_queues"]["count"] == 1002);
	CHECK(document["all_queues"]["workers"] == 1002);
	CHECK(document["left_out"]["queues"] == 1002 - status::max_rows);
	CHECK(document["urls"].size() == status::max_urls);
	CHECK(document["urls"][1]["url"].get<std::string>().size() <= status::max_url_bytes + 3);
	CHECK(json::parse(status::document_of({}, {}))["totals"].is_null());
}

TEST_CASE("what the browser is tested with is what we tell")
{
	std::ifstream file(KHTTP_STATUS_RECORDED);
	const json recorded = json::parse(file);

	CHECK(names_of(recorded) ==
	      names_of(json::parse(status::document_of(looks::look_at(1), looks::look_at(2)))));
}
