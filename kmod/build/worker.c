// SPDX-License-Identifier: GPL-2.0-only
/* Who may work on requests, and what is theirs. Why so: see Kbuild. */

#include "../main.c"
#include "../net.c"
#include "../account.c"
#include "../user.c"
#include "../who.c"
#include "../device.c"
#include "../worker.c"
#include "../worker_info.c"
#include "../grant.c"
#include "../registration.c"
#include "../slots.c"
