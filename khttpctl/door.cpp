/* SPDX-License-Identifier: MIT */
#include "door.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <span>

#include <fmt/format.h>
#include <khttp/error.hpp>
#include <linux/khttp.h>

#include "command.hpp"
#include "settings.hpp"
#include "text.hpp"
#include "units.hpp"

namespace khttpctl {

namespace {

constexpr keyword retry_keyword = {
	"retry", "N", value_kind::seconds, 0, UINT32_MAX, "none", "told in those answers",
};
constexpr keyword page_keyword = {
	"status", "N", value_kind::number, 400, 599, nullptr, "of the refusals it is for",
};

/* The words behind a group's name, one after another */
class reader {
public:
	explicit reader(std::span<const std::string> words) : words_(words) {}

	[[nodiscard]] bool done() const { return words_.empty(); }
	[[nodiscard]] bool is(const char *word) const { return !done() && words_[0] == word; }
	const std::string &next(const char *missing)
	{
		if (done())
			throw usage_error(missing);
		const std::string &word = words_[0];
		words_ = words_.subspan(1);
		return word;
	}
	/* As the value of a keyword, with its ranges */
	std::uint32_t number(const keyword &of, const char *missing)
	{
		const std::string pair[] = {of.name, next(missing)};

		return parse_keywords(pair, std::span(&of, 1)).number32(of.name).value();
	}

private:
	std::span<const std::string> words_;
};

khttp::error_page read_page(reader &words)
{
	khttp::error_page page;

	page.status = words.number(page_keyword, "'page STATUS FILE' is missing its status");
	const std::string &file = words.next("'page STATUS FILE' is missing its file, or none");
	if (file == "none")
		return page;
	page.body = page_content(file);
	if (words.is("type")) {
		words.next("");
		page.type = words.next("'type TYPE' is missing its type");
	}
	return page;
}

void read_maintenance(reader &words, khttp::door_settings &door)
{
	const std::string &state = words.next("write 'maintenance on' or 'maintenance off'");

	if (state != "on" && state != "off")
		throw usage_error("write 'maintenance on' or 'maintenance off'");
	door.maintenance = state == "on";
	if (!*door.maintenance || !words.is("retry"))
		return;
	words.next("");
	door.retry_after = words.number(retry_keyword, "'retry SECONDS' is missing its number");
}

void read_server(reader &words, khttp::door_settings &door)
{
	const std::string &text = words.next("'server on|off|TEXT' is missing its text");

	door.server = server_field(text);
}

std::string server_text(const khttp::group_info &group)
{
	if (group.server.empty())
		return "off";
	return group.server == KHTTP_SERVER_DEFAULT ? "on" : printable(group.server);
}

std::string maintenance_text(const khttp::group_info &group)
{
	if (!group.maintenance)
		return "off";
	if (!group.retry_after)
		return "on";
	return fmt::format("on, retry {}", format_time(group.retry_after, time_unit::seconds));
}

std::string page_text(const khttp::error_page_info &page)
{
	return fmt::format("page {} ({}, {})", page.status, format_size(page.length),
			   printable(page.type));
}

} // namespace

std::string page_content(const std::string &name)
{
	std::ifstream file(name, std::ios::binary);
	std::string bytes(KHTTP_PAGE_MAX + 1, '\0');

	if (!file)
		throw khttp::error(errno, fmt::format("{}: {}", printable(name),
						      std::strerror(errno)));
	file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
	if (file.bad())
		throw khttp::error(EIO, fmt::format("{}: cannot be read", printable(name)));
	if (file.gcount() > KHTTP_PAGE_MAX)
		throw khttp::error(EFBIG,
				   fmt::format("{}: a page has no more than {} bytes",
					       printable(name), KHTTP_PAGE_MAX));
	bytes.resize(static_cast<std::size_t>(file.gcount()));
	return bytes;
}

std::string server_field(const std::string &word)
{
	if (word == "on")
		return KHTTP_SERVER_DEFAULT;
	return word == "off" ? "" : word;
}

std::uint32_t retry_seconds(const std::string &text)
{
	const std::string pair[] = {retry_keyword.name, text};

	return parse_keywords(pair, std::span(&retry_keyword, 1)).number32("retry").value();
}

khttp::door_settings take_door(std::vector<std::string> &words)
{
	khttp::door_settings door;
	std::vector<std::string> rest;
	reader all(words);

	while (!all.done()) {
		const std::string &word = all.next("");

		if (word == "server") {
			read_server(all, door);
		} else if (word == "maintenance") {
			read_maintenance(all, door);
		} else if (word == "page") {
			door.pages.push_back(read_page(all));
		} else {
			rest.push_back(word);
			if (!all.done())
				rest.push_back(all.next(""));
		}
	}
	words = std::move(rest);
	return door;
}

std::vector<std::string> door_texts(const khttp::group_info &group)
{
	std::vector<std::string> texts;

	if (group.server != KHTTP_SERVER_DEFAULT)
		texts.push_back(fmt::format("server {}", server_text(group)));
	for (const khttp::error_page_info &page : group.pages)
		texts.push_back(fmt::format("page {}", page.status));
	if (group.maintenance)
		texts.push_back(fmt::format("maintenance {}", maintenance_text(group)));
	return texts;
}

void add_door(listing &lines, const khttp::group_info &group)
{
	std::vector<std::string> pages;

	for (const khttp::error_page_info &page : group.pages)
		pages.push_back(page_text(page));
	lines.add("server", server_text(group));
	lines.add("pages", pages.empty() ? "the kernel's" : join(pages, ", "));
	lines.add("maintenance",
		  {maintenance_text(group), group.maintenance ? tint::warn : tint::none});
}

} // namespace khttpctl
