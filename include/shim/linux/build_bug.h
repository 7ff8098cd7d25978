/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_SHIM_BUILD_BUG_H
#define KHTTP_SHIM_BUILD_BUG_H

#include <assert.h>

#define BUILD_BUG_ON(condition) static_assert(!(condition), #condition)

#endif
