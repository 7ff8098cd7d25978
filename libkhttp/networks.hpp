/* SPDX-License-Identifier: MIT */
/* Networks to and from the bytes that the kernel takes. Pure. */
#pragma once

#include <khttp/filter.hpp>

#include "netlink.hpp"

namespace khttp::detail {

/* The address's bytes, then the length of its prefix in one */
void pack(const network &n, byte_vector &to);
/* Throws khttp::error (EBADMSG) on half a network */
void unpack(byte_view packed, bool ipv6, std::vector<network> &to);

} // namespace khttp::detail
