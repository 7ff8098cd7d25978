/* SPDX-License-Identifier: MIT */
/* Where requests go, from the command line. Pure. */
#pragma once

#include <string>
#include <string_view>

namespace proxy {

struct upstream {
	std::string authority; /* host:port of a URL; of a unix socket "localhost" */
	std::string socket;    /* path of a unix socket, or empty */
	std::string base;      /* goes before each path: "" or "/app" */
};

/*
 * HOST:PORT, http://HOST[:PORT][/BASE], or unix:/PATH. Throws
 * std::invalid_argument with what is wrong with it.
 */
upstream parse_upstream(std::string_view text);

} // namespace proxy
