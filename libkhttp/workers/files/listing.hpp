/* SPDX-License-Identifier: MIT */
/* A directory as an HTML page. */
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "root.hpp"

namespace files {

/* More names than this are not shown; the page says so. */
inline constexpr std::size_t max_entries = 10000;

struct listing_entry {
	std::string name; /* UTF-8 */
	bool directory = false;
	std::uint64_t size = 0;
	std::uint64_t modified = 0;
};

struct listing {
	std::vector<listing_entry> entries; /* directories first, by name */
	bool complete = true;
};

/*
 * What can be fetched from the directory NAME, open as FD: no hidden names
 * unless DOTFILES, nothing that root::open() would refuse, no name that is not
 * UTF-8 (the kernel refuses such a path). Throws std::system_error.
 */
listing read_listing(const root &site, const std::string &name, int fd,
		     bool dotfiles);

/* PATH is the URL's cooked path; PARENT: a link upwards is shown. Pure. */
std::string render_listing(const listing &shown, std::string_view path,
			   bool parent);

/* "0 B", "1.4 KiB". Pure. */
std::string human_size(std::uint64_t bytes);

} // namespace files
