/* SPDX-License-Identifier: MIT */
/* Attributes of figures and latencies; see codec.hpp. */
#include "codec.hpp"

#include <cstring>

#include <linux/khttp.h>

namespace khttp::detail {

void from_uapi(byte_view attributes, stat_info &out)
{
	const attribute_table a(attributes);

	out.name = a.required_text(KHTTP_STAT_A_NAME);
	out.kind = static_cast<stat_kind>(a.u32(KHTTP_STAT_A_KIND));
	out.value = a.u64(KHTTP_STAT_A_VALUE);
	out.help = a.text(KHTTP_STAT_A_HELP);
	out.queue = a.text(KHTTP_STAT_A_QUEUE);
	out.reason = a.text(KHTTP_STAT_A_REASON);
}

namespace {

std::vector<std::uint64_t> numbers(byte_view bytes, std::size_t most)
{
	std::vector<std::uint64_t> values(bytes.size() / sizeof(std::uint64_t));

	if (bytes.size() % sizeof(std::uint64_t) != 0 || values.size() > most)
		malformed("size of a list of numbers");
	if (!values.empty())
		std::memcpy(values.data(), bytes.data(), bytes.size());
	return values;
}

} // namespace

void from_uapi(byte_view attributes, latency_info &out)
{
	const attribute_table a(attributes);

	out.queue = a.required_text(KHTTP_LATENCY_A_QUEUE);
	out.stage = a.required_text(KHTTP_LATENCY_A_STAGE);
	out.count = a.u64(KHTTP_LATENCY_A_COUNT);
	out.p50 = a.u64(KHTTP_LATENCY_A_P50);
	out.p90 = a.u64(KHTTP_LATENCY_A_P90);
	out.p99 = a.u64(KHTTP_LATENCY_A_P99);
	out.p999 = a.u64(KHTTP_LATENCY_A_P999);
	out.longest = a.u64(KHTTP_LATENCY_A_LONGEST);
	out.counts = numbers(a.raw(KHTTP_LATENCY_A_COUNTS), KHTTP_LATENCY_BUCKETS);
	if (std::uint64_t ns = a.u64(KHTTP_LATENCY_A_SLOWEST))
		out.slowest = {ns, a.u64(KHTTP_LATENCY_A_CONNECTION),
			       a.u64(KHTTP_LATENCY_A_STREAM)};
}

} // namespace khttp::detail
