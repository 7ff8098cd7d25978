/* SPDX-License-Identifier: MIT */
/* What the kernel's histograms counted between two looks at them. Pure. */
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace metrics {

/* How long requests took: in ns, 0 of none */
struct times {
	std::uint64_t count = 0;
	std::uint64_t p50 = 0, p90 = 0, p99 = 0;
};

/* Of one histogram, or of several together */
class recent {
public:
	recent();

	/* One that lost anything began anew, nobody knows when, and is left out */
	void add(std::span<const std::uint64_t> before, std::span<const std::uint64_t> now);
	void add(const recent &other);

	[[nodiscard]] times summary() const;

private:
	std::vector<unsigned long long> counts_; /* as the pure code has them */
	std::uint64_t count_ = 0;
};

} // namespace metrics
