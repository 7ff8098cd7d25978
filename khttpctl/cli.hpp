/* SPDX-License-Identifier: MIT */
#pragma once

#include <ostream>

namespace khttpctl {

/* The whole program; 0 done, 1 failed or nothing found, 2 wrongly called */
[[nodiscard]] int run(int argc, const char *const *argv, std::ostream &out, std::ostream &err,
		      bool colour);

} // namespace khttpctl
