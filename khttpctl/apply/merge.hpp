/* SPDX-License-Identifier: MIT */
/* What a file says, made into all that is to be. Pure. */
#pragma once

#include "read.hpp"

namespace khttpctl::configuration {

/*
 * With what is not said as it is at first; or, if that is to be kept, as it is in
 * @live. Throws khttp::error with a line for each thing that makes no sense together.
 */
[[nodiscard]] model complete(const file &from, const model &live, const dictionary &words,
			     bool keep);

} // namespace khttpctl::configuration
