/* SPDX-License-Identifier: MIT */
/* The part of codec.hpp that is about request filters. */
#include "codec.hpp"

#include <linux/khttp.h>

namespace khttp::detail {

void from_uapi(byte_view attributes, filter_message &out)
{
	const attribute_table a(attributes);

	out.group = a.required_text(KHTTP_FILTER_A_GROUP);
	out.generation = a.u64(KHTTP_FILTER_A_GENERATION);
	out.rule.id = a.u64(KHTTP_FILTER_A_ID);
	out.rule.text = a.text(KHTTP_FILTER_A_TEXT);
	out.rule.matched = a.u64(KHTTP_FILTER_A_MATCHED);
	out.rule.limited = a.u64(KHTTP_FILTER_A_LIMITED);
}

void from_uapi(byte_view attributes, networks_info &out)
{
	const attribute_table a(attributes);

	out.name = a.required_text(KHTTP_NETWORKS_A_NAME);
	out.generation = a.u64(KHTTP_NETWORKS_A_GENERATION);
	out.ipv4 = a.u32(KHTTP_NETWORKS_A_COUNT4);
	out.ipv6 = a.u32(KHTTP_NETWORKS_A_COUNT6);
	out.bytes = a.u64(KHTTP_NETWORKS_A_BYTES);
	out.rules = a.u32(KHTTP_NETWORKS_A_RULES);
}

void from_uapi(byte_view attributes, rate_info &out)
{
	const attribute_table a(attributes);

	out.name = a.required_text(KHTTP_RATE_A_NAME);
	out.count = a.u32(KHTTP_RATE_A_COUNT);
	out.period = a.u32(KHTTP_RATE_A_PERIOD);
	out.burst = a.u32(KHTTP_RATE_A_BURST);
	out.ipv4_bits = a.u32(KHTTP_RATE_A_BITS4);
	out.ipv6_bits = a.u32(KHTTP_RATE_A_BITS6);
	out.addresses = a.u32(KHTTP_RATE_A_ADDRESSES);
	out.active = a.u32(KHTTP_RATE_A_ACTIVE);
	out.rules = a.u32(KHTTP_RATE_A_RULES);
	out.bytes = a.u64(KHTTP_RATE_A_BYTES);
}

void to_uapi(std::span<const filter_entry> rules, message &out)
{
	for (const filter_entry &rule : rules)
		out.put_nested(KHTTP_FILTER_A_RULE, [&] {
			if (rule.id)
				out.put_u64(KHTTP_FILTER_A_ID, rule.id);
			else
				out.put(KHTTP_FILTER_A_TEXT, rule.text);
		});
}

void to_uapi(const rate_settings &settings, message &out)
{
	const std::pair<int, std::optional<std::uint32_t>> members[] = {
		{KHTTP_RATE_A_COUNT, settings.count},
		{KHTTP_RATE_A_PERIOD, settings.period},
		{KHTTP_RATE_A_BURST, settings.burst},
		{KHTTP_RATE_A_BITS4, settings.ipv4_bits},
		{KHTTP_RATE_A_BITS6, settings.ipv6_bits},
		{KHTTP_RATE_A_ADDRESSES, settings.addresses},
	};

	for (const auto &[type, value] : members)
		if (value)
			out.put(type, *value);
}

} // namespace khttp::detail
