/* SPDX-License-Identifier: MIT */
#include <khttp/reservation.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include <grp.h>
#include <linux/khttp.h>
#include <pwd.h>
#include <unistd.h>

#include <khttp/control.hpp>
#include <khttp/error.hpp>

#include "codec.hpp"
#include "control.hpp"

namespace khttp {

using detail::byte_vector;
using detail::byte_view;
using detail::message;

namespace detail {

void from_uapi(byte_view attributes, reservation_info &out)
{
	const attribute_table a(attributes);
	std::uint32_t rights = a.u32(KHTTP_RESERVATION_A_RIGHTS);

	out.prefix = a.required_text(KHTTP_RESERVATION_A_PREFIX);
	out.uid.reset();
	out.gid.reset();
	if (a.has(KHTTP_RESERVATION_A_UID))
		out.uid = a.u32(KHTTP_RESERVATION_A_UID);
	if (a.has(KHTTP_RESERVATION_A_GID))
		out.gid = a.u32(KHTTP_RESERVATION_A_GID);
	out.listen = rights & KHTTP_RIGHT_LISTEN;
	out.delegate = rights & KHTTP_RIGHT_DELEGATE;
	out.creator = a.u32(KHTTP_RESERVATION_A_CREATOR);
	out.any_port = a.has(KHTTP_RESERVATION_A_BIND);
	out.delegated = a.has(KHTTP_RESERVATION_A_DELEGATED);
}

void to_uapi(const reservation_settings &settings, message &out)
{
	std::uint32_t rights = (settings.listen ? KHTTP_RIGHT_LISTEN : 0) |
			       (settings.delegate ? KHTTP_RIGHT_DELEGATE : 0);

	if (settings.uid)
		out.put(KHTTP_RESERVATION_A_UID, *settings.uid);
	if (settings.gid)
		out.put(KHTTP_RESERVATION_A_GID, *settings.gid);
	out.put(KHTTP_RESERVATION_A_RIGHTS, rights);
}

} // namespace detail

void control::reserve(std::string_view prefix, const reservation_settings &to)
{
	message request = impl_->session.request(KHTTP_CMD_RESERVATION_ADD);

	request.put(KHTTP_RESERVATION_A_PREFIX, prefix);
	detail::to_uapi(to, request);
	impl_->session.call(request);
}

void control::unreserve(std::string_view prefix)
{
	message request = impl_->session.request(KHTTP_CMD_RESERVATION_DEL);

	request.put(KHTTP_RESERVATION_A_PREFIX, prefix);
	impl_->session.call(request);
}

std::optional<reservation_info> control::deciding_reservation(std::string_view prefix)
{
	message request = impl_->session.request(KHTTP_CMD_RESERVATION_GET);
	reservation_info found;

	request.put(KHTTP_RESERVATION_A_PREFIX, prefix);
	try {
		const byte_vector answer = impl_->session.call(request);

		detail::from_uapi(answer, found);
	} catch (const error &failure) {
		if (failure.code().value() == ENOENT)
			return std::nullopt;
		throw;
	}
	return found;
}

namespace {

constexpr std::size_t entry_size = 4096;

std::string user_text(std::uint32_t uid)
{
	std::array<char, entry_size> room;
	passwd entry{}, *found = nullptr;

	if (getpwuid_r(uid, &entry, room.data(), room.size(), &found) || !found)
		return "uid " + std::to_string(uid);
	return std::string("user ") + entry.pw_name + " (uid " + std::to_string(uid) + ")";
}

std::string group_text(std::uint32_t gid)
{
	std::array<char, entry_size> room;
	group entry{}, *found = nullptr;

	if (getgrgid_r(gid, &entry, room.data(), room.size(), &found) || !found)
		return "gid " + std::to_string(gid);
	return std::string("group ") + entry.gr_name + " (gid " + std::to_string(gid) + ")";
}

/* As khttpctl takes it */
std::string user_word(std::uint32_t uid)
{
	std::array<char, entry_size> room;
	passwd entry{}, *found = nullptr;

	if (getpwuid_r(uid, &entry, room.data(), room.size(), &found) || !found)
		return std::to_string(uid);
	return entry.pw_name;
}

bool in_group(std::uint32_t gid)
{
	std::vector<gid_t> groups(static_cast<std::size_t>(std::max(getgroups(0, nullptr), 0)));
	int n = getgroups(static_cast<int>(groups.size()), groups.data());

	groups.resize(static_cast<std::size_t>(std::max(n, 0)));
	return getegid() == gid || std::ranges::count(groups, gid);
}

bool lets_us_bind(const reservation_info &r)
{
	return r.listen && ((r.uid && *r.uid == geteuid()) || (r.gid && in_group(*r.gid)));
}

} // namespace

std::string to_string(const reservation_info &reservation)
{
	std::string text;

	if (reservation.uid)
		text = user_text(*reservation.uid);
	if (reservation.gid)
		text += (text.empty() ? "" : ", ") + group_text(*reservation.gid);
	return text;
}

std::string reservation_command(const std::optional<reservation_info> &decides,
				std::string_view prefix, std::uint32_t uid)
{
	const std::string url(prefix);
	const std::string add = "khttpctl reservation add " + url + " user " + user_word(uid);

	/* An own one would only stand in its way */
	if (decides && decides->prefix == url)
		return "khttpctl reservation del " + url + " && " + add;
	return add;
}

std::string who_may_bind(control &ctl, std::string_view prefix)
{
	const std::optional<reservation_info> decides = ctl.deciding_reservation(prefix);
	std::string text(prefix);

	if (decides && lets_us_bind(*decides))
		return {};
	if (decides)
		text += " is reserved for " + to_string(*decides) + " by the reservation " +
			decides->prefix + (decides->listen ? "" : ", which grants nobody to bind");
	else
		text += " is under no reservation, and so needs CAP_NET_ADMIN";
	return text + "; this would let you: '" +
	       reservation_command(decides, prefix, geteuid()) + "'";
}

} // namespace khttp
