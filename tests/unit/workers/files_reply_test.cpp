/* SPDX-License-Identifier: MIT */
#include "files/reply.hpp"

#include <catch2/catch.hpp>

#include "served.hpp"
#include "temporary_site.hpp"

namespace {

/* Larger than what is read into memory. */
std::string large_text()
{
	std::string text;

	for (int i = 0; text.size() < 200000; i++)
		text += std::to_string(i) + '\n';
	return text;
}

struct site_server {
	explicit site_server(files::settings with)
		: site{std::move(with)},
		  server{GENERATE(khttp::transport::ioctl,
				  khttp::transport::uring),
			 [this](khttp::async::request rq,
				khttp::async::response rs) {
				 return files::reply(site, rq, rs);
			 }}
	{
	}

	fake_answer get(const std::string &path,
			std::vector<std::pair<std::string, std::string>> fields = {},
			const std::string &method = "GET")
	{
		return server.ask({.method = method, .path = path,
				   .fields = std::move(fields), .body = {},
				   .trailers = {}});
	}

	files::site site;
	served server;
};

struct small_site : temporary_site {
	small_site()
	{
		write("a.txt", "0123456789");
		write("large.txt", large_text());
		write("empty.txt", "");
		write("sub/index.html", "<p>sub");
	}
};

} // namespace

TEST_CASE("a file is answered with all that is known of it")
{
	const small_site on;
	site_server t{on.settings()};
	const auto answer = t.get("/a.txt");

	CHECK(answer.status == 200);
	CHECK(answer.body == "0123456789");
	CHECK(field_of(answer, "content-type") == "text/plain; charset=utf-8");
	CHECK(field_of(answer, "etag").starts_with('"'));
	CHECK(field_of(answer, "last-modified").ends_with(" GMT"));
	CHECK(field_of(answer, "accept-ranges") == "bytes");
	CHECK(field_of(answer, "vary") == "-");
	CHECK(answer.ttl == 60);
	CHECK(t.get("/large.txt").body == large_text());
	CHECK(t.get("/empty.txt").body.empty());
	CHECK(t.get("/empty.txt").status == 200);
}

TEST_CASE("HEAD announces the length of GET")
{
	const small_site on;
	site_server t{on.settings()};
	const auto answer = t.get("/large.txt", {{"Range", "bytes=0-1"}}, "HEAD");

	CHECK(answer.status == 200);
	CHECK(answer.length == large_text().size());
	CHECK(answer.body.empty());
	CHECK(answer.ttl == 0);
}

TEST_CASE("other methods are told what is allowed")
{
	const small_site on;
	site_server t{on.settings()};
	const auto post = t.get("/a.txt", {}, "POST");
	const auto options = t.get("/none", {}, "OPTIONS");

	CHECK(post.status == 405);
	CHECK(field_of(post, "allow") == "GET, HEAD, OPTIONS");
	CHECK(options.status == 204);
	CHECK(field_of(options, "allow") == "GET, HEAD, OPTIONS");
}

TEST_CASE("a condition on the state is obeyed")
{
	const small_site on;
	site_server t{on.settings()};
	const auto etag = field_of(t.get("/a.txt"), "etag");
	const auto date = field_of(t.get("/a.txt"), "last-modified");
	const auto same = t.get("/a.txt", {{"If-None-Match", "\"x\""},
					   {"if-none-match", etag}});

	CHECK(same.status == 304);
	CHECK(same.body.empty());
	CHECK(field_of(same, "etag") == etag);
	CHECK(field_of(same, "content-type") == "-");
	CHECK(same.ttl == 0);
	CHECK(t.get("/a.txt", {{"If-Modified-Since", date}}).status == 304);
	CHECK(t.get("/a.txt", {{"If-Match", "\"x\""}}).status == 412);
	CHECK(t.get("/a.txt", {{"If-Match", etag}}).status == 200);
	CHECK(t.get("/a.txt", {{"If-None-Match", etag}}, "HEAD").status == 304);
	/* An answer to a condition is not kept for others. */
	CHECK(t.get("/a.txt", {{"If-None-Match", "\"x\""}}).ttl == 0);
}

TEST_CASE("one range is a 206")
{
	const small_site on;
	site_server t{on.settings()};
	const auto small = t.get("/a.txt", {{"Range", "bytes=2-4"}});
	const auto large = t.get("/large.txt", {{"Range", "bytes=-100000"}});

	CHECK(small.status == 206);
	CHECK(small.body == "234");
	CHECK(field_of(small, "content-range") == "bytes 2-4/10");
	CHECK(small.ttl == 0);
	CHECK(large.status == 206);
	CHECK(large.body == large_text().substr(large_text().size() - 100000));
}

TEST_CASE("several ranges are one multipart body of the length told")
{
	const small_site on;
	site_server t{on.settings()};
	const auto name = GENERATE(as<std::string>{}, "/a.txt", "/large.txt");
	const auto text = t.get(name).body;
	const auto answer = t.get(name, {{"Range", "bytes=0-1,5-6"}});
	const auto type = field_of(answer, "content-type");

	CHECK(answer.status == 206);
	REQUIRE(type.starts_with("multipart/byteranges; boundary="));
	const auto boundary = type.substr(type.find('=') + 1);
	const auto part = [&](std::size_t first) {
		return "--" + boundary +
		       "\r\nContent-Type: text/plain; charset=utf-8\r\n"
		       "Content-Range: bytes " + std::to_string(first) + '-' +
		       std::to_string(first + 1) + '/' +
		       std::to_string(text.size()) + "\r\n\r\n" +
		       text.substr(first, 2) + "\r\n";
	};

	CHECK(answer.body == part(0) + part(5) + "--" + boundary + "--\r\n");
	CHECK(answer.length == answer.body.size());
}

TEST_CASE("a range that is not there is a 416")
{
	const small_site on;
	site_server t{on.settings()};
	const auto answer = t.get("/a.txt", {{"Range", "bytes=10-"}});

	CHECK(answer.status == 416);
	CHECK(field_of(answer, "content-range") == "bytes */10");
	CHECK(answer.body == "416 Range Not Satisfiable\n");
	CHECK(field_of(answer, "last-modified") == "-");
}

TEST_CASE("a 416 has no coding, though the file has")
{
	const small_site on;
	auto set = on.settings();

	on.write("a.txt.gz", "gz");
	set.precompressed = true;
	site_server t{set};
	const auto ask = [&](const std::string &range) {
		return t.get("/a.txt", {{"Accept-Encoding", "gzip"},
					{"Range", range}});
	};

	CHECK(ask("bytes=2-").status == 416);
	CHECK(field_of(ask("bytes=2-"), "content-range") == "bytes */2");
	CHECK(field_of(ask("bytes=2-"), "content-encoding") == "-");
	CHECK(field_of(ask("bytes=2-"), "content-type").starts_with("text/plain"));
	CHECK(field_of(ask("bytes=2-"), "vary") == "Accept-Encoding");
	CHECK(ask("bytes=1-").status == 206);
	CHECK(field_of(ask("bytes=1-"), "content-encoding") == "gzip");
	CHECK(field_of(ask("bytes=1-"), "accept-ranges") == "bytes");
}

TEST_CASE("If-Range of another state gives the whole file")
{
	const small_site on;
	site_server t{on.settings()};
	const auto etag = field_of(t.get("/a.txt"), "etag");

	CHECK(t.get("/a.txt", {{"Range", "bytes=0-0"}, {"If-Range", etag}})
		      .status == 206);
	CHECK(t.get("/a.txt", {{"Range", "bytes=0-0"}, {"If-Range", "\"x\""}})
		      .status == 200);
}

TEST_CASE("a directory is redirected and then shown")
{
	const small_site on;
	site_server t{on.settings()};
	const auto moved = t.get("/sub");

	CHECK(moved.status == 301);
	CHECK(field_of(moved, "location") == "/sub/");
	CHECK(t.get("/sub/").body == "<p>sub");
	CHECK(t.get("/").status == 403);
	CHECK(t.get("/none").status == 404);
}

TEST_CASE("what varies is not kept by the kernel")
{
	const small_site on;
	auto set = on.settings();

	on.write("a.txt.gz", "gz");
	set.precompressed = true;
	site_server t{set};
	const auto answer = t.get("/a.txt", {{"Accept-Encoding", "br, gzip"}});

	CHECK(answer.body == "gz");
	CHECK(field_of(answer, "content-encoding") == "gzip");
	CHECK(field_of(answer, "vary") == "Accept-Encoding");
	CHECK(answer.ttl == 0);
	CHECK(t.get("/a.txt").ttl == 0);
	CHECK(t.get("/large.txt").ttl == 60);
}

TEST_CASE("caching can be switched off")
{
	const small_site on;
	auto set = on.settings();

	set.cache = std::chrono::seconds{0};
	site_server t{set};
	CHECK(t.get("/a.txt").ttl == 0);
}
