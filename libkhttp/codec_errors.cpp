/* SPDX-License-Identifier: MIT */
/* Attributes of the error log; see codec.hpp. */
#include <algorithm>
#include <cstring>

#include <linux/khttp.h>

#include "codec.hpp"

namespace khttp::detail {

namespace {

/* The address, behind which port and scope stand */
endpoint_info endpoint_from_uapi(const attribute_table &a, int type)
{
	byte_view address = a.raw(type);
	std::uint32_t port = a.u32(type + 1);
	endpoint_info out;

	if (address.size() != 4 && address.size() != 16)
		malformed("size of an address");
	if (port > 65535)
		malformed("port");
	out.ipv6 = address.size() == 16;
	std::memcpy(out.address.data(), address.data(), address.size());
	out.port = static_cast<std::uint16_t>(port);
	out.scope = a.u32(type + 2);
	return out;
}

error_record record_from_uapi(const attribute_table &a)
{
	error_record out;

	out.seq = a.u64(KHTTP_ERROR_A_SEQ);
	out.lost = a.u64(KHTTP_ERROR_A_LOST);
	out.time_ns = a.u64(KHTTP_ERROR_A_TIME);
	out.connection = a.u64(KHTTP_ERROR_A_CONNECTION);
	out.stream = a.u64(KHTTP_ERROR_A_STREAM);
	out.client = endpoint_from_uapi(a, KHTTP_ERROR_A_CLIENT);
	out.local = endpoint_from_uapi(a, KHTTP_ERROR_A_LOCAL);
	out.version = a.u32(KHTTP_ERROR_A_VERSION);
	out.method = a.bytes(KHTTP_ERROR_A_METHOD);
	out.target = a.bytes(KHTTP_ERROR_A_TARGET);
	out.target_length = std::max(a.u32(KHTTP_ERROR_A_TARGET_LENGTH),
				     static_cast<std::uint32_t>(out.target.size()));
	out.status = a.u32(KHTTP_ERROR_A_STATUS);
	out.reason = a.required_text(KHTTP_ERROR_A_REASON);
	out.queue = a.text(KHTTP_ERROR_A_QUEUE);
	out.queue_id = a.u32(KHTTP_ERROR_A_QUEUE_ID);
	out.prefix = a.text(KHTTP_ERROR_A_PREFIX);
	return out;
}

} // namespace

void from_uapi(byte_view attributes, error_records &out)
{
	const attribute_table a(attributes);

	if (a.has(KHTTP_ERROR_A_SEQ)) {
		out.records.push_back(record_from_uapi(a));
		return;
	}
	out.next = a.u64(KHTTP_ERROR_A_NEXT);
	out.lost = a.u64(KHTTP_ERROR_A_LOST);
}

void to_uapi(const error_filter &filter, message &out)
{
	if (!filter.queue.empty())
		out.put(KHTTP_ERROR_A_QUEUE, filter.queue);
	if (!filter.reason.empty())
		out.put(KHTTP_ERROR_A_REASON, filter.reason);
	if (filter.from)
		out.put_u64(KHTTP_ERROR_A_FROM, filter.from);
}

} // namespace khttp::detail
