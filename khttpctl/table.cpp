/* SPDX-License-Identifier: MIT */
#include "table.hpp"

#include <algorithm>
#include <cstdlib>

#include <unistd.h>

#include "text.hpp"

namespace khttpctl {

std::string painted(std::string_view text, tint shade, bool colour)
{
	static constexpr const char *codes[] = {"", "1", "32", "33", "31"};

	if (!colour || shade == tint::none || text.empty())
		return std::string(text);
	return "\033[" + std::string(codes[static_cast<int>(shade)]) + "m" + std::string(text) +
	       "\033[0m";
}

namespace {

constexpr std::size_t gap = 2;

std::string padded(const cell &value, std::size_t width, align side, bool last, bool colour)
{
	std::string text = printable(value.text);
	std::size_t fill = width - std::min(width, columns_of(text));
	std::string shown = painted(text, value.colour, colour);

	if (side == align::right)
		return std::string(fill, ' ') + shown;
	/* no blanks at the end of lines */
	return last ? shown : shown + std::string(fill, ' ');
}

} // namespace

void table::print(std::ostream &out, bool colour) const
{
	std::vector<std::size_t> widths;
	std::vector<cell> titles;

	for (const column &c : columns_) {
		widths.push_back(columns_of(c.title));
		titles.emplace_back(c.title, tint::bold);
	}
	for (const std::vector<cell> &row : rows_)
		for (std::size_t i = 0; i < row.size(); i++)
			widths[i] = std::max(widths[i], columns_of(printable(row[i].text)));

	auto line = [&](const std::vector<cell> &row) {
		for (std::size_t i = 0; i < row.size(); i++)
			out << (i ? std::string(gap, ' ') : "")
			    << padded(row[i], widths[i], columns_[i].side, i + 1 == row.size(),
				      colour);
		out << '\n';
	};
	line(titles);
	std::ranges::for_each(rows_, line);
}

void listing::print(std::ostream &out, bool colour) const
{
	std::size_t width = 0;

	for (const auto &[name, value] : rows_)
		width = std::max(width, columns_of(name));
	for (const auto &[name, value] : rows_)
		out << name << std::string(width - columns_of(name) + gap, ' ')
		    << painted(printable(value.text), value.colour, colour) << '\n';
}

void print_json(std::ostream &out, const json &document)
{
	out << document.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

void print_json_line(std::ostream &out, const json &document)
{
	out << document.dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
}

bool wants_colour(int fd)
{
	const char *no_colour = std::getenv("NO_COLOR");
	const char *terminal = std::getenv("TERM");

	return !(no_colour && *no_colour) && terminal && std::string_view(terminal) != "dumb" &&
	       isatty(fd);
}

} // namespace khttpctl
