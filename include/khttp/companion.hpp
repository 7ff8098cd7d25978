/* SPDX-License-Identifier: MIT */
#pragma once

#include <khttp/export.hpp>

namespace khttp {

/*
 * What a server's thread looks after besides its requests: an event loop that has
 * other descriptors, server::beside(). The thread alone calls it, and makes and
 * destroys it. Handlers of the thread may use it, too, and coroutines that run()
 * resumes may answer.
 */
class KHTTP_EXPORT companion {
public:
	companion() noexcept = default;
	companion(const companion &) = delete;
	companion &operator=(const companion &) = delete;
	virtual ~companion();

	/* Readable, for poll(2), when run() has something to do. */
	virtual int fd() const noexcept = 0;
	/* Does it, without waiting. What it throws ends the server. */
	virtual void run() = 0;
	/* Nothing is to be done before fd() is readable; asked after run() and
	 * before the thread sleeps. */
	virtual bool idle() const noexcept = 0;
};

} // namespace khttp
