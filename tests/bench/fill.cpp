/* SPDX-License-Identifier: MIT */
/*
 * Fills the cache with many small answers, as their worker and their client; or
 * purges what has a tag, and tells how many those were and how many ns it took.
 *
 *	bench-fill NUMBER QUEUE PORT
 *	bench-fill --purge QUEUE TAG...
 *
 * The URLs are http://127.0.0.1:PORT/fill/0 and so on, which the queue has to have.
 * Each has a tag of its own, "item-10", and one with the last digit, "digit-0". Who
 * fills attaches and leaves; what is stored stays.
 */
#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include <khttp/khttp.hpp>

namespace {

/* So many requests are taken in ahead of their answers */
constexpr int depth = 16;

void answer(const khttp::request &rq, khttp::response &rs)
{
	std::string n{ rq.path().substr(rq.path().rfind('/') + 1) };
	std::string tags = "item-" + n + ", digit-" + n.back();

	rs.header("cache-tag", tags).cache_until_purged().body("x");
}

int connect_to(int port)
{
	sockaddr_in to{};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_family = AF_INET;
	to.sin_port = htons(static_cast<std::uint16_t>(port));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, reinterpret_cast<sockaddr *>(&to), sizeof(to)))
		throw khttp::error(errno, "cannot connect");
	return fd;
}

/* True when so many answers have come, all of them 200 */
bool read_answers(int fd, int count)
{
	static const std::string good = "HTTP/1.1 200 ", end = "\r\n\r\nx";
	std::string text;
	char buffer[16384];

	while (count) {
		ssize_t n = read(fd, buffer, sizeof(buffer));

		if (n <= 0)
			return false;
		text.append(buffer, static_cast<std::size_t>(n));
		for (std::size_t at; (at = text.find(end)) != std::string::npos; count--) {
			if (!text.starts_with(good))
				return false;
			text.erase(0, at + end.size());
		}
	}
	return text.empty();
}

bool fill(int number, int port)
{
	std::string host = " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\n\r\n";
	int fd = connect_to(port);
	bool good = true;

	for (int i = 0; good && i < number;) {
		std::string requests;
		int n = 0;

		for (; n < depth && i < number; n++, i++)
			requests += "GET /fill/" + std::to_string(i) + host;
		good = write(fd, requests.data(), requests.size()) ==
			       static_cast<ssize_t>(requests.size()) &&
		       read_answers(fd, n);
	}
	close(fd);
	return good;
}

bool serve_and_fill(const char *queue, int number, int port)
{
	khttp::server server{ khttp::options{ .queue = queue, .threads = 1 } };
	bool good = false;

	server.handle(answer);
	std::thread client{ [&] {
		good = fill(number, port);
		server.stop();
	} };
	server.run();
	client.join();
	if (!good)
		std::fputs("bench-fill: not every answer was 200\n", stderr);
	return good;
}

/* In one process: to start another costs more than the purge */
void purge(const char *queue, std::span<char *> tags)
{
	using clock = std::chrono::steady_clock;
	khttp::queue q{ queue };

	for (const char *tag : tags) {
		std::size_t dropped = 0;
		auto begun = clock::now();
		auto failed = q.purge_tag(tag, dropped);
		std::chrono::nanoseconds took = clock::now() - begun;

		if (failed)
			throw std::system_error(failed, tag);
		std::printf("%zu %jd\n", dropped, static_cast<std::intmax_t>(took.count()));
	}
}

} // namespace

int main(int argc, char **argv)
{
	if (argc < 4) {
		std::fputs("usage: bench-fill NUMBER QUEUE PORT\n"
			   "       bench-fill --purge QUEUE TAG...\n", stderr);
		return 2;
	}
	try {
		if (argv[1] != std::string_view{ "--purge" })
			return serve_and_fill(argv[2], std::atoi(argv[1]),
					      std::atoi(argv[3])) ? 0 : 1;
		purge(argv[2], std::span{ argv + 3, static_cast<std::size_t>(argc - 3) });
		return 0;
	} catch (const std::exception &e) {
		std::fprintf(stderr, "bench-fill: %s\n", e.what());
		return 1;
	}
}
