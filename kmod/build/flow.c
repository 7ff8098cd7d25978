// SPDX-License-Identifier: GPL-2.0-only
/* How fast answers go out. Why so: see Kbuild. */

#include "../throttle.c"
#include "../valve.c"
#include "../tap.c"
#include "../meter.c"
