/* SPDX-License-Identifier: MIT */
/* From the URL's path to a path below the site's directory. Pure. */
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace files {

/* The path of "scheme://host:port/path/", with both slashes. */
std::string_view prefix_path(std::string_view prefix);

struct site_path {
	std::string name;	/* relative, without slash at the ends; "." */
	bool directory = false; /* the URL ended in a slash */
};

/*
 * PATH, cooked by the kernel, below the prefix that routed it. Nothing for a
 * path that never names a file: one with empty or dot segments, a NUL, or (but
 * for ".well-known", RFC 8615) with hidden names, unless DOTFILES.
 */
std::optional<site_path> locate(std::string_view path, std::string_view prefix,
				bool dotfiles);

/* Where a directory without its slash is sent: path, slash, query, encoded. */
std::string directory_location(std::string_view path, std::string_view query);

} // namespace files
