/* SPDX-License-Identifier: MIT */
#include "people.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "command.hpp"
#include "text.hpp"
#include "units.hpp"

namespace khttpctl {

namespace {

/* (uid_t)-1 means "nobody" to the kernel's calls */
std::optional<std::uint32_t> id_of(const std::string &text)
{
	std::optional<std::uint64_t> number = parse_number(text);

	if (!number || *number >= UINT32_MAX)
		return std::nullopt;
	return static_cast<std::uint32_t>(*number);
}

std::uint32_t uid_of(const std::string &name)
{
	if (const passwd *entry = getpwnam(name.c_str()))
		return entry->pw_uid;
	if (auto number = id_of(name))
		return *number;
	throw usage_error(fmt::format("there is no user '{}' here: give a name that "
				      "'getent passwd' knows, or a number",
				      printable(name)));
}

std::uint32_t gid_of(const std::string &name)
{
	if (const group *entry = getgrnam(name.c_str()))
		return entry->gr_gid;
	if (auto number = id_of(name))
		return *number;
	throw usage_error(fmt::format("there is no group '{}' here: give a name that "
				      "'getent group' knows, or a number",
				      printable(name)));
}

std::uint32_t login_group(std::uint32_t uid, std::string_view text)
{
	if (const passwd *entry = getpwuid(uid))
		return entry->pw_gid;
	throw usage_error(fmt::format("'{}' asks for the user's login group, but user {} is "
				      "unknown here: name the group",
				      printable(text), uid));
}

} // namespace

std::string user_name(std::uint32_t uid)
{
	const passwd *entry = getpwuid(uid);

	return entry ? entry->pw_name : fmt::format("{}", uid);
}

std::string group_name(std::uint32_t gid)
{
	const group *entry = getgrgid(gid);

	return entry ? entry->gr_name : fmt::format("{}", gid);
}

owner parse_owner(std::string_view text)
{
	std::size_t colon = text.find(':');
	std::string user(text.substr(0, colon));
	owner result;

	if (text.empty() || text == ":")
		throw usage_error("owner: write USER, USER:GROUP or :GROUP");
	if (!user.empty())
		result.uid = uid_of(user);
	if (colon == std::string_view::npos)
		return result;
	std::string group(text.substr(colon + 1));
	result.gid = group.empty() ? login_group(*result.uid, text) : gid_of(group);
	return result;
}

person person_named(const std::string &name)
{
	person found{.uid = uid_of(name)};
	const passwd *entry = getpwuid(*found.uid);
	int n = 0;

	/* Who is not known here has no groups that we could know */
	if (!entry)
		return found;
	getgrouplist(entry->pw_name, entry->pw_gid, nullptr, &n);
	found.groups.resize(static_cast<std::size_t>(n));
	n = getgrouplist(entry->pw_name, entry->pw_gid, found.groups.data(), &n);
	found.groups.resize(static_cast<std::size_t>(std::max(n, 0)));
	return found;
}

person myself()
{
	person found{.uid = geteuid()};

	found.groups.resize(static_cast<std::size_t>(std::max(getgroups(0, nullptr), 0)));
	int n = getgroups(static_cast<int>(found.groups.size()), found.groups.data());
	found.groups.resize(static_cast<std::size_t>(std::max(n, 0)));
	found.groups.push_back(getegid());
	return found;
}

} // namespace khttpctl
