/* SPDX-License-Identifier: MIT */
/*
 * Writes down each POST before it answers, and takes a moment for every request:
 * what was done and not answered is in the file all the same.
 *
 *	counting-worker QUEUE FILE MILLISECONDS
 */
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>

#include <fcntl.h>
#include <khttp/khttp.hpp>
#include <unistd.h>

int main(int argc, char **argv)
try {
	if (argc != 4)
		return 2;
	int file = open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	std::chrono::milliseconds pause{ std::atoi(argv[3]) };
	khttp::server srv{ khttp::options{ .queue = argv[1], .threads = 1 } };

	srv.handle([&](const khttp::request &rq, khttp::response &rs) {
		std::string line = std::string{ rq.query() } + "\n";

		if (rq.method() == "POST" &&
		    write(file, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
			std::abort();
		std::this_thread::sleep_for(pause);
		rs.header("content-type", "text/plain").body(line);
	});
	srv.run();
	return 0;
} catch (const std::exception &failure) {
	std::fprintf(stderr, "counting-worker: %s\n", failure.what());
	return 1;
}
