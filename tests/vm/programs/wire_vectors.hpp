// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// An answer on the wire, read as strictly as the module reads requests.
struct answer {
	int status = 0;
	std::multimap<std::string, std::string> fields; // names in lower case
	std::string body;

	bool has(const std::string &name) const { return fields.contains(name); }
	bool closes() const;
};

struct malformed : std::runtime_error {
	using std::runtime_error::runtime_error;
};

// Final answers to requests of these methods, in order; throws where the bytes
// are anything else. Interim ones are counted.
std::vector<answer> read_answers(std::string_view bytes,
				 const std::vector<std::string> &methods,
				 int *interim);
