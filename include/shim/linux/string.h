/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_SHIM_STRING_H
#define KHTTP_SHIM_STRING_H

#include <string.h>

#endif
