/* SPDX-License-Identifier: MIT */
#pragma once

#include <cstdint>
#include <string>

namespace khttp {

/*
 * How requests reach the process. Both can do the same; io_uring saves system
 * calls, ioctl works where io_uring is refused (many containers). The
 * environment variable KHTTP_TRANSPORT (automatic, ioctl, uring) overrides
 * `automatic`.
 */
enum class transport {
	automatic,
	ioctl,
	uring,
};

struct options {
	std::string queue; /* name of the queue to serve */

	/* Serving threads of a server, each a worker of its own; 0 = one per
	 * CPU this process may use. A khttp::queue ignores it. */
	unsigned threads = 0;

	/* Requests a worker can hold at once, kept ones included; 1 to 1024. */
	unsigned slots = 64;

	/* Requests a worker takes up ahead of its handler. Small values share
	 * slow work evenly between threads, large ones save system calls. */
	unsigned batch = 16;

	/* Bytes of a slot for the request's head and first body bytes, and for
	 * the response's fields and small bodies. 0 = 32 KiB; page multiples
	 * from 8 KiB to 256 KiB. */
	std::uint32_t request_area = 0;
	std::uint32_t reply_area = 0;

	khttp::transport transport = khttp::transport::automatic;

	/* server::run() drains on SIGTERM and SIGINT. */
	bool handle_signals = true;
};

} // namespace khttp
