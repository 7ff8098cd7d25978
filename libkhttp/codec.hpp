/* SPDX-License-Identifier: MIT */
/*
 * Attributes <-> structs: the only place that knows the kernel's numbers. Pure.
 * What arrives is checked as if anybody might have sent it; khttp::error with
 * EBADMSG is the answer to what makes no sense. Unknown attributes are those
 * of a newer module and skipped.
 */
#pragma once

#include <array>
#include <functional>
#include <span>
#include <string>

#include <khttp/control.hpp>

#include "netlink.hpp"

namespace khttp::detail {

[[noreturn]] void malformed(const char *what);

/* An index over a run of attributes; the last of a kind counts */
class attribute_table {
public:
	explicit attribute_table(byte_view attributes);

	[[nodiscard]] bool has(int type) const noexcept;
	[[nodiscard]] byte_view raw(int type) const noexcept;
	/* Absent: 0 or empty */
	[[nodiscard]] std::uint32_t u32(int type) const;
	[[nodiscard]] std::uint64_t u64(int type) const;
	[[nodiscard]] std::string text(int type) const;
	/* All of it, NULs too */
	[[nodiscard]] std::string bytes(int type) const;
	[[nodiscard]] std::string required_text(int type) const;

private:
	/* more than the longest list of attributes in the interface */
	static constexpr std::size_t size = 64;
	std::array<byte_view, size> values_{};
	std::array<bool, size> present_{};
};

/* One call of @each per attribute, with its type and its value */
void each_attribute(byte_view rest, const std::function<void(std::size_t, byte_view)> &each);

void from_uapi(byte_view attributes, queue_info &out);
void from_uapi(byte_view attributes, url_info &out);
/* codec_filter.cpp. A message of FILTER_GET is one rule */
struct filter_message {
	std::string group;
	std::uint64_t generation = 0;
	filter_rule rule;
};
void from_uapi(byte_view attributes, filter_message &out);
void from_uapi(byte_view attributes, networks_info &out);
void from_uapi(byte_view attributes, rate_info &out);
void to_uapi(std::span<const filter_entry> rules, message &out);
void to_uapi(const rate_settings &settings, message &out);

void from_uapi(byte_view attributes, listener_info &out);
void from_uapi(byte_view attributes, worker_info &out);
void from_uapi(byte_view attributes, grant_info &out);
void from_uapi(byte_view attributes, cache_entry_info &out);
void from_uapi(byte_view attributes, limit_info &out);
void from_uapi(byte_view attributes, feature_info &out);
void from_uapi(byte_view attributes, event_info &out);
/* One message of the dump: a record, or its end */
void from_uapi(byte_view attributes, error_records &out);

void to_uapi(const queue_settings &settings, message &out);
void to_uapi(std::span<const limit_setting> settings, message &out);
void to_uapi(const error_filter &filter, message &out);

/* codec_stats.cpp */
void from_uapi(byte_view attributes, stat_info &out);
void from_uapi(byte_view attributes, latency_info &out);

/* reservation.cpp */
void from_uapi(byte_view attributes, reservation_info &out);
void to_uapi(const reservation_settings &settings, message &out);

/* codec_group.cpp */
void from_uapi(byte_view attributes, group_info &out);
void to_uapi(std::span<const group_setting> settings, message &out);
void to_uapi(const door_settings &door, message &out);
/* The one body that a group was asked for */
[[nodiscard]] std::optional<std::string> page_body_from_uapi(byte_view attributes);

/* codec_listener.cpp */
void from_uapi(byte_view attributes, listener_settings_info &out);
void to_uapi(const listener_place &place, message &out);
void to_uapi(const listener_settings &settings, message &out);

} // namespace khttp::detail
