// SPDX-License-Identifier: GPL-2.0-only
/* One client connection: its socket's callbacks, its work, its end. */

#include "conn.h"

#include <net/inet_sock.h>
#include <net/tcp.h>

#include "admit.h"
#include "alloc.h"
#include "client.h"
#include "hit.h"
#include "listener.h"
#include "net.h"
#include "origin.h"
#include "queue.h"
#include "request.h"
#include "retire.h"
#include "send.h"
#include "throttle.h"
#include "trace.h"

/* Turns of one run of the work before others get the CPU */
#define ROUNDS 8
/* Connections that are kicked in one hold of the lock of their list */
#define KICK_BATCH 256u
/* What one takes of our own, which is what it is charged with */
#define CONN_BYTES ALIGN(sizeof(struct khttp_conn), SMP_CACHE_BYTES)

struct workqueue_struct *khttp_wq;
static struct kmem_cache *conn_cache;

void khttp_conn_kick(struct khttp_conn *c, enum khttp_conn_todo what)
{
	set_bit(what, &c->todo);
	khttp_conn_get(c);
	if (!queue_work(khttp_wq, &c->work))
		khttp_conn_put(c);
}

/*
 * The callbacks run with the socket's spinlock held and no task owning it, or
 * from release_sock() of the task that owns it. Both exclude whoever unhooks
 * us under lock_sock(), so sk_user_data needs no further protection.
 */
static void khttp_data_ready(struct sock *sk)
{
	struct khttp_conn *c = sk->sk_user_data;

	if (!c || c->phase == KHTTP_CONN_CLOSED)
		return;
	if (sock_owned_by_user(sk) || c->busy || !khttp_receive_now(c))
		khttp_conn_kick(c, KHTTP_TODO_READ);
}

/* The client's FIN with nothing under way */
static bool leaves(const struct khttp_conn *c)
{
	return c->sk->sk_state == TCP_CLOSE_WAIT && c->phase == KHTTP_CONN_OPEN &&
	       list_empty(&c->order) && !c->protocol;
}

/*
 * Every end stops the receiving; that our own FIN has arrived changes nothing.
 * Where both have and nobody works on it, the connection is over, and what is
 * left is memory. Of a FIN TCP tells twice, next that there is something to read:
 * where that is all, the callback for that sees to it.
 */
static void khttp_state_change(struct sock *sk)
{
	struct khttp_conn *c = sk->sk_user_data;

	if (!c || !(sk->sk_shutdown & RCV_SHUTDOWN))
		return;
	if (sock_owned_by_user(sk) || c->busy)
		khttp_conn_kick(c, KHTTP_TODO_READ);
	else if (c->phase == KHTTP_CONN_LINGER && sk->sk_state == TCP_CLOSE && !sk->sk_err)
		khttp_conn_retire(c);
	else if (!leaves(c))
		khttp_conn_kick(c, KHTTP_TODO_READ);
}

static void khttp_write_space(struct sock *sk)
{
	struct khttp_conn *c = sk->sk_user_data;

	if (!c || !sk_stream_is_writeable(sk))
		return;
	if (sk->sk_socket)
		clear_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
	if (c->tx_blocked && !c->busy)
		khttp_conn_kick(c, KHTTP_TODO_WRITE);
}

void khttp_conn_start(struct khttp_conn *c, struct socket *sock)
{
	struct sock *sk = c->sk;

	c->sock = sock;
	write_lock_bh(&sk->sk_callback_lock);
	c->old_data_ready = c->listener->old_data_ready;
	c->old_state_change = c->listener->old_state_change;
	c->old_write_space = sk->sk_write_space;
	sk->sk_user_data = c;
	sk->sk_data_ready = khttp_data_ready;
	sk->sk_state_change = khttp_state_change;
	sk->sk_write_space = khttp_write_space;
	write_unlock_bh(&sk->sk_callback_lock);
	/* What came before the callbacks were there; else they will tell */
	if (sk->sk_shutdown & RCV_SHUTDOWN)
		khttp_conn_kick(c, KHTTP_TODO_READ);
	else if (!skb_queue_empty(&sk->sk_receive_queue))
		khttp_data_ready(sk);
	else
		khttp_conn_rearm(c);
}

static void unhook(struct khttp_conn *c)
{
	struct sock *sk = c->sk;

	sock_owned_by_me(sk);
	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_user_data = NULL;
	sk->sk_data_ready = c->old_data_ready;
	sk->sk_state_change = c->old_state_change;
	sk->sk_write_space = c->old_write_space;
	write_unlock_bh(&sk->sk_callback_lock);
}

void khttp_conn_end(struct khttp_conn *c, enum khttp_reason why, bool reset)
{
	struct khttp_net *kn = c->net;

	sock_owned_by_me(c->sk);
	c->phase = KHTTP_CONN_CLOSED;
	c->reset = reset;
	unhook(c);
	spin_lock_bh(&kn->conns_lock);
	list_del_init(&c->link);
	kn->n_conns--;
	spin_unlock_bh(&kn->conns_lock);
	khttp_stat_inc(kn, connections_closed);
	khttp_client_leave(c);
	khttp_throttle_leave(c);
	if (!khttp_conn_abandon(c, why) && why)
		khttp_conn_reason(c, why);
	else if (!why && khttp_partial_begun(c))
		khttp_conn_reason(c, KHTTP_REASON_CLIENT_RESET);
	khttp_partial_free(c);
	khttp_admit_leave(c);
	trace_khttp_closed(c, why);
}

void khttp_conn_endpoint(struct khttp_endpoint *e, const struct sock *sk,
			 bool peer)
{
	const struct inet_sock *inet = inet_sk(sk);

	e->port = ntohs(peer ? inet->inet_dport : inet->inet_sport);
	if (sk->sk_family == AF_INET6) {
		e->family = AF_INET6;
		memcpy(e->addr, peer ? &sk->sk_v6_daddr : &sk->sk_v6_rcv_saddr,
		       sizeof(e->addr));
		e->scope_id = sk->sk_bound_dev_if;
		return;
	}
	e->family = AF_INET;
	memcpy(e->addr, peer ? &inet->inet_daddr : &inet->inet_rcv_saddr, 4);
}

static void khttp_conn_timer(struct timer_list *t)
{
	struct khttp_conn *c = from_timer(c, t, timer);

	khttp_conn_kick(c, KHTTP_TODO_TIMER);
}

static void turn(struct khttp_conn *c)
{
	unsigned long todo = xchg(&c->todo, 0);
	unsigned int round;
	bool moved = true;

	if (c->phase == KHTTP_CONN_CLOSED)
		return;
	if (test_bit(KHTTP_TODO_KILL, &todo)) {
		khttp_conn_cut(c, KHTTP_REASON_SHUTDOWN, true);
		return;
	}
	if (test_bit(KHTTP_TODO_RESET, &todo)) {
		khttp_conn_break(c);
		return;
	}
	if (c->sk->sk_err) {
		/* Reset: what may still be in the socket is nobody's wish */
		khttp_conn_close(c, false);
		return;
	}
	c->busy = true;
	if (test_bit(KHTTP_TODO_TIMER, &todo))
		khttp_conn_expired(c);
	if (test_bit(KHTTP_TODO_LAND, &todo) && c->phase == KHTTP_CONN_OPEN)
		khttp_hit_land(c);
	for (round = 0; moved && round < ROUNDS; round++) {
		moved = khttp_receive(c);
		moved |= khttp_send(c);
	}
	if (moved)
		khttp_conn_kick(c, KHTTP_TODO_READ);
	khttp_conn_settle(c);
}

static void khttp_conn_work(struct work_struct *work)
{
	struct khttp_conn *c = container_of(work, struct khttp_conn, work);

	lock_sock(c->sk);
	c->in_work = true;
	turn(c);
	c->in_work = false;
	khttp_conn_unlock(c);
	khttp_conn_put(c);
}

static void free_conn(struct rcu_head *rcu)
{
	kmem_cache_free(conn_cache, container_of(rcu, struct khttp_conn, rcu));
}

void khttp_conn_put(struct khttp_conn *c)
{
	struct khttp_net *kn = c->net;

	if (!refcount_dec_and_test(&c->ref))
		return;
	WARN_ON_ONCE(c->phase != KHTTP_CONN_CLOSED || !list_empty(&c->order));
	if (unlikely(c->origin))
		khttp_origin_free(c);
	sock_put(c->sk);
	atomic_long_dec(&c->listener->connections);
	khttp_listener_put(c->listener);
	call_rcu(&c->rcu, free_conn);
	khttp_uncharge(&kn->account, CONN_BYTES);
	if (atomic_dec_and_test(&kn->live_conns))
		wake_up(&kn->drained);
	khttp_net_put(kn);
}

static int enlist(struct khttp_conn *c)
{
	struct khttp_net *kn = c->net;
	int err = 0;

	spin_lock_bh(&kn->conns_lock);
	if (READ_ONCE(kn->dead)) {
		err = -ESHUTDOWN;
	} else if (kn->n_conns >= READ_ONCE(kn->limits.max_connections)) {
		err = -EDQUOT;
	} else {
		list_add_tail(&c->link, &kn->conns);
		atomic_inc(&kn->live_conns);
		kn->n_conns++;
		c->surplus = khttp_admit_beyond(kn);
	}
	spin_unlock_bh(&kn->conns_lock);
	return err;
}

static struct khttp_conn *alloc_conn(struct khttp_net *kn, gfp_t gfp)
{
	u64 all = (atomic_read(&kn->live_conns) + 1ULL) * CONN_BYTES;
	struct khttp_conn *c;

	if (!khttp_try_charge_conn(&kn->account, CONN_BYTES, all))
		return ERR_PTR(-EDQUOT);
	c = khttp_slab_zalloc(conn_cache, gfp);
	if (c)
		return c;
	khttp_uncharge(&kn->account, CONN_BYTES);
	return ERR_PTR(-ENOMEM);
}

/* One that nobody has seen yet */
static void dealloc_conn(struct khttp_net *kn, struct khttp_conn *c)
{
	kmem_cache_free(conn_cache, c);
	khttp_uncharge(&kn->account, CONN_BYTES);
}

/* A trusted host is not: it speaks for many, and those are counted */
static int count_client(struct khttp_conn *c, gfp_t gfp)
{
	if (unlikely(c->origin))
		return gfpflags_allow_blocking(gfp) ? khttp_clients_ready(c->net) : 0;
	return khttp_client_enter(c, gfp);
}

struct khttp_conn *khttp_conn_create(struct khttp_listener *l, struct sock *sk,
				     gfp_t gfp)
{
	struct khttp_net *kn = l->net;
	struct khttp_conn *c = alloc_conn(kn, gfp);
	int err;

	if (IS_ERR(c))
		return c;
	c->net = kn;
	c->listener = l;
	c->sk = sk;
	c->policy = &kn->limits.policy;
	c->id = atomic64_inc_return(&kn->next_conn_id);
	refcount_set(&c->ref, 1);
	INIT_WORK(&c->work, khttp_conn_work);
	timer_setup(&c->timer, khttp_conn_timer, 0);
	INIT_LIST_HEAD(&c->order);
	INIT_LIST_HEAD(&c->link);
	c->since = jiffies;
	khttp_conn_endpoint(&c->client, c->sk, true);
	khttp_conn_endpoint(&c->local, c->sk, false);
	err = khttp_origin_create(c, gfp);
	if (!err)
		err = count_client(c, gfp);
	if (err)
		goto err_conn;
	/* A client that takes little at a time has its answer cut into as little,
	 * each with a buffer's head: TCP's queue then weighs more than the bytes
	 */
	WRITE_ONCE(tcp_sk(c->sk)->notsent_lowat,
		   READ_ONCE(kn->limits.max_unsent));

	err = enlist(c);
	if (err)
		goto err_conn;
	khttp_net_get(kn);
	sock_hold(c->sk);
	refcount_inc(&l->ref);
	atomic_long_inc(&l->connections);
	khttp_stat_inc(kn, connections_accepted);
	trace_khttp_accepted(c);
	return c;
err_conn:
	khttp_client_leave(c);
	khttp_origin_free(c);
	dealloc_conn(kn, c);
	return ERR_PTR(err);
}

bool khttp_conn_abandon(struct khttp_conn *c, enum khttp_reason why)
{
	struct khttp_request *rq, *next;
	bool told = false;

	c->rx = NULL;
	list_for_each_entry_safe(rq, next, &c->order, order)
		told |= khttp_request_lost(rq, why);
	return told;
}

void khttp_conn_break(struct khttp_conn *c)
{
	khttp_conn_abandon(c, KHTTP_REASON_CLOSED);
	khttp_conn_close(c, true);
}

void khttp_conn_cut(struct khttp_conn *c, enum khttp_reason why, bool reset)
{
	if (c->phase == KHTTP_CONN_CLOSED)
		return;
	khttp_conn_end(c, why, reset);
	/* Releasing the socket sleeps and takes its lock: the work does it */
	if (!c->in_work)
		khttp_conn_kick(c, KHTTP_TODO_READ);
}

void khttp_conn_shut(struct khttp_conn *c)
{
	struct sock *sk = c->sk;

	sock_owned_by_me(sk);
	sk->sk_shutdown |= SEND_SHUTDOWN;
	sk->sk_prot->shutdown(sk, SEND_SHUTDOWN);
}

void khttp_conn_linger(struct khttp_conn *c)
{
	c->phase = KHTTP_CONN_LINGER;
	c->since = jiffies;
	khttp_partial_free(c);
	khttp_conn_shut(c);
}

void khttp_conn_ack_by_answer(struct khttp_conn *c)
{
	sock_owned_by_me(c->sk);
	inet_csk_enter_pingpong_mode(c->sk);
}

void khttp_conn_finish(struct khttp_conn *c)
{
	sock_owned_by_me(c->sk);
	c->last = true;
}

/*
 * Both have sent their FIN. Where a worker has the stream, what came before the
 * client's is its to read still, and the end is when it says so.
 */
static bool is_over(const struct khttp_conn *c)
{
	return c->sk->sk_state == TCP_CLOSE &&
	       !(c->protocol && c->phase == KHTTP_CONN_OPEN &&
		 !list_empty(&c->order));
}

void khttp_conn_settle(struct khttp_conn *c)
{
	if (c->phase == KHTTP_CONN_CLOSED)
		return;
	c->busy = false;
	if (is_over(c) || c->sk->sk_err) {
		khttp_conn_close(c, false);
		return;
	}
	if (c->phase == KHTTP_CONN_OPEN && list_empty(&c->order)) {
		if (c->eof)
			khttp_conn_close(c, false);
		else if (c->last)
			khttp_conn_linger(c);
		/* What nobody wanted to read is thrown away now */
		if (c->phase == KHTTP_CONN_LINGER && !khttp_receive_rests(c))
			khttp_conn_kick(c, KHTTP_TODO_READ);
	} else if (c->phase == KHTTP_CONN_LINGER &&
		   (c->eof || c->discarded > KHTTP_LINGER_BYTES)) {
		khttp_conn_close(c, false);
	}
	if (c->phase != KHTTP_CONN_CLOSED)
		khttp_conn_rearm(c);
}

void khttp_conn_go_on(struct khttp_conn *c)
{
	bool more = true;

	lock_sock(c->sk);
	if (c->phase == KHTTP_CONN_OPEN && !c->sk->sk_err && !READ_ONCE(c->todo)) {
		c->busy = true;
		khttp_receive(c);
		khttp_send(c);
		khttp_conn_settle(c);
		more = c->phase == KHTTP_CONN_OPEN && !khttp_receive_rests(c);
	}
	if (more)
		khttp_conn_kick(c, KHTTP_TODO_READ);
	release_sock(c->sk);
}

/* The first of the list, which go to its end; returns how many of @n are left */
static u32 kick_some(struct khttp_net *kn, enum khttp_conn_todo what, u32 n)
{
	u32 batch = min(n, KICK_BATCH);
	struct khttp_conn *c;

	lockdep_assert_held(&kn->conns_lock);
	for (n -= batch; batch; batch--) {
		c = list_first_entry_or_null(&kn->conns, struct khttp_conn, link);
		if (!c)
			return 0;
		khttp_conn_kick(c, what);
		list_move_tail(&c->link, &kn->conns);
	}
	return n;
}

/*
 * Millions at once would keep softirqs off for as long as it takes, and whoever opens or
 * closes a connection waiting. What is not kicked yet stands before all that is, and
 * before what came meanwhile, as long as nobody else turns the list: one walk at a time.
 */
static void kick_all(struct khttp_net *kn, enum khttp_conn_todo what)
{
	u32 n;

	spin_lock_bh(&kn->conns_lock);
	n = kn->n_conns;
	while ((n = kick_some(kn, what, n))) {
		spin_unlock_bh(&kn->conns_lock);
		cond_resched();
		spin_lock_bh(&kn->conns_lock);
	}
	spin_unlock_bh(&kn->conns_lock);
}

void khttp_conns_rearm(struct khttp_net *kn)
{
	lockdep_assert_held(&kn->config);
	kick_all(kn, KHTTP_TODO_TIMER);
}

void khttp_conns_kill(struct khttp_net *kn)
{
	/* kn->dead keeps new ones out: see enlist(). Nobody is left to change limits */
	kick_all(kn, KHTTP_TODO_KILL);
	wait_event(kn->drained, !atomic_read(&kn->live_conns));
	cancel_delayed_work_sync(&kn->retire_work);
}

int khttp_conn_init(void)
{
	int err = -ENOMEM;

	conn_cache = khttp_slab_create("khttp_conn", sizeof(struct khttp_conn), SLAB_HWCACHE_ALIGN);
	if (!conn_cache)
		return -ENOMEM;
	khttp_wq = khttp_alloc_workqueue("khttp", WQ_HIGHPRI | WQ_MEM_RECLAIM);
	if (!khttp_wq)
		goto err_cache;
	err = khttp_receive_init();
	if (!err)
		return 0;
	destroy_workqueue(khttp_wq);
err_cache:
	kmem_cache_destroy(conn_cache);
	return err;
}

void khttp_conn_exit(void)
{
	khttp_receive_exit();
	destroy_workqueue(khttp_wq);
	khttp_send_exit();
	rcu_barrier();
	kmem_cache_destroy(conn_cache);
}
