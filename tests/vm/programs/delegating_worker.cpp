/* SPDX-License-Identifier: MIT */
/*
 * Hands each request whose path begins with /to/NAME on to the queue NAME, and
 * /around to OTHER; what it cannot it answers itself, with the errno's text, and so
 * all others. With "read=1" in the query it reads the body before; and a GET with
 * "keep=1" it answers itself, to be stored for a minute.
 *
 *	delegating-worker QUEUE [OTHER]
 */
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

#include <khttp/khttp.hpp>

namespace {

constexpr std::string_view before_name = "/to/";

std::string target_of(std::string_view path)
{
	if (!path.starts_with(before_name))
		return {};
	path.remove_prefix(before_name.size());
	return std::string{ path.substr(0, path.find('/')) };
}

} // namespace

int main(int argc, char **argv)
try {
	if (argc < 2)
		return 2;
	const std::string other = argc > 2 ? argv[2] : "";
	khttp::server srv{ khttp::options{ .queue = argv[1], .threads = 1 } };

	srv.handle([&](const khttp::request &rq, khttp::response &rs) {
		std::string to = rq.path() == "/around" ? other : target_of(rq.path());
		std::string text = "here\n";

		if (rq.query() == "read=1" && rq.body(1 << 24).error)
			return;
		if (rq.query() == "keep=1" && rq.method() == "GET") {
			rs.cache_for(std::chrono::minutes{ 1 }).body(text);
			return;
		}
		if (!to.empty()) {
			std::error_code failed = rs.delegate(to);

			if (!failed)
				return;
			text = std::string{ argv[1] } + ": " + failed.message() + "\n";
		}
		rs.header("content-type", "text/plain").body(text);
	});
	srv.run();
	return 0;
} catch (const std::exception &failure) {
	std::fprintf(stderr, "delegating-worker: %s\n", failure.what());
	return 1;
}
