// SPDX-License-Identifier: GPL-2.0-only
/* The end of a connection's socket, at once or with many others. */

#include "retire.h"

#include <net/net_namespace.h>
#include <net/sock.h>

#include "accept.h"
#include "compat.h"
#include "conn.h"
#include "net.h"

/* How long memory of connections that are over may wait for more of them */
#define RETIRE_DELAY max(HZ / 100, 1)

/*
 * A kernel socket holds no reference on its namespace, and TCP stops the timers of such
 * sockets when they are closed: unsent bytes and the FIN would be lost with the first lost
 * packet. So a connection that ends in good order takes the reference an ordinary socket
 * has. Where the namespace is already going it is reset, and nothing of ours stays behind.
 */
static void release_socket(struct khttp_conn *c, struct socket *sock)
{
	struct net *net = sock_net(c->sk);

	timer_delete_sync(&c->timer);
	if (!c->reset && maybe_get_net(net)) {
		khttp_sock_hold_net(c->sk);
		put_net(net);
	} else {
		sock_no_linger(c->sk);
	}
	khttp_accept_reuse(c->listener, sock);
	khttp_conn_put(c);
}

void khttp_conn_unlock(struct khttp_conn *c)
{
	struct socket *sock = NULL;

	/* Whoever takes it releases it, without the socket lock */
	if (c->phase == KHTTP_CONN_CLOSED)
		swap(sock, c->sock);
	release_sock(c->sk);
	if (sock)
		release_socket(c, sock);
}

void khttp_conn_retire(struct khttp_conn *c)
{
	struct khttp_net *kn = c->net;

	khttp_conn_end(c, KHTTP_REASON_NONE, false);
	khttp_conn_get(c);
	if (llist_add(&c->retired, &kn->retired))
		queue_delayed_work(khttp_wq, &kn->retire_work, RETIRE_DELAY);
}

void khttp_retire_work(struct work_struct *work)
{
	struct khttp_net *kn = container_of(to_delayed_work(work),
					    struct khttp_net, retire_work);
	struct llist_node *list = llist_del_all(&kn->retired);
	struct khttp_conn *c, *next;

	llist_for_each_entry_safe(c, next, list, retired) {
		lock_sock(c->sk);
		khttp_conn_unlock(c);
		khttp_conn_put(c);
		cond_resched();
	}
}
