/* SPDX-License-Identifier: MIT */
#include "recent.hpp"

#include <algorithm>
#include <cstddef>

extern "C" {
#include "histogram.h"
}

namespace metrics {

recent::recent() : counts_(KHTTP_HISTOGRAM_BUCKETS) {}

void recent::add(std::span<const std::uint64_t> before, std::span<const std::uint64_t> now)
{
	/* A list ends with the last bucket that is not 0 */
	auto was = [before](std::size_t i) { return i < before.size() ? before[i] : 0; };
	const std::size_t buckets = std::min(now.size(), counts_.size());

	if (before.size() > now.size())
		return;
	for (std::size_t i = 0; i < buckets; i++)
		if (now[i] < was(i))
			return;
	for (std::size_t i = 0; i < buckets; i++) {
		counts_[i] += now[i] - was(i);
		count_ += now[i] - was(i);
	}
}

void recent::add(const recent &other)
{
	for (std::size_t i = 0; i < counts_.size(); i++)
		counts_[i] += other.counts_[i];
	count_ += other.count_;
}

times recent::summary() const
{
	auto at = [this](unsigned per_mille) {
		return khttp_histogram_percentile(counts_.data(), count_, per_mille);
	};

	return {count_, at(500), at(900), at(990)};
}

} // namespace metrics
