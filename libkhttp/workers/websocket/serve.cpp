/* SPDX-License-Identifier: MIT */
#include "serve.hpp"

#include <array>
#include <string>

#include "handshake.hpp"
#include "session.hpp"

namespace websocket {

namespace {

constexpr std::string_view version = "13";
/* Of one read: what each open connection takes, whatever it sends. */
constexpr std::size_t piece_size = 4096;

/* RFC 6455 4.2.2 and 4.4; RFC 9110 15.5.22. */
void refuse(khttp::async::response rs, int status, std::string_view why)
{
	rs.status(status).header("content-type", "text/plain");
	if (status == 426)
		rs.header("upgrade", "websocket")
			.header("sec-websocket-version", version);
	rs.body(why);
}

/* The status to refuse it with, or 0. */
int judge(const khttp::async::request &rq, std::string_view &why)
{
	if (!rq.offers("websocket") || rq.method() != "GET") {
		why = "this is a WebSocket service\n";
		return 426;
	}
	if (rq.find("sec-websocket-version") != version) {
		why = "only version 13 of the protocol is spoken here\n";
		return 426;
	}
	if (rq.has_body() || !is_key(rq.find("sec-websocket-key").value_or(""))) {
		why = "the opening handshake is malformed\n";
		return 400;
	}
	return 0;
}

/* Until one of both says close, or the client is gone. */
khttp::task_of<std::error_code> echo(khttp::async::upgraded stream,
				     std::size_t limit)
{
	std::array<char, piece_size> piece;
	session with{limit};
	std::string out;
	bool open = true;

	while (open) {
		const auto got = co_await stream.read(piece);

		if (got.error || got.size == 0)
			co_return got.error;
		open = with.take({piece.data(), got.size}, out);
		if (out.empty())
			continue;
		const std::error_code failed = co_await stream.send(out);

		if (failed)
			co_return failed;
		out.clear();
		if (out.capacity() > keep_capacity)
			out = {};
	}
	co_return std::error_code{};
}

} // namespace

khttp::task serve(khttp::async::request rq, khttp::async::response rs,
		  std::size_t limit)
{
	std::string_view why;
	const int status = judge(rq, why);

	if (status) {
		refuse(rs, status, why);
		co_return;
	}
	rs.header("sec-websocket-accept",
		  accept_of(*rq.find("sec-websocket-key")));
	const auto stream = co_await rs.upgrade("websocket");

	if (!stream)
		co_return;
	if (!co_await echo(stream, limit))
		co_await stream.close();
	else
		rs.cancel();
	co_return;
}

} // namespace websocket
