/* SPDX-License-Identifier: MIT */
/*
 * A configuration as words: what a file says and what the kernel has are brought
 * into the same form, so that they can be compared, shown and written.
 */
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace khttpctl::configuration {

/* In the order in which they are shown and written */
enum class kind { limits, networks, rate, listener, queue, group, reservation, url, app };
inline constexpr std::size_t kinds = 9;
inline constexpr std::array<const char *, kinds> kind_names = {
	"limits", "networks",	 "rate", "listener", "queue",
	"group",  "reservation", "url",	 "app",
};

/* In normal form: what means the same is the same text */
struct value {
	std::string text;
	std::vector<std::string> list = {}; /* of keys that have one: then no text */
	std::string bytes = {};		    /* of an error page; the text is its type */

	friend bool operator==(const value &, const value &) = default;
};

/* By keyword */
using object = std::map<std::string, value>;
/* Or null */
[[nodiscard]] inline const value *find_key(const object &keys, const std::string &key)
{
	auto found = keys.find(key);

	return found == keys.end() ? nullptr : &found->second;
}

/* By name. That of the limits is empty */
using objects = std::map<std::string, object>;

struct model {
	std::array<objects, kinds> all;

	[[nodiscard]] objects &of(kind k) { return all[static_cast<std::size_t>(k)]; }
	[[nodiscard]] const objects &of(kind k) const { return all[static_cast<std::size_t>(k)]; }
};

[[nodiscard]] inline const char *name_of(kind k)
{
	return kind_names[static_cast<std::size_t>(k)];
}

/* The key of a group's error page */
inline constexpr std::string_view page_prefix = "page ";

} // namespace khttpctl::configuration
