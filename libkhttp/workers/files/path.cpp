/* SPDX-License-Identifier: MIT */
#include "path.hpp"

#include <algorithm>

#include "common/text.hpp"

namespace files {

namespace {

bool segment_ok(std::string_view segment, bool dotfiles)
{
	if (segment.empty() || segment == "." || segment == "..")
		return false;
	return dotfiles || !segment.starts_with('.') || segment == ".well-known";
}

bool segments_ok(std::string_view path, bool dotfiles)
{
	std::size_t begin = 0;

	while (begin <= path.size()) {
		const auto end = std::min(path.find('/', begin), path.size());

		if (!segment_ok(path.substr(begin, end - begin), dotfiles))
			return false;
		begin = end + 1;
	}
	return true;
}

} // namespace

std::string_view prefix_path(std::string_view prefix)
{
	const auto host = prefix.find("://");

	if (host == std::string_view::npos)
		return "/";
	const auto path = prefix.find('/', host + 3);

	return path == std::string_view::npos ? "/" : prefix.substr(path);
}

std::optional<site_path> locate(std::string_view path, std::string_view prefix,
				bool dotfiles)
{
	/* "/docs/" routes "/docs" too; letter case may differ, length not. */
	const auto skip = prefix_path(prefix).size() - 1;
	site_path found;

	if (path.size() < skip || path.find('\0') != std::string_view::npos)
		return std::nullopt;
	auto rest = path.substr(skip);

	/* An empty segment is refused even where a file system would not
	 * mind: "//host" in a redirect would name another site. */
	if (path.find("//") != std::string_view::npos ||
	    (!rest.empty() && rest.front() != '/'))
		return std::nullopt;
	if (!rest.empty())
		rest.remove_prefix(1);
	found.directory = path.ends_with('/');
	if (found.directory && !rest.empty())
		rest.remove_suffix(1);
	if (!rest.empty() && !segments_ok(rest, dotfiles))
		return std::nullopt;
	found.name = rest.empty() ? "." : rest;
	return found;
}

std::string directory_location(std::string_view path, std::string_view query)
{
	auto location = text::encode_path(path) + '/';

	if (!query.empty())
		location += '?' + text::encode_query(query);
	return location;
}

} // namespace files
