/* SPDX-License-Identifier: MIT */
/* The lines of khttpctl top: figures and a size in, lines out. */
#pragma once

#include <string>
#include <vector>

#include "metrics/live.hpp"

#include "../table.hpp"

namespace khttpctl::live {

using metrics::figures;

struct screen_size {
	std::size_t columns = 80;
	std::size_t rows = 24;
};

struct screen_line {
	std::string text; /* never wider than the screen, printable ASCII alone */
	tint colour = tint::none;
};

/*
 * @clock: what stands in front of the first line. As many lines as the screen has
 * at most; each of the lists has some, and gets what others leave.
 */
[[nodiscard]] std::vector<screen_line> screen_of(const figures &all, const std::string &clock,
						 const screen_size &size);

/* At most four columns: "0", "0.3", "999", "12k", "3.4M" */
[[nodiscard]] std::string short_rate(double rate);
/* At most five: "512ns", "1.2us", "35ms", "137s"; "-" of nothing */
[[nodiscard]] std::string short_ns(std::uint64_t ns);

} // namespace khttpctl::live
