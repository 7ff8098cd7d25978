/* SPDX-License-Identifier: MIT */
#include "listing.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <memory>
#include <tuple>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "common/text.hpp"

namespace files {

namespace {

constexpr std::string_view page_style =
	"body{font:1em/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em;"
	"padding:0 1em;color-scheme:light dark}"
	"table{border-collapse:collapse;width:100%}"
	"th,td{text-align:left;padding:.15em .6em .15em 0}"
	"td+td,th+th{text-align:right;white-space:nowrap;"
	"font-variant-numeric:tabular-nums}"
	"tr:hover td{background:#8881}td:first-child{overflow-wrap:anywhere}";

struct close_directory {
	void operator()(DIR *directory) const { closedir(directory); }
};
using directory_stream = std::unique_ptr<DIR, close_directory>;

[[noreturn]] void throw_errno(const char *what)
{
	throw std::system_error{errno, std::generic_category(), what};
}

/* Reads through a descriptor of its own: FD keeps its position. */
directory_stream open_stream(int fd)
{
	khttp::unique_fd own{openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};

	if (!own)
		throw_errno("open directory");
	directory_stream stream{fdopendir(own.get())};

	if (!stream)
		throw_errno("read directory");
	own.release();
	return stream;
}

bool name_shown(std::string_view name, bool dotfiles)
{
	if (name == "." || name == ".." || !text::is_utf8(name))
		return false;
	return dotfiles || !name.starts_with('.') || name == ".well-known";
}

void add_entry(listing &shown, const root &site, const std::string &below,
	       std::string_view name)
{
	const auto file = site.open(fmt::format("{}/{}", below, name));

	if (!file)
		return;
	shown.entries.push_back(
		{std::string{name}, file.directory(),
		 static_cast<std::uint64_t>(file.st.st_size),
		 static_cast<std::uint64_t>(
			 std::max<time_t>(file.st.st_mtim.tv_sec, 0))});
}

void render_entry(std::string &page, const listing_entry &entry)
{
	const auto slash = entry.directory ? "/" : "";
	const auto size =
		entry.directory
			? std::string{}
			: fmt::format("<span title=\"{} bytes\">{}</span>",
				      entry.size, human_size(entry.size));
	const auto when = fmt::gmtime(static_cast<time_t>(entry.modified));

	/* "./" keeps a name like "javascript:x" from being a scheme. */
	page += fmt::format("<tr><td><a href=\"./{0}{1}\">{2}{1}</a></td>"
			    "<td>{3}</td><td>{4:%Y-%m-%d %H:%M}</td></tr>\n",
			    text::escape_html(text::encode_path(entry.name)),
			    slash, text::escape_html(entry.name), size, when);
}

} // namespace

listing read_listing(const root &site, const std::string &name, int fd,
		     bool dotfiles)
{
	const auto stream = open_stream(fd);
	listing shown;

	for (;;) {
		errno = 0;
		const struct dirent *entry = readdir(stream.get());

		if (!entry && errno)
			throw_errno("read directory");
		if (!entry)
			break;
		if (!name_shown(entry->d_name, dotfiles))
			continue;
		if (shown.entries.size() == max_entries) {
			shown.complete = false;
			break;
		}
		add_entry(shown, site, name, entry->d_name);
	}
	std::ranges::sort(shown.entries, {}, [](const listing_entry &entry) {
		return std::tuple{!entry.directory, std::string_view{entry.name}};
	});
	return shown;
}

std::string render_listing(const listing &shown, std::string_view path,
			   bool parent)
{
	const auto title = text::escape_html(path);
	auto page = fmt::format(
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		"<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width\">\n"
		"<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n"
		"<h1>{0}</h1>\n<table>\n<thead><tr><th>Name</th><th>Size</th>"
		"<th>Modified (UTC)</th></tr></thead>\n<tbody>\n",
		title, page_style);

	if (parent)
		page += "<tr><td><a href=\"../\">../</a></td><td></td>"
			"<td></td></tr>\n";
	for (const auto &entry : shown.entries)
		render_entry(page, entry);
	page += "</tbody>\n</table>\n";
	if (!shown.complete)
		page += fmt::format("<p>Only {} names are shown; there are "
				    "more.</p>\n", max_entries);
	page += "</body>\n</html>\n";
	return page;
}

std::string human_size(std::uint64_t bytes)
{
	static constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB",
					  "EiB"};
	auto scaled = static_cast<double>(bytes) / 1024;
	std::size_t unit = 0;

	if (bytes < 1024)
		return fmt::format("{} B", bytes);
	/* 1023.95 would print as 1024.0 */
	while (scaled >= 1023.95 && unit + 1 < units.size()) {
		scaled /= 1024;
		unit++;
	}
	return fmt::format("{:.1f} {}", scaled, units[unit]);
}

} // namespace files
