/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A worker's reply, checked: struct khttp_reply and its field block, copied
 * once out of memory that the worker can change, and then looked at.
 */
#ifndef _KHTTP_RESPONSE_H
#define _KHTTP_RESPONSE_H

#include <linux/types.h>
#include <linux/khttp.h>

#include "http/block.h"
#include "http/cache_tag.h"

/* So many bytes of fields need no memory of their own */
#define KHTTP_ANSWER_FEW 256

/* What its worker says of its being stored */
enum khttp_answer_caching {
	KHTTP_ANSWER_UNSAID,
	KHTTP_ANSWER_TTL,	/* for ttl seconds, U32_MAX: until purged */
	KHTTP_ANSWER_AUTO,	/* as its fields say */
	KHTTP_ANSWER_NEVER,
};

/*
 * Everything here lies in kernel memory and has been checked. It stays where it
 * is: the fields may be inside.
 */
struct khttp_answer {
	u16 status;
	u16 n_fields;
	bool close;
	bool trailers;		/* not a head: fields to stand behind the body */
	bool has_length;
	bool has_age;		/* the client is told of it */
	u64 content_length;	/* with has_length */
	u64 seen;		/* KHTTP_FIELD_BIT of what stands in fields */
	u32 ttl;		/* seconds to store it */
	u32 age;		/* seconds, by a field Age, which is not in fields */
	u8 caching;		/* enum khttp_answer_caching */
	u8 why;			/* enum khttp_cache_why: it is not stored; set by
				 * who decides it
				 */
	bool hides_tags;	/* its tags are for the cache alone; likewise */
	bool renewed;		/* made of what is stored and a 304 */
	struct khttp_flow flow;	/* at what bandwidth; a rate of 0: as there is room */
	const char *fields;	/* field block: records as in struct khttp_reply */
	u32 fields_len;
	char few[KHTTP_ANSWER_FEW] __aligned(8);
};

/* Is this field left out where it goes to a client? */
static inline bool khttp_answer_hides(const struct khttp_answer *a,
				      enum khttp_field_id id)
{
	return unlikely(a->hides_tags) && KHTTP_FIELD_BIT(id) & KHTTP_TAG_FIELDS;
}

/*
 * Copy of the reply at @slot + @request_area and its fields, checked. 0 or
 * -errno: -EINVAL (offsets, status, names, values, forbidden fields, reserved
 * bits), -E2BIG (field block over KHTTP_REPLY_FIELDS_BYTES), -ENOMEM.
 * On 0 @a->fields is freed with khttp_response_free(). A reply with neither
 * head nor trailers has no fields.
 */
#define KHTTP_REPLY_FIELDS_BYTES 65536
int khttp_response_copy(struct khttp_reply *copy, struct khttp_answer *a,
			const void *slot, u32 request_area, u32 slot_size);
void khttp_response_free(struct khttp_answer *a);

#endif
