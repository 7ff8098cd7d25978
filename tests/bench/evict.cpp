/* SPDX-License-Identifier: MIT */
/*
 * The hit ratio of the cache's eviction beside that of LRU, on traces that are made
 * here. What they are like, and where their numbers come from: README.md.
 */
#include <cstdio>

#include "evict.hpp"

namespace {

constexpr std::uint64_t keys = 1000000, requests = 5000000;

/* After 100000 requests 33000 that scan: a quarter of all */
constexpr std::uint64_t scan_every = 100000, scan_length = 33000;

void row(double alpha, bool scans, double part)
{
	evict::shape s{ alpha, keys, requests, scans ? scan_every : 0, scan_length, 1 };
	auto budget = static_cast<std::uint64_t>(part * static_cast<double>(evict::footprint(s)));
	double lru = evict::hit_ratio<evict::lru>(s, budget);
	double s3fifo = evict::hit_ratio<evict::s3fifo>(s, budget);

	std::printf("| %.1f | %-5s | %4.1f %% | %5.1f MiB | %6.2f %% | %6.2f %% | %+6.2f |\n",
		    alpha, scans ? "yes" : "no", part * 100,
		    static_cast<double>(budget) / (1 << 20),
		    lru * 100, s3fifo * 100, (s3fifo - lru) * 100);
	std::fflush(stdout);
}

} // namespace

int main()
{
	std::printf("| alpha | scans | budget | bytes | LRU | S3-FIFO | difference |\n"
		    "|---|---|---|---|---|---|---|\n");
	for (double alpha : { 0.8, 1.0 })
		for (bool scans : { false, true })
			for (double part : { 0.001, 0.01, 0.1 })
				row(alpha, scans, part);
	return 0;
}
