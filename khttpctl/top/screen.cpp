/* SPDX-License-Identifier: MIT */
#include "screen.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "../error_text.hpp"
#include "../units.hpp"

namespace khttpctl::live {

namespace {

/* From so many columns on there is room for more than the least */
constexpr std::size_t wide = 110;

/* "1.2", "12", "123" with what stands for the powers of 1000 */
std::string scaled(double value, std::span<const char *const> units)
{
	std::size_t unit = 0;

	while (value >= 999.5 && unit + 1 < units.size()) {
		value /= 1000;
		unit++;
	}
	/* what would be rounded up to two digits has none behind the point */
	std::string digits = fmt::format("{:.{}f}", value, value >= 9.95 ? 0 : 1);
	if (digits.ends_with(".0"))
		digits.resize(digits.size() - 2);
	return digits + units[unit];
}

std::string clipped(std::string text, std::size_t width)
{
	if (text.size() <= width)
		return text;
	text.resize(width);
	if (width)
		text.back() = '~';
	return text;
}

struct column {
	const char *title;
	std::size_t width;
	align side = align::right;
};

/* The last column of a row is as wide as what is left */
std::string row_of(std::span<const column> columns, std::span<const std::string> cells,
		   std::size_t width)
{
	std::string line;

	for (std::size_t i = 0; i < columns.size(); i++) {
		const column &c = columns[i];
		bool last = i + 1 == columns.size();
		std::size_t room = last ? width - std::min(width, line.size()) : c.width;
		std::string text = clipped(escaped_bytes(cells[i]), room);
		std::string fill(c.width - std::min(c.width, text.size()), ' ');

		if (c.side == align::right)
			line += fill + text;
		else
			line += last ? text : text + fill;
		if (!last)
			line += ' ';
	}
	return clipped(line, width);
}

struct section {
	std::vector<column> columns;
	std::vector<std::vector<std::string>> rows;
	std::vector<tint> tints; /* of the rows */
};

/* Widths of names: what the least screen has, and all that a wider one can give */
std::size_t name_width(const screen_size &size, std::size_t least)
{
	return least + (size.columns >= wide ? std::min<std::size_t>(size.columns - wide, 20) : 0);
}

section queues_of(const figures &all, const screen_size &size)
{
	bool more = size.columns >= wide;
	section s{{{"QUEUE", name_width(size, 20), align::left}, {"STATE", 8, align::left},
		   {"WAIT", 6}, {"HAND", 5}, {"WORK", 4}, {"REQ/s", 5}, {"ANS/s", 5},
		   {"REF/s", 5}, {"P50", 5}, {"P99", 5}},
		  {}, {}};

	if (more) {
		s.columns.push_back({"P99.9", 5});
		s.columns.push_back({"OLDEST", 10});
		s.columns.push_back({"LENGTH", 7});
	}
	for (const metrics::queue_row &row : all.queues) {
		const khttp::queue_info &q = row.queue;
		std::vector<std::string> cells{
			q.name, std::string(khttp::to_string(q.state)),
			fmt::format("{}", q.waiting), fmt::format("{}", q.in_hand),
			fmt::format("{}", q.workers), short_rate(row.received),
			short_rate(row.answered), short_rate(row.refused), short_ns(row.p50),
			short_ns(row.p99)};

		if (more) {
			cells.push_back(short_ns(row.p999));
			cells.push_back(short_ns(q.oldest_ms * std::uint64_t{1000000}));
			cells.push_back(fmt::format("{}", q.length));
		}
		s.rows.push_back(std::move(cells));
		s.tints.push_back(row.stuck ? tint::bad : q.waiting ? tint::warn : tint::none);
	}
	return s;
}

section workers_of(const figures &all, const screen_size &size)
{
	section s{{{"WORKERS OF", name_width(size, 20), align::left}, {"PID", 7},
		   {"STATE", 8, align::left}, {"N", 3}, {"HAND", 5}, {"SLOTS", 6}, {"ANS/s", 5},
		   {"COMMAND", 16, align::left}},
		  {}, {}};

	for (const metrics::worker_row &row : all.workers) {
		s.rows.push_back({row.first.queue,
				  row.first.pid ? fmt::format("{}", row.first.pid) : "-",
				  std::string(khttp::to_string(row.first.state)),
				  fmt::format("{}", row.workers), fmt::format("{}", row.in_hand),
				  fmt::format("{}", row.slots), short_rate(row.answered),
				  row.first.command});
		s.tints.push_back(row.in_hand >= row.slots ? tint::warn : tint::none);
	}
	return s;
}

section reasons_of(const figures &all)
{
	section s{{{"REFUSED", 32, align::left}, {"/s", 5}, {"TOTAL", 12}}, {}, {}};

	for (const metrics::reason_row &row : all.reasons) {
		s.rows.push_back({row.reason, short_rate(row.rate),
				  fmt::format("{}", row.total)});
		s.tints.push_back(row.rate > 0 ? tint::warn : tint::none);
	}
	return s;
}

section urls_of(const figures &all)
{
	section s{{{"HOTTEST", 7, align::left}, {"/s", 5}, {"TOTAL", 12},
		   {"URL OR PREFIX", 40, align::left}},
		  {}, {}};

	for (const metrics::url_row &row : all.urls) {
		s.rows.push_back({row.stored ? "stored" : "prefix", short_rate(row.rate),
				  fmt::format("{}", row.total), row.url});
		s.tints.push_back(tint::none);
	}
	return s;
}

/*
 * How many rows of each section are shown: in turns one more for each that has
 * more, so that none is left without while another has many.
 */
template <std::size_t N>
std::array<std::size_t, N> shares(const std::array<section, N> &sections, std::size_t room)
{
	std::array<std::size_t, N> given{};
	bool more = true;

	while (more) {
		more = false;
		for (std::size_t i = 0; i < N; i++) {
			/* the first one brings its title and the line before it */
			std::size_t price = given[i] ? 1 : 3;

			if (given[i] == sections[i].rows.size() || price > room)
				continue;
			given[i]++;
			room -= price;
			more = true;
		}
	}
	return given;
}

std::string share_of(double part, double whole)
{
	return whole > 0 ? fmt::format("{:.0f} %", part / whole * 100) : "-";
}

std::string bytes_text(double rate)
{
	return format_size(static_cast<std::uint64_t>(rate));
}

void add_head(const figures &all, const std::string &clock, std::vector<screen_line> &lines)
{
	lines.push_back({fmt::format("khttp  {}  over {:.1f} s", clock, all.seconds), tint::bold});
	if (!all.totals)
		return;
	const metrics::totals_row &t = *all.totals;
	lines.back().text += fmt::format("  connections {} (+{}/s)", t.connections,
					 short_rate(t.accepted));
	lines.push_back({fmt::format("requests {}/s  hits {}/s ({})  by workers {}/s  "
				     "by the kernel {}/s",
				     short_rate(t.requests), short_rate(t.hits),
				     share_of(t.hits, t.hits + t.misses), short_rate(t.worker),
				     short_rate(t.kernel))});
	lines.push_back({fmt::format("in {}/s  out {}/s  memory {} of {}  cache {} in {}",
				     bytes_text(t.received_bytes), bytes_text(t.sent_bytes),
				     format_size(t.memory), format_size(t.max_memory),
				     t.cache_entries, format_size(t.cache_bytes))});
}

void add_section(const section &s, std::size_t n, std::size_t width,
		 std::vector<screen_line> &lines)
{
	std::vector<std::string> titles;

	if (!n)
		return;
	for (const column &c : s.columns)
		titles.emplace_back(c.title);
	/* where there is room */
	if (n < s.rows.size() && s.columns[0].width >= 20)
		titles.front() += fmt::format(" ({} more)", s.rows.size() - n);
	lines.push_back({""});
	lines.push_back({row_of(s.columns, titles, width), tint::bold});
	for (std::size_t i = 0; i < n; i++)
		lines.push_back({row_of(s.columns, s.rows[i], width), s.tints[i]});
}

} // namespace

std::string short_rate(double rate)
{
	static constexpr const char *units[] = {"", "k", "M", "G", "T", "P"};

	/* less than one in twenty seconds */
	return rate < 0.05 ? "0" : scaled(rate, units);
}

std::string short_ns(std::uint64_t ns)
{
	static constexpr const char *units[] = {"ns", "us", "ms", "s"};

	return ns ? scaled(static_cast<double>(ns), units) : "-";
}

std::vector<screen_line> screen_of(const figures &all, const std::string &clock,
				   const screen_size &size)
{
	const std::array sections{queues_of(all, size), workers_of(all, size), reasons_of(all),
				  urls_of(all)};
	std::vector<screen_line> lines;

	add_head(all, clock, lines);
	if (all.queues.empty())
		lines.push_back({"no queue that you may see: 'khttpctl queue add NAME'"});
	if (all.too_many_entries)
		lines.push_back({"too many stored responses to look at each: "
				 "'khttpctl cache top'"});
	const auto given = shares(sections, size.rows - std::min(size.rows, lines.size()));
	for (std::size_t i = 0; i < sections.size(); i++)
		add_section(sections[i], given[i], size.columns, lines);
	lines.resize(std::min(lines.size(), size.rows));
	for (screen_line &line : lines)
		line.text = clipped(line.text, size.columns);
	return lines;
}

} // namespace khttpctl::live
