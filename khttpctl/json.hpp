/* SPDX-License-Identifier: MIT */
/* The JSON form of everything shown: raw numbers, names as in khttpctl(8). */
#pragma once

#include <khttp/control.hpp>

#include "table.hpp"

namespace khttpctl {

[[nodiscard]] json json_of(const khttp::queue_info &queue);
[[nodiscard]] json json_of(const khttp::group_info &group);
[[nodiscard]] json json_of(const khttp::filter_info &filter);
[[nodiscard]] json json_of(const khttp::networks_info &set);
[[nodiscard]] json json_of(const khttp::rate_info &rate);
[[nodiscard]] json json_of(const khttp::url_info &url);
[[nodiscard]] json json_of(const khttp::reservation_info &r);
[[nodiscard]] json json_of(const khttp::listener_info &listener);
[[nodiscard]] json json_of(const khttp::listener_settings_info &settings);
[[nodiscard]] json json_of(const khttp::worker_info &worker);
[[nodiscard]] json json_of(const khttp::grant_info &grant);
[[nodiscard]] json json_of(const khttp::cache_entry_info &entry);
[[nodiscard]] json json_of(const khttp::limit_info &limit);
[[nodiscard]] json json_of(const khttp::stat_info &figure);
[[nodiscard]] json json_of(const khttp::latency_info &latency);
[[nodiscard]] json json_of(const khttp::event_info &event);
[[nodiscard]] json json_of(const khttp::error_record &record);

/* An array, empty for none */
template <typename T> [[nodiscard]] json json_list(const std::vector<T> &items)
{
	json list = json::array();

	for (const T &item : items)
		list.push_back(json_of(item));
	return list;
}

} // namespace khttpctl
