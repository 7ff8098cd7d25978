// SPDX-License-Identifier: GPL-2.0-only
/* What can be seen of it all. Why so: see Kbuild. */

#include "../latency.c"
#include "../histogram.c"
#include "../log.c"
#include "../log_ring.c"
#include "../log_file.c"
#include "../stats.c"
