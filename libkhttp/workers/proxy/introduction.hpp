/* SPDX-License-Identifier: MIT */
/* Via, Forwarded and X-Forwarded-*. Pure. */
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "request.hpp"

namespace proxy {

/* The element of Via for a message of this HTTP version (RFC 9110 7.6.3). */
std::string via(std::string_view version, std::string_view pseudonym);

/* A field by which proxies tell who asks. */
bool introduces_client(std::string_view name);

/* The lines that do so here. */
std::vector<std::string> introduce(const incoming &rq, const settings &set);

} // namespace proxy
