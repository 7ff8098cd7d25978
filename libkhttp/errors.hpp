/* SPDX-License-Identifier: MIT */
#pragma once

#include <khttp/control.hpp>

#include "netlink.hpp"

namespace khttp {

struct error_stream::impl {
	impl(detail::genl_link link, std::unique_ptr<detail::netlink_port> bell_port,
	     error_filter which)
		: session(std::move(link.port), link.family), bell(std::move(bell_port)),
		  filter(std::move(which))
	{
	}

	detail::netlink_session session;
	/* joined before the first look, so that nothing falls in between */
	std::unique_ptr<detail::netlink_port> bell;
	error_filter filter;
};

} // namespace khttp
