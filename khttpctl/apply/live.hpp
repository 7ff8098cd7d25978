/* SPDX-License-Identifier: MIT */
/*
 * What the kernel has, made into words: but for what users bind and reserve for
 * themselves, and queues that were made for their processes.
 */
#pragma once

#include <set>

#include "dictionary.hpp"

namespace khttpctl::configuration {

/* One state of it, and all that is needed to change that */
struct snapshot {
	std::uint64_t generation = 0;
	model now;
	/* with the numbers of the rules, by group */
	std::map<std::string, khttp::filter_info> filters;
	/* Made by whom others delegate to: theirs, and not of any file */
	std::set<std::string> delegated;
};

/* Throws khttp::error: EAGAIN where it changes all the time */
[[nodiscard]] snapshot take_snapshot(khttp::control &control, const dictionary &words);

/* Pure: one of each */
[[nodiscard]] object words_of(const khttp::queue_info &queue);
[[nodiscard]] object words_of(const khttp::group_info &group, const dictionary &words);
[[nodiscard]] object words_of(const khttp::reservation_info &reservation);
[[nodiscard]] object words_of(const khttp::url_info &url);
[[nodiscard]] object words_of(const khttp::listener_settings_info &settings);
[[nodiscard]] object words_of(const khttp::rate_info &rate);

} // namespace khttpctl::configuration
