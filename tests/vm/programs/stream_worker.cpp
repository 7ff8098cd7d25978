/* SPDX-License-Identifier: MIT */
/*
 * Answers in pieces, as the request says, with bytes that tell where they stand.
 *
 *	stream-worker QUEUE ioctl|uring
 *
 * Fields of a request:
 *
 *	Stream-Size: N		bytes of the body
 *	Stream-Piece: N		bytes of a piece, 50000 if absent; 0: one final answer
 *	Stream-Length: N	that is announced; none if absent
 *	Stream-Caching: auto|SECONDS
 *	Stream-Field: NAME: VALUE
 *	Stream-Stop: N		the process stops itself when so many bytes were taken
 *	Stream-Trailer: 1	one comes at the end
 *
 * GET /told answers what it was told of the storing of the answer before: each word
 * once, in the order in which they came.
 */
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include <khttp/async.hpp>
#include <khttp/khttp.hpp>

#include "answer_fields.hpp"

namespace {

/* No two pages of it begin alike: its length is a prime. */
constexpr std::size_t period = 65537;

struct order {
	std::size_t size = 0;
	std::size_t piece = 50000;
	std::size_t stop = SIZE_MAX;
	bool trailer = false;
};

std::string told;

std::string make_bytes(std::size_t size)
{
	std::string bytes(size, '\0');

	for (std::size_t i = 0; i < size; i++) {
		std::size_t at = i % period;
		bytes[i] = static_cast<char>((at * 167 ^ at >> 8) & 0xff);
	}
	return bytes;
}

void note(std::string_view word)
{
	if (word.empty() || told.ends_with(word))
		return;
	if (!told.empty())
		told += ' ';
	told += word;
}

void obey(khttp::response &rs, order &what, const std::string &name, const std::string &value)
{
	std::size_t number = std::strtoull(value.c_str(), nullptr, 10);

	if (name == "Stream-Size")
		what.size = number;
	else if (name == "Stream-Piece")
		what.piece = number;
	else if (name == "Stream-Length")
		rs.length(number);
	else if (name == "Stream-Caching")
		set_caching(rs, value);
	else if (name == "Stream-Field")
		set_field(rs, value);
	else if (name == "Stream-Stop")
		what.stop = number;
	else if (name == "Stream-Trailer")
		what.trailer = true;
}

khttp::task serve(khttp::async::request rq, khttp::async::response rs)
{
	order what;

	if (rq.path() == "/told") {
		static_cast<void>(rs.body(told));
		co_return;
	}
	for (const auto field : rq.fields())
		obey(rs, what, std::string{ field.name }, std::string{ field.value });
	told.clear();
	rs.tell_stored();
	const std::string bytes = make_bytes(what.size);
	if (!what.piece) {
		static_cast<void>(rs.body(bytes));
		co_return;
	}
	for (std::size_t at = 0; at < bytes.size();) {
		if (at == what.stop)
			raise(SIGSTOP);
		std::size_t n = std::min({ what.piece, bytes.size() - at,
					   at < what.stop ? what.stop - at : SIZE_MAX });
		const auto error = co_await rs.send(std::string_view{ bytes }.substr(at, n));
		note(rs.stored());
		if (error)
			co_return;
		at += n;
	}
	if (bytes.empty())
		co_await rs.send(std::string_view{});
	if (what.trailer)
		rs.trailer("X-End", "here");
	co_await rs.finish();
	note(rs.stored());
}

} // namespace

int main(int argc, char **argv)
try {
	if (argc != 3)
		return 2;
	const bool ring = std::string_view{ argv[2] } == "uring";
	khttp::server srv{ khttp::options{
		.queue = argv[1], .threads = 1,
		.transport = ring ? khttp::transport::uring : khttp::transport::ioctl } };

	srv.handle(serve);
	srv.run();
	return 0;
} catch (const std::exception &failure) {
	std::fprintf(stderr, "stream-worker: %s\n", failure.what());
	return 1;
}
