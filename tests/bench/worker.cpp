/* SPDX-License-Identifier: MIT */
/*
 * The least a worker on libkhttp can do: a body of 1 KiB for everybody, after
 * whatever came with the request has been read.
 *
 *	bench-worker [--batch] server|queue ioctl|uring QUEUE [THREADS]
 */
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <khttp/khttp.hpp>

namespace {

void answer(const khttp::request &rq, khttp::response &rs)
{
	static const std::string body(1024, 'x');
	static std::array<char, 65536> buffer;

	while (rq.has_body() && rq.read(buffer).size > 0)
		;
	rs.header("content-type", "text/plain").body(std::string_view{ body });
}

void serve_by_server(const khttp::options &options)
{
	khttp::server server{ options };

	server.handle([](const khttp::request &rq, khttp::response &rs) {
		answer(rq, rs);
	});
	server.run();
}

void serve_by_queue(const khttp::options &options)
{
	khttp::queue queue{ options };

	while (!queue.finished()) {
		if (auto exchange = queue.wait())
			answer(exchange->request(), exchange->response());
	}
}

} // namespace

int main(int argc, char **argv)
{
	khttp::options options;

	if (argc > 1 && !std::strcmp(argv[1], "--batch")) {
		options.scheduling = khttp::scheduling::batch;
		argv++;
		argc--;
	}
	if (argc != 4 && argc != 5) {
		std::fputs("usage: bench-worker [--batch] server|queue ioctl|uring QUEUE "
			   "[THREADS]\n",
			   stderr);
		return 2;
	}
	options.queue = argv[3];
	options.threads = argc == 5 ? static_cast<unsigned>(std::atoi(argv[4])) : 1;
	options.transport = std::strcmp(argv[2], "ioctl") ? khttp::transport::uring :
							     khttp::transport::ioctl;
	try {
		if (std::strcmp(argv[1], "queue"))
			serve_by_server(options);
		else
			serve_by_queue(options);
	} catch (const khttp::error &e) {
		std::fprintf(stderr, "bench-worker: %s\n", e.what());
		return 1;
	}
}
