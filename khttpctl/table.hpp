/* SPDX-License-Identifier: MIT */
/* Output: aligned tables, colours on terminals, JSON. */
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace khttpctl {

/* Members in the order in which they are documented */
using json = nlohmann::ordered_json;

enum class align { left, right };
enum class tint { none, bold, good, warn, bad };

struct cell {
	std::string text;
	tint colour = tint::none;

	cell(std::string value, tint shade = tint::none) : text(std::move(value)), colour(shade) {}
	cell(const char *value) : text(value) {}
};

class table {
public:
	struct column {
		const char *title;
		align side = align::left;
	};

	explicit table(std::vector<column> columns) : columns_(std::move(columns)) {}

	void add(std::vector<cell> row) { rows_.push_back(std::move(row)); }
	[[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
	void print(std::ostream &out, bool colour) const;

private:
	std::vector<column> columns_;
	std::vector<std::vector<cell>> rows_;
};

/* "name     value" lines under each other, for one object */
class listing {
public:
	void add(std::string name, cell value)
	{
		rows_.emplace_back(std::move(name), std::move(value));
	}
	void print(std::ostream &out, bool colour) const;

private:
	std::vector<std::pair<std::string, cell>> rows_;
};

[[nodiscard]] std::string painted(std::string_view text, tint shade, bool colour);

/* Bytes that are not UTF-8 become U+FFFD: the document stays valid */
void print_json(std::ostream &out, const json &document);
void print_json_line(std::ostream &out, const json &document);

/* A terminal, and nobody asked for plain text (https://no-color.org) */
[[nodiscard]] bool wants_colour(int fd);

} // namespace khttpctl
