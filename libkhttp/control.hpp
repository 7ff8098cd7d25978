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

	/* The device as the namespace has it; throws khttp::error */
	[[nodiscard]] unique_fd open_device() const;

	detail::netlink_session session;
	/* where further sockets belong; its port has gone to the session */
	detail::genl_link place;
};

} // namespace khttp
