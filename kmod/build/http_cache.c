// SPDX-License-Identifier: GPL-2.0-only
/* What may be stored, and used again. Why so: see Kbuild. */

#include "../http/cache_policy.c"
#include "../http/cache_control.c"
#include "../http/dictionary.c"
#include "../http/freshness.c"
#include "../http/reuse.c"
#include "../http/renew.c"
#include "../http/vary.c"
#include "../http/cache_tag.c"
#include "../http/range.c"
#include "../http/coding.c"
#include "../http/cache_status.c"
