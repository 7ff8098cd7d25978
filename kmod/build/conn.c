// SPDX-License-Identifier: GPL-2.0-only
/* A client's bytes become the head and body of a request. Why so: see Kbuild. */

#include "../setting.c"
#include "../port.c"
#include "../listener.c"
#include "../accept.c"
#include "../trust.c"
#include "../conn.c"
#include "../retire.c"
#include "../client.c"
#include "../origin.c"
#include "../timer.c"
#include "../pace.c"
#include "../receive.c"
#include "../body.c"
#include "../packets.c"
#include "../opaque.c"
