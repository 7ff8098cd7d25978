/* SPDX-License-Identifier: MIT */
/* What the command line says. */
#pragma once

#include <chrono>
#include <string>

#include "upstream.hpp"

namespace proxy {

/* Which fields tell the upstream who asks. */
enum class introduction {
	none,	     /* and what the client says of that kind does not pass */
	keep,	     /* what the client says */
	x_forwarded, /* X-Forwarded-For, -Proto and -Host */
	forwarded,   /* RFC 7239 */
	both,
};

/* What X-Forwarded-Proto and "proto" say. */
enum class scheme_said { own, http, https, keep };

enum class host_sent { keep, upstream };

enum class caching {
	automatic, /* as the upstream's fields say */
	never,
	seconds,
};

struct settings {
	upstream to;
	std::string pseudonym = "khttp"; /* in Via */
	introduction introduces = introduction::x_forwarded;
	scheme_said scheme = scheme_said::own;
	host_sent host = host_sent::keep;
	caching cache = caching::automatic;
	std::chrono::seconds cache_time{0};
	std::chrono::seconds connect_timeout{5};
	std::chrono::seconds timeout{60};
	unsigned connections = 128; /* of one thread */
};

} // namespace proxy
