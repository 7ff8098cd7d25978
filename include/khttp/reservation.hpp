/* SPDX-License-Identifier: MIT */
/* Who may bind URL prefixes without CAP_NET_ADMIN: see khttp::control. */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <khttp/export.hpp>

namespace khttp {

class control;

/* For a user, a group, or both: either of them. One has to be said */
struct reservation_settings {
	std::optional<std::uint32_t> uid;
	std::optional<std::uint32_t> gid;
	bool listen = true;	/* may bind prefixes at or below it */
	bool delegate = false;	/* may make reservations below it */
};

struct reservation_info {
	std::string prefix; /* normal form */
	std::optional<std::uint32_t> uid = {};
	std::optional<std::uint32_t> gid = {};
	bool listen = false;
	bool delegate = false;
	std::uint32_t creator = 0; /* uid */
	bool any_port = false; /* also those that need CAP_NET_BIND_SERVICE */
	bool delegated = false; /* made without CAP_NET_ADMIN */
};

/* "user bob (uid 1001), group web (gid 33)", by the names that are known here */
[[nodiscard]] KHTTP_EXPORT std::string to_string(const reservation_info &reservation);

/* "khttpctl reservation ..." that lets the user @uid bind @prefix */
[[nodiscard]] KHTTP_EXPORT std::string
reservation_command(const std::optional<reservation_info> &decides, std::string_view prefix,
		    std::uint32_t uid);

/*
 * What stands in this process' way of binding @prefix: whose it is by which
 * reservation, and the command that an administrator would have to give. Empty
 * when a reservation lets it.
 */
[[nodiscard]] KHTTP_EXPORT std::string who_may_bind(control &ctl, std::string_view prefix);

} // namespace khttp
