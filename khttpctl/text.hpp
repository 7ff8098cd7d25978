/* SPDX-License-Identifier: MIT */
/* Small helpers for words. */
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace khttpctl {

/*
 * What clients and other users chose (URLs, names of processes) must not move
 * the cursor of a terminal: control characters and bytes that are not UTF-8
 * are shown as \xNN.
 */
[[nodiscard]] std::string printable(std::string_view text);
/* Columns that printable text takes, one per code point */
[[nodiscard]] std::size_t columns_of(std::string_view text);

[[nodiscard]] std::string join(std::span<const std::string> words, std::string_view between);
[[nodiscard]] std::vector<std::string> split(std::string_view text, char between);
[[nodiscard]] std::string lower(std::string_view text);

/* Those within a few typing mistakes of @name, the closest first, at most 3 */
[[nodiscard]] std::vector<std::string> close_names(std::string_view name,
						   std::span<const std::string> known);

} // namespace khttpctl
