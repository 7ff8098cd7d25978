/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers to the socket, in the order of the requests. */
#ifndef _KHTTP_SEND_H
#define _KHTTP_SEND_H

#include <linux/bvec.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/uio.h>

struct khttp_conn;
struct khttp_entry;
struct khttp_page;
struct khttp_request;

/*
 * A piece of an answer that waits for the socket. It owns what it names: its
 * own bytes, references on pages, or a reference on a cache entry or on a page of
 * a group's own (of whose body it sends some, or all).
 */
enum khttp_piece_kind {
	KHTTP_PIECE_BYTES,
	KHTTP_PIECE_PAGES,
	KHTTP_PIECE_ENTRY,
	KHTTP_PIECE_PAGE,
};

struct khttp_piece {
	struct list_head link;		/* khttp_request.out */
	u8 kind;			/* enum khttp_piece_kind */
	u8 order;			/* its own memory: slabs give powers of two */
	u16 n_pages;			/* PAGES: the first of which ... */
	u16 page;			/* ... that is not wholly sent, */
	u32 skip;			/* and the bytes sent of that one */
	u64 pos;			/* sent of it; ENTRY: up to there in its body */
	u64 len;			/* likewise: where it ends there */
	union {
		struct khttp_entry *entry;
		struct khttp_page *page_of;	/* PAGE */
		DECLARE_FLEX_ARRAY(char, bytes);
		DECLARE_FLEX_ARRAY(struct bio_vec, pages);
	};
};

/*
 * NULL: no memory. _pages takes a reference on each page, _page on that of a
 * group, _entry takes over the one there is on success only.
 */
struct khttp_piece *khttp_piece_bytes(u32 len, gfp_t gfp);
/* @len bytes behind the first @skip of @pages; all of these have some of them */
struct khttp_piece *khttp_piece_pages(const struct bio_vec *pages, u16 n,
				      u32 skip, u32 len, gfp_t gfp);
/* The bytes from @from to @to of its body, which has them */
struct khttp_piece *khttp_piece_entry(struct khttp_entry *e, u64 from, u64 to,
				      gfp_t gfp);
struct khttp_piece *khttp_piece_page(struct khttp_page *page, gfp_t gfp);
void khttp_piece_free(struct khttp_piece *p);	/* any context */

/* Under the socket lock: */

/* Append; counts it in rq->out_bytes, and charges it */
void khttp_send_queue(struct khttp_request *rq, struct khttp_piece *p);
/* Sent, or never to be sent: freed. Context: any, nobody else looks */
void khttp_send_dequeue(struct khttp_request *rq, struct khttp_piece *p);

/*
 * Hand bytes to TCP at once: how many it took, -EAGAIN (tx_blocked is set) or
 * an error that ends the connection. @more: something follows at once, before
 * the lock is let go: bytes, or the FIN of khttp_conn_linger() or of the close.
 */
ssize_t khttp_send_now(struct khttp_conn *c, struct kvec *iov, unsigned int n,
		       size_t len, bool more);

/*
 * The body of an entry from *@pos to @to; advances the former. 0: all of that
 * went; -EAGAIN or an error as above.
 */
int khttp_send_entry(struct khttp_conn *c, const struct khttp_entry *e,
		     u64 *pos, u64 to, bool more);

/* Whatever waits, as far as TCP takes it; finished requests leave the order
 * list, held ones are pushed when their turn comes. True: something moved
 */
bool khttp_send(struct khttp_conn *c);

/* When there are no connections any more */
void khttp_send_exit(void);

#endif
