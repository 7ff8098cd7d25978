// SPDX-License-Identifier: GPL-2.0-only
/* A request goes where it belongs: the cache, a queue, or back. Why so: see Kbuild. */

#include "../dispatch.c"
#include "../hit.c"
#include "../partial.c"
#include "../respond.c"
#include "../admit.c"
#include "../canned.c"
#include "../request.c"
#include "../told.c"
#include "../flight.c"
#include "../queue.c"
#include "../shard.c"
#include "../places.c"
#include "../park.c"
