/* SPDX-License-Identifier: MIT */
/* A file in TOML, made into the words that it holds. */
#pragma once

#include <string>
#include <string_view>

#include "dictionary.hpp"

namespace khttpctl::configuration {

/* What a file says, and only that */
struct file {
	model said;
	/* "khttp.toml:3:1", for what is found out later; by kind and name */
	std::array<std::map<std::string, std::string>, kinds> places;

	[[nodiscard]] std::string place_of(kind k, const std::string &name) const;
};

/*
 * Throws khttp::error, which has a line for each mistake, with its place and what
 * would be right. @name is told there, and files are looked for beside it.
 */
[[nodiscard]] file read_text(std::string_view text, const std::string &name,
			     const dictionary &words, std::optional<kind> only = {});
/* "-" is standard input. @only: the others are not looked at */
[[nodiscard]] file read_file(const std::string &name, const dictionary &words,
			     std::optional<kind> only = {});


} // namespace khttpctl::configuration
