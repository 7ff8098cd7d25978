/* SPDX-License-Identifier: MIT */
#include "beside.hpp"

#include <poll.h>

#include "engine.hpp"

namespace khttp {

companion::~companion() = default;

void detail::run_beside(engine &e, companion &with)
{
	pollfd set[] = {{.fd = e.fd(), .events = POLLIN, .revents = 0},
			{.fd = with.fd(), .events = POLLIN, .revents = 0}};

	with.run();
	/* What that answered. Whoever goes on now may have work for WITH. */
	e.flush();
	if (!e.has_next() && !e.finished() && with.idle())
		poll(set, 2, -1);
}

} // namespace khttp
