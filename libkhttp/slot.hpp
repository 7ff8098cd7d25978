/* SPDX-License-Identifier: MIT */
/*
 * The mapped slot: the request the kernel wrote, and the reply the worker
 * writes. The only code that knows the layout; every offset is checked against
 * its area, although the kernel wrote it.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>

#include <linux/khttp.h>

#include <khttp/request.hpp>

namespace khttp::detail {

struct slot_layout {
	std::uint32_t request_area = 0;
	std::uint32_t reply_area = 0;

	std::size_t size() const noexcept
	{
		return std::size_t{request_area} + reply_area;
	}
};

/* The request's half. */
class slot_view {
public:
	slot_view() noexcept = default;
	slot_view(const std::byte *base, slot_layout layout) noexcept
		: base_{base}, area_{layout.request_area}
	{
	}

	/* The fixed part makes sense for request number ID. */
	bool valid(std::uint64_t id) const noexcept;
	const khttp_slot &head() const noexcept
	{
		return *reinterpret_cast<const khttp_slot *>(base_);
	}
	/* Empty when it does not lie inside the area. */
	std::string_view text(khttp_ref where) const noexcept;
	/* SIZE bytes from OFFSET on; false when they do not lie inside it. */
	bool copy(std::uint32_t offset, void *into, std::uint32_t size) const noexcept;
	std::size_t field_count() const noexcept;
	field field_at(std::size_t index) const noexcept;

private:
	const std::byte *base_ = nullptr;
	std::uint32_t area_ = 0;
};

/* The reply's half: struct khttp_reply, the field block, an inline body. */
class reply_writer {
public:
	reply_writer() noexcept = default;
	reply_writer(std::byte *base, slot_layout layout) noexcept
		: base_{base}, layout_{layout}
	{
	}

	/* Tell the kernel that request ID has been looked at. */
	void take(std::uint64_t id) noexcept;
	/* Forget the head and the fields; what take() said stays. */
	void reset() noexcept;
	khttp_reply &reply() noexcept
	{
		return *reinterpret_cast<khttp_reply *>(
			base_ + layout_.request_area);
	}
	/* What the kernel told of the answer to request ID, a khttp_stored. */
	std::uint8_t stored(std::uint64_t id) noexcept;
	std::error_code add_field(std::string_view name,
				  std::string_view value) noexcept;
	void drop_fields() noexcept;
	/* What is said of the request in the access log stands behind the fields */
	std::error_code add_to_log(std::string_view name,
				   std::string_view value) noexcept;
	/* The kernel has it: what is added now begins anew. */
	void log_taken() noexcept
	{
		reply().log_len = logged_ = 0;
	}
	/* Put BYTES behind the fields and point the body there; false when
	 * there is no room. No field may be added afterwards. */
	bool set_inline_body(std::string_view bytes) noexcept;
	/* At what bandwidth it goes out, at the end of the area; false: no room. A rate
	 * of 0: none. */
	bool set_flow(const khttp_flow &flow) noexcept;
	/* The same with the NAME of a fragment that the body is a piece of. */
	bool set_fragment(std::string_view name) noexcept;

private:
	std::byte *end_of_fields() noexcept;
	std::uint32_t room() const noexcept;

	std::byte *base_ = nullptr;
	slot_layout layout_;
	/* Bytes of the reply area. Not read from the page: it is ours alone, but what
	 * stands in it may have been overwritten by a stray pointer. */
	std::uint32_t used_ = sizeof(khttp_reply); /* with the fields */
	std::uint32_t logged_ = 0;		   /* behind them */
	std::uint32_t flow_ = 0;		   /* at the end of the area */
};

/* RFC 9110 5.1 and 5.5, and not one of the kernel's framing fields. */
bool field_allowed(std::string_view name, std::string_view value) noexcept;

/* ASCII letter case ignored. */
bool same_name(std::string_view a, std::string_view b) noexcept;

/* Walk a field block; stops at the first record that does not fit. */
class field_block {
public:
	explicit field_block(std::string_view bytes) noexcept : left_{bytes} {}
	bool next(field &into) noexcept;

private:
	std::string_view left_;
};

} // namespace khttp::detail
