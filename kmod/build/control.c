// SPDX-License-Identifier: GPL-2.0-only
/* Changes, made whole or not at all, and who is told of them. Why so: see Kbuild. */

#include "../control.c"
#include "../control_filter.c"
#include "../transaction.c"
#include "../step.c"
#include "../event.c"
#include "../subscriber.c"
#include "../errors.c"
#include "../limits.c"
