/* SPDX-License-Identifier: MIT */
#pragma once

#include <khttp/control.hpp>

#include "netlink.hpp"

namespace khttp {

struct event_stream::impl {
	std::unique_ptr<detail::netlink_port> port;
	std::uint16_t family = 0;
	/* a datagram may hold several events; the rest points into it */
	detail::byte_vector datagram;
	detail::byte_view rest;
};

} // namespace khttp
