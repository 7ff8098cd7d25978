// SPDX-License-Identifier: GPL-2.0-only
/* An answer becomes a stored one. Why so: see Kbuild. */

#include "../store.c"
#include "../renew.c"
#include "../store_fragment.c"
#include "../fragment_name.c"
#include "../fragments.c"
#include "../entry.c"
#include "../entry_free.c"
#include "../entry_body.c"
#include "../entry_url.c"
