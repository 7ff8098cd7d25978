/* SPDX-License-Identifier: MIT */
#include "proxy/forward.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <map>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>

#include "proxy/loop.hpp"

#include "served.hpp"

namespace {

/* Answers each request with what its target names, and closes after CLOSES. */
class scripted {
public:
	scripted()
	{
		sockaddr_in at{};
		socklen_t size = sizeof(at);

		at.sin_family = AF_INET;
		at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		REQUIRE(bind(socket_.get(), reinterpret_cast<sockaddr *>(&at),
			     size) == 0);
		REQUIRE(listen(socket_.get(), 8) == 0);
		getsockname(socket_.get(), reinterpret_cast<sockaddr *>(&at),
			    &size);
		port_ = ntohs(at.sin_port);
		thread_ = std::thread{[this] { accept_all(); }};
	}
	~scripted()
	{
		shutdown(socket_.get(), SHUT_RDWR);
		thread_.join();
	}
	std::string address() const
	{
		return "127.0.0.1:" + std::to_string(port_);
	}
	std::map<std::string, std::string> says;
	std::string heard; /* of the last request */
	std::atomic<int> connections = 0;

private:
	void accept_all()
	{
		int got;

		while ((got = accept(socket_.get(), nullptr, nullptr)) >= 0) {
			const khttp::unique_fd closes{got};

			connections++;
			while (answer_one(got)) {
			}
		}
	}
	bool answer_one(int to)
	{
		char piece[4096];
		std::string head;

		while (head.find("\r\n\r\n") == std::string::npos) {
			const auto size = ::read(to, piece, sizeof(piece));

			if (size <= 0)
				return false;
			head.append(piece, static_cast<std::size_t>(size));
		}
		const auto begin = head.find(' ') + 1;
		const auto target = head.substr(begin, head.find(' ', begin) - begin);
		if (target == "/echo")
			return echo(to, head.substr(head.find("\r\n\r\n") + 4));
		const auto &out = says.at(target);

		heard = head;
		return send(to, out.data(), out.size(), MSG_NOSIGNAL) ==
			       static_cast<ssize_t>(out.size()) &&
		       out.find("close") == std::string::npos;
	}

	/* 3,000,000 bytes, as they come. */
	static bool echo(int to, std::string piece)
	{
		std::size_t left = 3'000'000;
		std::string out = "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
				  "chunked\r\n\r\n";

		while (left > 0) {
			left -= piece.size();
			if (!piece.empty())
				out += fmt::format("{:x}\r\n{}\r\n",
						   piece.size(), piece);
			if (left == 0)
				out += "0\r\n\r\n";
			if (send(to, out.data(), out.size(), MSG_NOSIGNAL) < 0)
				return false;
			out.clear();
			piece.resize(50000);
			const auto size = left ? ::read(to, piece.data(), 50000)
					       : 0;
			if (size < 0)
				return false;
			piece.resize(static_cast<std::size_t>(size));
		}
		return true;
	}

	khttp::unique_fd socket_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	std::uint16_t port_ = 0;
	std::thread thread_;
};

struct proxied {
	proxied()
	{
		set.to = proxy::parse_upstream(up.address());
	}
	fake_answer ask(fake_request rq) { return server.ask(std::move(rq)); }

	scripted up;
	proxy::settings set;
	served server{GENERATE(khttp::transport::ioctl, khttp::transport::uring),
		      proxy::forward,
		      [this] { return std::make_unique<proxy::loop>(set); }};
};

} // namespace

TEST_CASE("a small answer comes back whole and in one piece")
{
	proxied t;

	t.up.says["/a"] = "HTTP/1.1 201 Created\r\nContent-Length: 5\r\n"
			  "X-A: 1\r\n\r\nhello";
	for (int i = 0; i < 3; i++) {
		const auto answer = t.ask({.path = "/a"});

		CHECK(answer.status == 201);
		CHECK(answer.body == "hello");
		CHECK(field_of(answer, "x-a") == "1");
		CHECK(field_of(answer, "via") == "1.1 khttp");
		CHECK(!(answer.flags & KHTTP_REPLY_MORE));
		CHECK(answer.flags & KHTTP_REPLY_CACHE_AUTO);
	}
	CHECK(t.up.connections == 1);
}

TEST_CASE("an answer without a length is streamed to its end")
{
	proxied t;
	const std::string body(300000, 'b');

	t.up.says["/a"] = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body;
	const auto answer = t.ask({.path = "/a"});

	CHECK(answer.complete);
	CHECK((answer.body == body));
}

TEST_CASE("an answer that is cut is cut for the client, too")
{
	proxied t;

	t.up.says["/a"] = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
			  "Content-Length: 1000000\r\n\r\n" +
			  std::string(500000, 'c');
	CHECK(t.ask({.path = "/a"}).cancelled);
	t.up.says["/b"] = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
			  "Content-Length: 10\r\n\r\nstart";
	const auto answer = t.ask({.path = "/b"});

	CHECK(answer.status == 502);
	CHECK(field_of(answer, "proxy-status") ==
	      "khttp-proxy; error=http_response_incomplete");
	CHECK(answer.flags & KHTTP_REPLY_CACHE_NEVER);
}

TEST_CASE("a body goes up in pieces")
{
	proxied t;
	const std::string body(200, 'u');

	t.up.says["/a"] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
			  "Connection: close\r\n\r\n";
	for (const std::size_t in_slot : {std::size_t{0}, body.size() / 2,
					  body.size()})
		CHECK(t.ask({.method = "POST",
			     .path = "/a",
			     .fields = {{"Content-Length", "200"}},
			     .body = body,
			     .in_slot = in_slot,
			     .length = body.size()})
			      .status == 200);
	CHECK(t.up.heard.find("Content-Length: 200\r\n") != std::string::npos);
	CHECK(t.up.heard.find("Expect") == std::string::npos);
}

TEST_CASE("much goes both ways at once")
{
	proxied t;
	std::string body;

	while (body.size() < 3'000'000)
		body += std::to_string(body.size());
	body.resize(3'000'000);
	const auto answer = t.ask({.method = "POST",
				   .path = "/echo",
				   .fields = {{"Content-Length", "3000000"}},
				   .body = body,
				   .in_slot = 1000,
				   .length = body.size()});

	CHECK((answer.body == body));
}

TEST_CASE("a body in chunks is no trouble for the next one")
{
	proxied t;
	const std::string trailers{"\5\0\1\0X-Sum1", 10};

	t.up.says["/a"] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
			  "Connection: close\r\n\r\n";
	for (int i = 0; i < 3; i++)
		CHECK(t.ask({.method = "PUT",
			     .path = "/a",
			     .body = std::string(100, 'x'),
			     .in_slot = 10,
			     .trailers = trailers})
			      .status == 200);
	CHECK(t.up.heard.find("Transfer-Encoding: chunked\r\n") !=
	      std::string::npos);
}

/* With ioctl nothing else would end the read that is under way. */
TEST_CASE("an early answer does not wait for the rest of the body")
{
	proxied t;

	t.up.says["/a"] = "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno\n";
	const auto answer = t.ask({.method = "PUT",
				   .path = "/a",
				   .body = std::string(10, 'x'),
				   .in_slot = 10,
				   .body_ends = false,
				   .length = 1000});

	CHECK(answer.status == 413);
	CHECK(answer.body == "no\n");
}
