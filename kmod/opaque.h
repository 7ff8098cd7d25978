/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A connection after 101 (Switching Protocols): bytes between a client and the
 * worker that answered so. Nothing on it is taken for HTTP any more.
 *
 *   state       moved by                       meaning
 *   asked       dispatch: enqueue()            a request with Upgrade is in order:
 *                                              it waits until it is the first, and
 *                                              what follows it stays in the socket
 *   opaque      khttp_opaque_begin()           101 was taken: what the client sends
 *                                              is the request's body, what the
 *                                              worker commits goes out as it is
 *   half over   its client's FIN               the body is at its end; or
 *               khttp_request_shut()           all was sent, and our FIN
 *   over        the worker's last commit       like the end of any answer that
 *                                              closes: FIN, and what comes is
 *                                              discarded for a while
 *               an error, a timer, the         reset; a worker's READ and COMMIT
 *               worker's end or CANCEL         find the client gone
 *
 * Asked is over with any other answer, and what follows is HTTP/1 again. The
 * request stays in order, and in its worker's hand, until all is over: so it is
 * counted, bounded and cut off like one that is being answered.
 */
#ifndef _KHTTP_OPAQUE_H
#define _KHTTP_OPAQUE_H

struct khttp_answer;
struct khttp_request;

/* May this answer, with 101, be its? 0 or -EPROTO. Context: its slot is locked */
int khttp_opaque_ok(struct khttp_request *rq, const struct khttp_answer *a);
/* Its 101 is taken: 0; or -ENOMEM, and nothing changed. Context: the worker's
 * task, its slot and the socket locked
 */
int khttp_opaque_begin(struct khttp_request *rq);
/* One that asked for another protocol leaves the order. Context: socket lock */
void khttp_opaque_over(struct khttp_request *rq);

#endif
