/* SPDX-License-Identifier: MIT */
/* The kernel's histograms as Prometheus wants them. Pure. */
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace metrics {

struct bound {
	std::uint64_t ns;
	std::string_view seconds; /* the same, as it is shown */
};

inline constexpr std::uint64_t us = 1000;
inline constexpr std::uint64_t ms = 1000 * us;
inline constexpr std::uint64_t s = 1000 * ms;

/* From what a hit takes to what nobody waits for */
inline constexpr std::array<bound, 19> bounds = {{
	{10 * us, "0.00001"}, {25 * us, "0.000025"}, {50 * us, "0.00005"},
	{100 * us, "0.0001"}, {250 * us, "0.00025"}, {500 * us, "0.0005"},
	{1 * ms, "0.001"}, {2500 * us, "0.0025"}, {5 * ms, "0.005"},
	{10 * ms, "0.01"}, {25 * ms, "0.025"}, {50 * ms, "0.05"},
	{100 * ms, "0.1"}, {250 * ms, "0.25"}, {500 * ms, "0.5"},
	{1 * s, "1"}, {2500 * ms, "2.5"}, {5 * s, "5"},
	{10 * s, "10"},
}};

struct buckets {
	std::array<std::uint64_t, bounds.size()> below{}; /* each holds those before it */
	std::uint64_t count = 0; /* all, the longer ones too */
	double sum = 0; /* seconds */
};

/*
 * Of the counts that khttp::latency_info has. They are finer, but do not end where
 * these do: a count goes by the middle of its own, which is at most 3.2 % away from
 * the time that was measured, from a microsecond to 137 s; what was longer counts as
 * that. So is the sum made, and none of them ever shrinks.
 */
[[nodiscard]] buckets buckets_of(std::span<const std::uint64_t> counts);

} // namespace metrics
