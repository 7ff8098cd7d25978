// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

// One "## heading" of a file in vectors/: a message in a fenced block, where a
// line break means nothing and \r \n \t \0 \xNN \\ are bytes, and behind it a
// list of lines that the summary of the request must have. A line "wire: STATUS
// [WORD] [close] [open]" is for what the module answers beyond what the pure
// code knows; "open" leaves the connection's other direction open.
struct request_vector {
	std::string name;
	std::string message;
	std::vector<std::string> expected;
};

std::vector<request_vector> load_vectors(const std::string &file);
