/* SPDX-License-Identifier: MIT */
#pragma once

#include <khttp/control.hpp>

#include "netlink.hpp"

namespace khttp {

struct control::impl {
	explicit impl(detail::genl_link link)
		: session(std::move(link.port), link.family), place(std::move(link))
	{
	}

	detail::netlink_session session;
	/* where further sockets belong; its port has gone to the session */
	detail::genl_link place;
};

} // namespace khttp
