/* SPDX-License-Identifier: MIT */
/* A configuration as a file. Pure. */
#pragma once

#include <ostream>

#include "../table.hpp"
#include "dictionary.hpp"

namespace khttpctl::configuration {

/* In TOML: what is not as it is at first */
void write_file(std::ostream &out, const model &m, const dictionary &words);

/* The same, by kind, name and key */
[[nodiscard]] json json_of(const model &m, const dictionary &words);

/* What of an object has to be said, so that it is read as the same again */
[[nodiscard]] object to_say(kind k, const object &keys, const dictionary &words);

} // namespace khttpctl::configuration
