/* SPDX-License-Identifier: MIT */
#pragma once

#include <khttp/cache.hpp>

namespace khttp::detail {

/* As the C interface says it */
constexpr purge_mode purge_mode_of(int soft) noexcept
{
	return soft ? purge_mode::soft : purge_mode::hard;
}

} // namespace khttp::detail
