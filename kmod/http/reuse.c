// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/reuse.h"

#define CONDITIONS (KHTTP_FIELD_BIT(KHTTP_FIELD_IF_NONE_MATCH) |	\
		    KHTTP_FIELD_BIT(KHTTP_FIELD_IF_MODIFIED_SINCE))

/* Who says how old it may be wants an answer of his own. */
static bool wants_own(const struct khttp_cache_control *wish)
{
	return khttp_cc_says(wish, KHTTP_CC_NO_CACHE) ||
	       khttp_cc_says(wish, KHTTP_CC_NO_STORE) ||
	       khttp_cc_says(wish, KHTTP_CC_MAX_AGE) ||
	       khttp_cc_says(wish, KHTTP_CC_MIN_FRESH);
}

u8 khttp_reuse_part(const struct khttp_head *head, enum khttp_cache_why why,
		    const struct khttp_cache_control *wish)
{
	bool get = head->method == KHTTP_METHOD_GET;
	u8 part = 0;

	if (why && (why != KHTTP_CACHE_WHY_METHOD ||
		    head->method != KHTTP_METHOD_HEAD))
		return 0;
	if (!wish || !wants_own(wish))
		part |= KHTTP_REUSE_WAITS;
	if (get && !(head->seen & CONDITIONS))
		part |= KHTTP_REUSE_LEADS;
	return part;
}
