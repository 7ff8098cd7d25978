/* SPDX-License-Identifier: MIT */
#include "slot.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>

#include <khttp/error.hpp>

namespace khttp::detail {

namespace {

bool inside(khttp_ref where, std::uint32_t area) noexcept
{
	return std::uint64_t{where.off} + where.len <= area;
}

/* RFC 9110 5.6.2 */
using char_set = std::array<bool, 256>;

constexpr char_set token_chars = [] {
	char_set set{};

	for (unsigned c = '0'; c <= '9'; c++)
		set[c] = true;
	for (unsigned c = 'a'; c <= 'z'; c++)
		set[c] = set[c - 'a' + 'A'] = true;
	for (char c : std::string_view{"!#$%&'*+-.^_`|~"})
		set[static_cast<unsigned char>(c)] = true;
	return set;
}();

/* RFC 9110 5.5: visible, space, tab, and bytes above ASCII */
constexpr char_set value_chars = [] {
	char_set set{};

	for (unsigned c = 0x20; c <= 0xff; c++)
		set[c] = c != 0x7f;
	set['\t'] = true;
	return set;
}();

/* Nearly always they are: no branch for each byte. */
bool all_in(const char_set &set, std::string_view text) noexcept
{
	bool all = true;

#pragma GCC unroll 8
	for (char c : text)
		all &= set[static_cast<unsigned char>(c)];
	return all;
}

/* How many bytes at the start are, by whole words, neither controls nor DEL. */
std::size_t plain_start(std::string_view text) noexcept
{
	constexpr std::uint64_t ones = 0x0101010101010101;
	constexpr std::uint64_t tops = 0x8080808080808080;
	std::size_t at = 0;

	for (; at + 8 <= text.size(); at += 8) {
		std::uint64_t word;

		std::memcpy(&word, text.data() + at, sizeof(word));
		/* A borrow marks more than there is, and never less. */
		if (((word - ones * 0x20) | ((word ^ ones * 0x7f) - ones)) &
		    ~word & tops)
			break;
	}
	return at;
}

/* One of those that frame an answer, which the kernel writes. */
bool is_framing(std::string_view name) noexcept
{
	switch (name.size()) {
	case 2:
		return same_name(name, "te");
	case 7:
		return same_name(name, "trailer");
	case 10:
		return same_name(name, "connection") ||
		       same_name(name, "keep-alive");
	case 14:
		return same_name(name, "content-length");
	case 16:
		return same_name(name, "proxy-connection");
	case 17:
		return same_name(name, "transfer-encoding");
	default:
		return false;
	}
}

std::byte *put(std::byte *at, std::string_view bytes) noexcept
{
	/* std::copy from bytes to bytes of another type goes one by one. */
	if (!bytes.empty())
		std::memcpy(at, bytes.data(), bytes.size());
	return at + bytes.size();
}

using record_lengths = std::array<std::uint16_t, 2>;

std::size_t record_size(std::string_view name, std::string_view value) noexcept
{
	return sizeof(record_lengths) + name.size() + value.size();
}

/* As a field block has it; the lengths have been checked */
void put_record(std::byte *at, std::string_view name, std::string_view value) noexcept
{
	const record_lengths lengths = {static_cast<std::uint16_t>(name.size()),
					static_cast<std::uint16_t>(value.size())};

	std::memcpy(at, lengths.data(), sizeof(lengths));
	put(put(at + sizeof(lengths), name), value);
}

char lower(char c) noexcept
{
	return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

} // namespace

bool slot_view::valid(std::uint64_t id) const noexcept
{
	const khttp_slot &s = head();

	if (s.id != id || s.fields.off % alignof(khttp_slot_field) != 0 ||
	    s.nfields > s.fields.len / sizeof(khttp_slot_field))
		return false;
	return inside(s.method, area_) && inside(s.scheme, area_) &&
	       inside(s.authority, area_) && inside(s.target, area_) &&
	       inside(s.path, area_) && inside(s.query, area_) &&
	       inside(s.prefix, area_) && inside(s.fields, area_) &&
	       inside(s.body, area_);
}

std::string_view slot_view::text(khttp_ref where) const noexcept
{
	if (!inside(where, area_))
		return {};
	return {reinterpret_cast<const char *>(base_) + where.off, where.len};
}

bool slot_view::copy(std::uint32_t offset, void *into, std::uint32_t size) const noexcept
{
	if (!inside({offset, size}, area_))
		return false;
	std::memcpy(into, base_ + offset, size);
	return true;
}

std::size_t slot_view::field_count() const noexcept
{
	return head().nfields;
}

field slot_view::field_at(std::size_t index) const noexcept
{
	if (index >= field_count())
		return {};
	auto *table = reinterpret_cast<const khttp_slot_field *>(
		base_ + head().fields.off);
	return {text(table[index].name), text(table[index].value)};
}

void reply_writer::take(std::uint64_t id) noexcept
{
	/* Release: the kernel reads it when this process has died, and must
	 * not miss it once the handler has had an effect. */
	std::atomic_ref<__u64>{reply().taken}.store(
		id, std::memory_order_release);
}

void reply_writer::reset() noexcept
{
	khttp_reply &r = reply();
	khttp_reply fresh{};

	fresh.fd = -1;
	std::memcpy(reinterpret_cast<char *>(&r) + sizeof(r.taken),
		    reinterpret_cast<const char *>(&fresh) + sizeof(r.taken),
		    sizeof(r) - sizeof(r.taken));
	r.fields.off = layout_.request_area + sizeof(khttp_reply);
	used_ = sizeof(khttp_reply);
	logged_ = 0;
	flow_ = 0;
}

std::uint8_t reply_writer::stored(std::uint64_t id) noexcept
{
	__u32 told = std::atomic_ref<__u32>{reply().stored}.load(
		std::memory_order_relaxed);

	if (!KHTTP_STORED_OF(told, id))
		return KHTTP_STORED_UNKNOWN;
	return static_cast<std::uint8_t>(KHTTP_STORED_WHAT(told));
}

void reply_writer::drop_fields() noexcept
{
	const std::byte *log = end_of_fields();

	reply().nfields = 0;
	reply().fields.len = 0;
	used_ = sizeof(khttp_reply);
	if (logged_)
		std::memmove(end_of_fields(), log, logged_);
}

std::byte *reply_writer::end_of_fields() noexcept
{
	return base_ + layout_.request_area + used_;
}

std::uint32_t reply_writer::room() const noexcept
{
	return layout_.reply_area - used_ - logged_ - flow_;
}

std::error_code reply_writer::add_field(std::string_view name,
					std::string_view value) noexcept
{
	constexpr std::size_t longest = UINT16_MAX;

	if (!field_allowed(name, value))
		return misuse::bad_field;
	if (name.size() > longest || value.size() > longest ||
	    record_size(name, value) > room() ||
	    reply().nfields == UINT16_MAX)
		return misuse::head_too_large;

	std::byte *at = end_of_fields();
	if (logged_)
		std::memmove(at + record_size(name, value), at, logged_);
	put_record(at, name, value);
	used_ += static_cast<std::uint32_t>(record_size(name, value));
	reply().nfields++;
	reply().fields.len = used_ - sizeof(khttp_reply);
	return {};
}

std::error_code reply_writer::add_to_log(std::string_view name,
					 std::string_view value) noexcept
{
	const std::size_t left = std::min(KHTTP_LOG_FIELDS_MAX - logged_, room());

	if (name.empty() || !all_in(token_chars, name))
		return misuse::bad_field;
	if (name.size() > left || value.size() > left ||
	    record_size(name, value) > left)
		return std::make_error_code(std::errc::message_size);
	put_record(end_of_fields() + logged_, name, value);
	logged_ += static_cast<std::uint32_t>(record_size(name, value));
	reply().log_len = logged_;
	return {};
}

bool reply_writer::set_inline_body(std::string_view bytes) noexcept
{
	std::uint32_t offset = used_ + logged_;

	if (bytes.size() > room())
		return false;
	put(base_ + layout_.request_area + offset, bytes);
	reply().body_kind = KHTTP_BODY_SLOT;
	reply().body_addr = offset;
	reply().body_len = bytes.size();
	return true;
}

bool reply_writer::set_flow(const khttp_flow &flow) noexcept
{
	auto offset = static_cast<std::uint32_t>(layout_.size() - sizeof(flow));

	reply().flow = 0;
	flow_ = 0;
	if (!flow.rate)
		return true;
	if (sizeof(flow) > room())
		return false;
	std::memcpy(base_ + offset, &flow, sizeof(flow));
	reply().flow = offset;
	flow_ = sizeof(flow);
	return true;
}

bool reply_writer::set_fragment(std::string_view name) noexcept
{
	std::uint32_t offset = used_ + logged_;

	if (name.size() > room())
		return false;
	put(base_ + layout_.request_area + offset, name);
	reply().body_kind = KHTTP_BODY_FRAGMENT;
	reply().fragment = {layout_.request_area + offset,
			    static_cast<__u32>(name.size())};
	return true;
}

bool same_name(std::string_view a, std::string_view b) noexcept
{
	return std::ranges::equal(a, b, {}, lower, lower);
}

bool field_allowed(std::string_view name, std::string_view value) noexcept
{
	return !name.empty() && all_in(token_chars, name) &&
	       all_in(value_chars, value.substr(plain_start(value))) &&
	       !is_framing(name);
}

bool field_block::next(field &into) noexcept
{
	std::array<std::uint16_t, 2> lengths;

	if (left_.size() < sizeof(lengths))
		return false;
	std::memcpy(lengths.data(), left_.data(), sizeof(lengths));
	left_.remove_prefix(sizeof(lengths));
	if (left_.size() < std::size_t{lengths[0]} + lengths[1])
		return false;
	into.name = left_.substr(0, lengths[0]);
	into.value = left_.substr(lengths[0], lengths[1]);
	left_.remove_prefix(std::size_t{lengths[0]} + lengths[1]);
	return true;
}

} // namespace khttp::detail
