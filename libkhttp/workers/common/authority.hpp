/* SPDX-License-Identifier: MIT */
/*
 * By what name a worker was called. A page from elsewhere may have its own name lead to
 * this machine (DNS rebinding), and its browser then lets it read what is answered: so
 * what nobody but this machine's own may read is not told to any name.
 */
#pragma once

#include <string>
#include <string_view>

namespace worker {

/* The host of a URL prefix, an IPv6 address in brackets. */
std::string host_of_prefix(std::string_view prefix);
/* The host of what a client called us by, likewise. */
std::string host_of(std::string_view authority);
/* An address, not a name and no wildcard. */
bool is_address(const std::string &host);
/* An address that only this machine reaches. */
bool is_loopback(const std::string &host);
/* Called by an address, as localhost, or not at all, which no browser does. */
bool called_by_address(std::string_view authority);

} // namespace worker
