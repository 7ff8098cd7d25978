// SPDX-License-Identifier: GPL-2.0-only
/* A request, and the head of an answer. Why so: see Kbuild. */

#include "../http/parse.c"
#include "../http/head.c"
#include "../http/field.c"
#include "../http/method.c"
#include "../http/body.c"
#include "../http/uri.c"
#include "../http/path.c"
#include "../http/spelling.c"
#include "../http/host.c"
#include "../http/prefix.c"
#include "../http/match.c"
#include "../http/redirect.c"
#include "../http/out.c"
#include "../http/reply.c"
#include "../http/reason.c"
#include "../http/date.c"
