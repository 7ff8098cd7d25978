// SPDX-License-Identifier: GPL-2.0-only
/* Connections are taken over from TCP: in softirq, and by a work. */

#include "accept.h"

#include <linux/module.h>
#include <linux/net.h>
#include <net/inet_connection_sock.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "alloc.h"
#include "client.h"
#include "conn.h"
#include "errors.h"
#include "listener.h"
#include "net.h"

/* Accepted in one run of the work before others get the CPU */
#define ACCEPT_BUDGET	64
/* Without memory or files: try again after this, the backlog waits so long */
#define ACCEPT_PAUSE	(HZ / 20)

/*
 * The child whose handshake ends on this CPU. TCP tells the child first, then the
 * listening socket, and holds the child's lock from before the one to after the other.
 */
static DEFINE_PER_CPU(struct sock *, newborn);

/* ------------------------------------------------------------- spare sockets */

static struct socket *take_spare(struct khttp_listener *l)
{
	struct khttp_spares *s = &l->spares;
	struct socket *sock = NULL;
	bool few;

	spin_lock(&s->lock);
	if (s->n) {
		sock = s->free[--s->n];
		atomic_inc(&s->lent);
	}
	few = s->n == KHTTP_SPARES_MADE / 2;
	spin_unlock(&s->lock);
	if (few)
		khttp_accept_soon(l);
	return sock;
}

static void return_spare(struct khttp_listener *l, struct socket *sock)
{
	struct khttp_spares *s = &l->spares;

	spin_lock(&s->lock);
	s->free[s->n++] = sock;
	atomic_dec(&s->lent);
	spin_unlock(&s->lock);
}

/*
 * Where there are not @most of them yet; else it is the caller's still. What is lent may
 * come back: it has its place.
 */
static bool keep_spare(struct khttp_spares *s, struct socket *sock, unsigned int most)
{
	bool keep;

	spin_lock_bh(&s->lock);
	keep = !s->closed && s->n + atomic_read(&s->lent) < most;
	if (keep)
		s->free[s->n++] = sock;
	spin_unlock_bh(&s->lock);
	return keep;
}

void khttp_accept_reuse(struct khttp_listener *l, struct socket *sock)
{
	const struct proto_ops *ops = READ_ONCE(sock->ops);

	/*
	 * What sock_release() does before it gives up the inode. Who looks at the closed
	 * sock still may find the next one's wait queue: nobody ever sleeps there.
	 */
	ops->release(sock);
	sock->sk = NULL;
	sock->ops = NULL;
	sock->state = SS_UNCONNECTED;
	sock->flags = 0;
	module_put(ops->owner);
	if (!keep_spare(&l->spares, sock, KHTTP_SPARES))
		sock_release(sock);
}

/* ------------------------------------------------------- out of TCP's queue */

/*
 * The first, if it is @sk or that is NULL: nobody overtakes. accept(2) may not run beside
 * this: it looks whether there is one and takes one under two holds of the lock.
 */
static struct request_sock *dequeue(struct sock *from, const struct sock *sk)
{
	struct request_sock_queue *q = &inet_csk(from)->icsk_accept_queue;
	struct request_sock *req;

	spin_lock_bh(&q->rskq_lock);
	req = q->rskq_accept_head;
	if (req && (!sk || req->sk == sk)) {
		sk_acceptq_removed(from);
		WRITE_ONCE(q->rskq_accept_head, req->dl_next);
		if (!req->dl_next)
			q->rskq_accept_tail = NULL;
	} else {
		req = NULL;
	}
	spin_unlock_bh(&q->rskq_lock);
	return req;
}

/* Back to where it was; TCP forgets it where the socket was closed from outside meanwhile */
static void requeue(struct sock *from, struct request_sock *req)
{
	struct request_sock_queue *q = &inet_csk(from)->icsk_accept_queue;
	bool listens;

	spin_lock_bh(&q->rskq_lock);
	listens = from->sk_state == TCP_LISTEN;
	if (listens) {
		req->dl_next = q->rskq_accept_head;
		WRITE_ONCE(q->rskq_accept_head, req);
		if (!req->dl_next)
			q->rskq_accept_tail = req;
		sk_acceptq_added(from);
	}
	spin_unlock_bh(&q->rskq_lock);
	if (!listens && !inet_csk_reqsk_queue_add(from, req, req->sk))
		reqsk_put(req);
}

/* With TCP Fast Open a child may be in the queue whose handshake goes on */
static bool opens_fast(const struct sock *from)
{
	return inet_csk(from)->icsk_accept_queue.fastopenq.max_qlen;
}

static void give_ops(struct socket *sock, const struct socket *from)
{
	const struct proto_ops *ops = READ_ONCE(from->ops);

	sock->ops = ops;
	__module_get(ops->owner);
}

/*
 * As kernel_accept() does it. The child's lock is held. It charges no group of the memory
 * controller: that is for tasks, and the work's is the kernel.
 */
static void graft(struct sock *sk, struct socket *sock)
{
	inet_init_csk_locks(sk);
	sock_graft(sk, sock);
	sock->state = SS_CONNECTED;
}

/* ---------------------------------------------------------------- in softirq */

static bool has_room(const struct khttp_net *kn)
{
	return READ_ONCE(kn->n_conns) < READ_ONCE(kn->limits.max_connections);
}

static struct khttp_conn *take_over(struct khttp_listener *l, struct sock *from,
				    struct sock *sk)
{
	struct request_sock *req = dequeue(from, sk);
	struct khttp_conn *c;

	if (!req)
		return NULL;
	c = khttp_conn_create(l, sk, GFP_NOWAIT | __GFP_NOWARN);
	if (IS_ERR(c)) {
		requeue(from, req);
		return NULL;
	}
	atomic_long_inc(&l->accepted);
	reqsk_put(req);
	return c;
}

/*
 * The child that @from just got, with a socket, or NULL: the work has to look. The listening
 * socket's sk_callback_lock is held, so that ours is not closed meanwhile.
 */
static struct khttp_conn *accept_now(struct khttp_listener *l, struct sock *from,
				     struct socket **with)
{
	struct sock *sk = this_cpu_xchg(newborn, NULL);
	struct socket *sock;
	struct khttp_conn *c;

	if (!sk || opens_fast(from) || !has_room(l->net) || khttp_clients_missing(l->net))
		return NULL;
	sock = take_spare(l);
	if (!sock)
		return NULL;
	c = take_over(l, from, sk);
	if (!c) {
		return_spare(l, sock);
		return NULL;
	}
	atomic_dec(&l->spares.lent);
	give_ops(sock, from->sk_socket);
	*with = sock;
	return c;
}

/*
 * Children inherit both callbacks and run them until they are ours: only the listening
 * socket has an owner (its sk_user_data is not inherited). Nobody sleeps on either.
 */
static void khttp_listener_ready(struct sock *sk)
{
	struct khttp_conn *c = NULL;
	struct khttp_listener *l;
	struct socket *sock;

	if (sk->sk_state != TCP_LISTEN)
		return;
	read_lock_bh(&sk->sk_callback_lock);
	l = __locked_read_sk_user_data_with_flags(sk, SK_USER_DATA_NOCOPY);
	if (l) {
		c = accept_now(l, sk, &sock);
		if (!c)
			khttp_accept_soon(l);
	}
	read_unlock_bh(&sk->sk_callback_lock);
	if (!c)
		return;
	/* Requests may be answered here: whoever closes the listener does not wait for that */
	graft(c->sk, sock);
	khttp_conn_start(c, sock);
}

static void khttp_child_changed(struct sock *sk)
{
	if (sk->sk_state != TCP_ESTABLISHED)
		sk = NULL;
	this_cpu_write(newborn, sk);
}

void khttp_accept_begin(struct khttp_listener *l, struct socket *sock)
{
	/* Held while a child is taken out of the queue, whose own is taken inside TCP's lock */
	static struct lock_class_key listening;
	struct sock *sk = sock->sk;

	lockdep_set_class(&sk->sk_callback_lock, &listening);
	write_lock_bh(&sk->sk_callback_lock);
	l->old_data_ready = sk->sk_data_ready;
	l->old_state_change = sk->sk_state_change;
	__rcu_assign_sk_user_data_with_flags(sk, l, SK_USER_DATA_NOCOPY);
	sk->sk_data_ready = khttp_listener_ready;
	sk->sk_state_change = khttp_child_changed;
	write_unlock_bh(&sk->sk_callback_lock);
}

static void restore(const struct khttp_listener *l, struct sock *sk)
{
	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_data_ready = l->old_data_ready;
	sk->sk_state_change = l->old_state_change;
	rcu_assign_sk_user_data(sk, NULL);
	write_unlock_bh(&sk->sk_callback_lock);
}

void khttp_accept_end(struct khttp_listener *l, struct socket *sock)
{
	restore(l, sock->sk);
	cancel_delayed_work_sync(&l->accept_work);
}

/* ---------------------------------------------------------------- by the work */

static void refuse(struct khttp_net *kn, struct socket *sock, int err)
{
	struct khttp_endpoint client = {}, local = {};
	const struct khttp_error_info e = {
		.reason = err == -ESHUTDOWN ? KHTTP_REASON_SHUTDOWN :
					      KHTTP_REASON_REFUSED,
		.client = &client,
		.local = &local,
	};

	khttp_conn_endpoint(&client, sock->sk, true);
	khttp_conn_endpoint(&local, sock->sk, false);
	khttp_stat_inc(kn, connections_refused);
	khttp_error(kn, &e);
	sock_release(sock);
}

/* @grafts: the socket is not the child's yet */
static void take(struct khttp_listener *l, struct sock *sk, struct socket *sock,
		 bool grafts)
{
	struct khttp_conn *c;

	atomic_long_inc(&l->accepted);
	lock_sock(sk);
	if (grafts)
		graft(sk, sock);
	c = khttp_conn_create(l, sk, GFP_KERNEL);
	if (IS_ERR(c))
		restore(l, sk);
	else
		khttp_conn_start(c, sock);
	release_sock(sk);
	if (IS_ERR(c))
		refuse(l->net, sock, PTR_ERR(c));
}

static int accept_fast_open(struct khttp_listener *l, struct socket *from)
{
	struct socket *sock;
	int err = khttp_may_fail(kernel_accept(from, &sock, O_NONBLOCK));

	if (!err)
		take(l, sock->sk, sock, false);
	return err == -ECONNABORTED ? 0 : err;
}

static int make_socket(const struct khttp_listener *l, struct socket **sock)
{
	return khttp_may_fail(sock_create_lite(l->place.family, SOCK_STREAM,
					       IPPROTO_TCP, sock));
}

static int accept_one(struct khttp_listener *l, struct socket *from)
{
	struct request_sock *req;
	struct socket *sock;
	struct sock *sk;
	int err;

	if (opens_fast(from->sk))
		return accept_fast_open(l, from);
	err = make_socket(l, &sock);
	if (err)
		return err;
	req = dequeue(from->sk, NULL);
	if (!req) {
		sock_release(sock);
		return -EAGAIN;
	}
	/* The queue's reference becomes the socket's */
	sk = req->sk;
	reqsk_put(req);
	give_ops(sock, from);
	take(l, sk, sock, true);
	return 0;
}

/* Up to @budget of what waits; 0: there may be more, else why not */
static int accept_some(struct khttp_listener *l, struct socket *from,
		       unsigned int budget)
{
	int err = 0;

	while (budget-- && !err) {
		/* Before a socket is made for it */
		if (reqsk_queue_empty(&inet_csk(from->sk)->icsk_accept_queue))
			return -EAGAIN;
		err = accept_one(l, from);
	}
	return err;
}

/* What cannot be made is missed by nobody: the work accepts with what it makes itself */
static void make_spares(struct khttp_listener *l)
{
	struct khttp_spares *s = &l->spares;
	struct socket *sock;
	unsigned int i;

	for (i = 0; i < KHTTP_SPARES_MADE && READ_ONCE(s->n) < KHTTP_SPARES_MADE; i++) {
		if (make_socket(l, &sock))
			return;
		if (!keep_spare(s, sock, KHTTP_SPARES_MADE)) {
			sock_release(sock);
			return;
		}
	}
}

static void khttp_accept_work(struct work_struct *work)
{
	struct khttp_listener *l = container_of(to_delayed_work(work),
						struct khttp_listener,
						accept_work);
	struct socket *sock = READ_ONCE(l->sock);
	unsigned long delay = 0;

	/* The first one is only being opened: see create_listener() */
	if (!sock)
		return;
	switch (accept_some(l, sock, ACCEPT_BUDGET)) {
	case -EAGAIN:
		make_spares(l);
		return;
	case -EINVAL:		/* listens no longer */
		return;
	case 0:
		break;
	default:		/* -ENOMEM, -ENFILE, ... */
		delay = ACCEPT_PAUSE;
	}
	queue_delayed_work(khttp_wq, &l->accept_work, delay);
}

void khttp_accept_soon(struct khttp_listener *l)
{
	/* While the pause after an error lasts this changes nothing */
	queue_delayed_work(khttp_wq, &l->accept_work, 0);
}

void khttp_accept_rest(struct khttp_listener *l, struct socket *sock)
{
	accept_some(l, sock, KHTTP_BACKLOG_MAX);
}

void khttp_accept_init(struct khttp_listener *l)
{
	spin_lock_init(&l->spares.lock);
	INIT_DELAYED_WORK(&l->accept_work, khttp_accept_work);
}

void khttp_accept_exit(struct khttp_listener *l)
{
	struct khttp_spares *s = &l->spares;
	unsigned int n;

	WARN_ON_ONCE(atomic_read(&s->lent));
	/* Connections go on, and end beside this */
	spin_lock_bh(&s->lock);
	s->closed = true;
	n = s->n;
	s->n = 0;
	spin_unlock_bh(&s->lock);
	while (n)
		sock_release(s->free[--n]);
}
