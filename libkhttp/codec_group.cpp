/* SPDX-License-Identifier: MIT */
/* Groups: attributes <-> structs. */
#include <linux/khttp.h>

#include "codec.hpp"

namespace khttp::detail {

namespace {

void from_uapi(byte_view attributes, group_limit &out)
{
	const attribute_table a(attributes);

	out.name = a.required_text(KHTTP_LIMIT_A_NAME);
	out.value = a.u64(KHTTP_LIMIT_A_VALUE);
	if (a.has(KHTTP_LIMIT_A_OWN))
		out.own = a.u64(KHTTP_LIMIT_A_OWN);
}

void from_uapi(byte_view attributes, error_page_info &out)
{
	const attribute_table a(attributes);

	out.status = a.u32(KHTTP_PAGE_A_STATUS);
	out.type = a.required_text(KHTTP_PAGE_A_TYPE);
	out.length = a.u32(KHTTP_PAGE_A_LENGTH);
}

void from_uapi(byte_view attributes, cache_refusal &out)
{
	const attribute_table a(attributes);

	out.reason = a.required_text(KHTTP_WHY_A_REASON);
	out.count = a.u64(KHTTP_WHY_A_COUNT);
}

void from_uapi(byte_view attributes, cache_share_info &out)
{
	const attribute_table a(attributes);

	out.entries = a.u64(KHTTP_SHARE_A_ENTRIES);
	out.bytes = a.u64(KHTTP_SHARE_A_BYTES);
	out.hits = a.u64(KHTTP_SHARE_A_HITS);
	out.misses = a.u64(KHTTP_SHARE_A_MISSES);
	out.stale = a.u64(KHTTP_SHARE_A_STALE);
	out.coalesced = a.u64(KHTTP_SHARE_A_COALESCED);
	out.stored = a.u64(KHTTP_SHARE_A_STORED);
	out.evicted = a.u64(KHTTP_SHARE_A_EVICTED);
	out.not_stored.clear();
	each_attribute(attributes, [&](std::size_t type, byte_view value) {
		if (type == KHTTP_SHARE_A_NOT_STORED)
			from_uapi(value, out.not_stored.emplace_back());
	});
}

} // namespace

void from_uapi(byte_view attributes, group_info &out)
{
	const attribute_table a(attributes);

	out.name = a.required_text(KHTTP_GROUP_A_NAME);
	out.queue = a.text(KHTTP_GROUP_A_QUEUE);
	out.id = a.u64(KHTTP_GROUP_A_ID);
	out.is_default = a.has(KHTTP_GROUP_A_DEFAULT);
	out.urls = a.u32(KHTTP_GROUP_A_URLS);
	if (a.has(KHTTP_GROUP_A_CONNECTIONS))
		out.connections = a.u32(KHTTP_GROUP_A_CONNECTIONS);
	out.server = a.text(KHTTP_GROUP_A_SERVER);
	out.maintenance = a.u32(KHTTP_GROUP_A_MAINTENANCE);
	out.retry_after = a.u32(KHTTP_GROUP_A_RETRY_AFTER);
	from_uapi(a.raw(KHTTP_GROUP_A_CACHE), out.cache);
	out.limits.clear();
	out.pages.clear();
	each_attribute(attributes, [&](std::size_t type, byte_view value) {
		if (type == KHTTP_GROUP_A_LIMIT)
			from_uapi(value, out.limits.emplace_back());
		else if (type == KHTTP_GROUP_A_PAGE)
			from_uapi(value, out.pages.emplace_back());
	});
}

std::optional<std::string> page_body_from_uapi(byte_view attributes)
{
	std::optional<std::string> body;

	each_attribute(attributes, [&](std::size_t type, byte_view value) {
		if (type != KHTTP_GROUP_A_PAGE)
			return;
		const attribute_table a(value);
		if (a.has(KHTTP_PAGE_A_BODY))
			body = a.bytes(KHTTP_PAGE_A_BODY);
	});
	return body;
}

void to_uapi(std::span<const group_setting> settings, message &out)
{
	for (const group_setting &setting : settings)
		out.put_nested(KHTTP_GROUP_A_LIMIT, [&] {
			out.put(KHTTP_LIMIT_A_NAME, setting.name);
			if (setting.value)
				out.put_u64(KHTTP_LIMIT_A_VALUE, *setting.value);
			else
				out.put_flag(KHTTP_LIMIT_A_INHERIT);
		});
}

namespace {

void to_uapi(const error_page &page, message &out)
{
	out.put_nested(KHTTP_GROUP_A_PAGE, [&] {
		out.put(KHTTP_PAGE_A_STATUS, page.status);
		if (!page.type.empty())
			out.put(KHTTP_PAGE_A_TYPE, page.type);
		if (page.body)
			out.put_bytes(KHTTP_PAGE_A_BODY,
				      std::as_bytes(std::span(*page.body)));
	});
}

} // namespace

void to_uapi(const door_settings &door, message &out)
{
	if (door.server)
		out.put(KHTTP_GROUP_A_SERVER, *door.server);
	if (door.maintenance)
		out.put(KHTTP_GROUP_A_MAINTENANCE, std::uint32_t{*door.maintenance});
	if (door.retry_after)
		out.put(KHTTP_GROUP_A_RETRY_AFTER, *door.retry_after);
	for (const error_page &page : door.pages)
		to_uapi(page, out);
}

} // namespace khttp::detail
