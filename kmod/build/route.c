// SPDX-License-Identifier: GPL-2.0-only
/* What a request is matched against. Why so: see Kbuild. */

#include "../router.c"
#include "../router_change.c"
#include "../reservation.c"
#include "../url.c"
#include "../group.c"
#include "../door.c"
#include "../filter.c"
#include "../networks.c"
#include "../rates.c"
