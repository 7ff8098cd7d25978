// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/cache_status.h"

#define NAME "Cache-Status: khttp"

static const char *const words[KHTTP_CACHE_FWD__COUNT] = {
#define WORD(name, word) [KHTTP_CACHE_FWD_##name] = (word),
	KHTTP_CACHE_FWD_LIST(WORD)
#undef WORD
};

void khttp_cache_status_hit(struct khttp_out *out, s64 ttl)
{
	khttp_out_text(out, NAME "; hit; ttl=");
	if (ttl < 0)
		khttp_out_text(out, "-");
	khttp_out_number(out, ttl < 0 ? -(u64)ttl : (u64)ttl);
	khttp_out_text(out, "\r\n");
}

static void put_fwd(struct khttp_out *out, enum khttp_cache_fwd fwd)
{
	u32 index = (u32)fwd;

	khttp_out_text(out, NAME "; fwd=");
	khttp_out_text(out, words[index < KHTTP_CACHE_FWD__COUNT ? index : 0]);
}

void khttp_cache_status_collapsed(struct khttp_out *out,
				  enum khttp_cache_fwd fwd)
{
	put_fwd(out, fwd);
	khttp_out_text(out, "; collapsed\r\n");
}

static void put_stored(struct khttp_out *out, enum khttp_cache_why why)
{
	if (why) {
		/* Every word of the list is a Token. */
		khttp_out_text(out, "; detail=");
		khttp_out_text(out, khttp_cache_why_word(why));
	} else {
		khttp_out_text(out, "; stored");
	}
	khttp_out_text(out, "\r\n");
}

void khttp_cache_status_forwarded(struct khttp_out *out,
				  enum khttp_cache_fwd fwd,
				  enum khttp_cache_why why)
{
	put_fwd(out, fwd);
	put_stored(out, why);
}

void khttp_cache_status_renewed(struct khttp_out *out, enum khttp_cache_fwd fwd,
				enum khttp_cache_why why)
{
	put_fwd(out, fwd);
	khttp_out_text(out, "; fwd-status=304");
	put_stored(out, why);
}
