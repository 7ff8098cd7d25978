/* SPDX-License-Identifier: MIT */
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace khttp {

/*
 * How requests reach the process. Both can do the same, and take up and answer a
 * batch with one system call; what reads of request bodies and answers of other
 * threads need besides io_uring puts into the same call. While nothing of that is
 * under way, and the loop waits instead of polling, both are the same ioctl, which
 * costs less. ioctl is there where io_uring is refused (many containers), too:
 * `automatic` takes it. The environment variable KHTTP_TRANSPORT (automatic, ioctl,
 * uring) overrides `automatic`.
 */
enum class transport {
	automatic,
	ioctl,
	uring,
};

/*
 * How a thread that waits for requests competes for its processor. `batch` is
 * SCHED_BATCH (sched(7)): a request does not interrupt what runs there, so more
 * of them are there when the thread's turn comes, and one call takes them all.
 * That saves work where something else is busy on the same processors, a client
 * or proxy for example, and may cost a time slice (some milliseconds) of latency
 * there. On a processor of its own nothing changes.
 *
 * It is a hint, given to the thread that uses the worker when it begins to: what
 * has another policy than SCHED_OTHER already keeps it, and so does who may not
 * change it.
 */
enum class scheduling {
	inherit,
	batch,
};

struct options {
	std::string queue; /* name of the queue to serve */

	/*
	 * Path of a unix socket that passes the grant of a queue (khttp/grant.hpp):
	 * then that one is served, and neither `queue` nor `urls` is looked at.
	 * Empty: what the environment variable KHTTP_GRANT says, and if that says
	 * nothing, `queue`.
	 */
	std::string grant = {};

	/* A server binds these URL prefixes for itself, for as long as it lives,
	 * to the queue, or without a name to one made for it: see
	 * khttp::registration, which a khttp::queue is used with instead. */
	std::vector<std::string> urls = {};

	/* Serving threads of a server, each a worker of its own; 0 = one per
	 * CPU this process may use. A khttp::queue ignores it. */
	unsigned threads = 0;

	/* Requests a worker can hold at once, kept ones included; 1 to 1024. */
	unsigned slots = 64;

	/* Requests a worker takes up ahead of its handler, at most: they save
	 * system calls. A server's thread takes no more than it handles in a
	 * few milliseconds, so that slow work is shared between threads and
	 * processes; a khttp::queue takes so many if they are there. */
	unsigned batch = 16;

	/* Bytes of a slot for the request's head and first body bytes, and for
	 * the response's fields and small bodies. 0 = 32 KiB; page multiples
	 * from 8 KiB to 256 KiB. */
	std::uint32_t request_area = 0;
	std::uint32_t reply_area = 0;

	khttp::transport transport = khttp::transport::automatic;
	khttp::scheduling scheduling = khttp::scheduling::inherit;

	/* The worker answers 304 where what If-None-Match and If-Modified-Since say
	 * still holds, so that the kernel may ask by them, too, about what it has
	 * stored: request::validates(). A kernel that cannot does not ask. */
	bool validates = false;

	/* server::run() drains on SIGTERM and SIGINT. */
	bool handle_signals = true;
};

} // namespace khttp
