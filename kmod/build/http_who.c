// SPDX-License-Identifier: GPL-2.0-only
/* Who asks, by way of whom, and whether he may. Why so: see Kbuild. */

#include "../http/traceparent.c"
#include "../http/node.c"
#include "../http/proxy.c"
#include "../http/forwarded.c"
#include "../http/network.c"
#include "../http/netset.c"
#include "../http/rule.c"
#include "../http/rule_text.c"
#include "../http/log_record.c"
