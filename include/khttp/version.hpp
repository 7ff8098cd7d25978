/* SPDX-License-Identifier: MIT */
#pragma once

#include <khttp/export.hpp>

#define KHTTP_VERSION_MAJOR 0
#define KHTTP_VERSION_MINOR 1
#define KHTTP_VERSION_PATCH 0
#define KHTTP_VERSION_STRING "0.1.0"

namespace khttp {

/* Version of the library at run time; the macros are what one compiled with. */
KHTTP_EXPORT const char *version() noexcept;

} // namespace khttp
