/* SPDX-License-Identifier: MIT */
/* File name to Content-Type, from the system's table. */
#pragma once

#include <istream>
#include <string>
#include <string_view>
#include <unordered_map>

namespace files {

class mime_table {
public:
	/* Lines "type extension...", "#" begins a comment. The first line
	 * that names an extension decides. */
	static mime_table parse(std::istream &lines, std::string charset);
	/* From PATH; where there is no such file, the types of the web's most
	 * common files. Throws std::system_error when it cannot be read. */
	static mime_table load(const std::string &path, std::string charset);

	/* By the extension, letter case ignored; with the charset where the
	 * type is text. */
	std::string type_of(std::string_view file_name) const;

private:
	explicit mime_table(std::string charset) : charset_{std::move(charset)} {}

	std::unordered_map<std::string, std::string> types_;
	std::string charset_; /* empty: none is named */
};

} // namespace files
