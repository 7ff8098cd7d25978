// SPDX-License-Identifier: GPL-2.0-only
/* What is stored, for how long, and what has to go. Why so: see Kbuild. */

#include "../cache.c"
#include "../cache_evict.c"
#include "../cache_purge.c"
#include "../cache_purged.c"
#include "../cache_judge.c"
#include "../cache_vary.c"
#include "../cache_named.c"
#include "../cache_tags.c"
#include "../cache_shrink.c"
#include "../purge.c"
#include "../s3fifo.c"
#include "../share.c"
