/* SPDX-License-Identifier: MIT */
#pragma once

#include <cstdint>
#include <string_view>

namespace khttp::detail {

/* The word for a khttp_stored; empty for unknown. */
std::string_view stored_word(std::uint8_t what) noexcept;

} // namespace khttp::detail
