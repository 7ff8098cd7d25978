// SPDX-License-Identifier: MIT
#include "vectors.hpp"

#include <fstream>
#include <stdexcept>

namespace {

int hex_value(char c)
{
	return static_cast<int>(std::string("0123456789abcdef").find(c));
}

std::string decode_line(const std::string &line)
{
	std::string out;

	for (std::size_t i = 0; i < line.size(); i++) {
		if (line[i] != '\\') {
			out += line[i];
			continue;
		}
		switch (line.at(++i)) {
		case 'r': out += '\r'; break;
		case 'n': out += '\n'; break;
		case 't': out += '\t'; break;
		case '0': out += '\0'; break;
		case '\\': out += '\\'; break;
		case 'x':
			out += static_cast<char>(hex_value(line.at(i + 1)) * 16 +
						 hex_value(line.at(i + 2)));
			i += 2;
			break;
		default:
			throw std::runtime_error("unknown escape: " + line);
		}
	}
	return out;
}

}  // namespace

std::vector<request_vector> load_vectors(const std::string &file)
{
	std::ifstream in(std::string(KHTTP_VECTORS) + "/" + file);
	std::vector<request_vector> all;
	bool in_message = false;
	std::string line;

	if (!in)
		throw std::runtime_error("cannot open " + file);
	while (std::getline(in, line)) {
		if (line.starts_with("```")) {
			in_message = !in_message;
		} else if (in_message) {
			all.back().message += decode_line(line);
		} else if (line.starts_with("## ")) {
			all.push_back({ line.substr(3), "", {} });
		} else if (line.starts_with("- ") && !all.empty()) {
			all.back().expected.push_back(line.substr(2));
		}
	}
	return all;
}
