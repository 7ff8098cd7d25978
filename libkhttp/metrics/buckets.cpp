/* SPDX-License-Identifier: MIT */
#include "buckets.hpp"

#include <cstddef>

extern "C" {
#include "histogram.h"
}

namespace metrics {

buckets buckets_of(std::span<const std::uint64_t> counts)
{
	buckets all;
	std::size_t at = 0; /* the first bound that is not below the middle */

	for (std::size_t i = 0; i < counts.size(); i++) {
		const std::uint64_t middle = khttp_histogram_middle(static_cast<unsigned>(i));

		for (; at < bounds.size() && middle > bounds[at].ns; at++)
			all.below[at] = all.count;
		all.count += counts[i];
		all.sum += static_cast<double>(counts[i]) * static_cast<double>(middle) / 1e9;
	}
	for (; at < bounds.size(); at++)
		all.below[at] = all.count;
	return all;
}

} // namespace metrics
