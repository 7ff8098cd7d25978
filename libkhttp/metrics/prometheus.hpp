/* SPDX-License-Identifier: MIT */
/*
 * All that khttp counts, for Prometheus; 'khttpctl stats --prometheus' and
 * khttp-exporter say the same. Labels are names that an administrator or the owner
 * of a queue chose, and words of ours: never anything of a client's.
 */
#pragma once

#include <string>
#include <vector>

#include <khttp/control.hpp>

#include "exposition.hpp"

namespace metrics {

struct snapshot {
	std::string version; /* of the module */
	std::vector<khttp::stat_info> figures;
	std::vector<khttp::group_info> groups;
	std::vector<khttp::latency_info> latencies;
};

/* Throws khttp::error. What is not ours to see is not in it */
[[nodiscard]] snapshot take(khttp::control &control);

/* The namespace's own figures are there, which only CAP_NET_ADMIN sees */
[[nodiscard]] bool complete(const std::vector<khttp::stat_info> &figures) noexcept;

/*
 * In OpenMetrics the histogram of all requests that a worker had names the slowest of
 * late by its id. Names start with khttp_ and end in what they are counted in, or in _total. A
 * stage in which a queue had no request yet has no histogram. Pure.
 */
[[nodiscard]] std::string prometheus_text(const snapshot &of,
					  format as = format::text);

} // namespace metrics
