// SPDX-License-Identifier: GPL-2.0-only
/*
 * Listening sockets and what they accept.
 *
 * A wildcard prefix needs one IPv4 and one IPv6 socket on its port, an IP-bound
 * prefix one socket on its address. Both may stand on the same port: TCP gives
 * a connection to the socket on the address.
 */

#include "listener.h"

#include <linux/net.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "alloc.h"
#include "conn.h"
#include "net.h"
#include "trace.h"

/* Connections that wait for us in TCP; as many as ordinary servers allow */
#define BACKLOG		4096
/* Accepted in one run of the work before others get the CPU */
#define ACCEPT_BUDGET	64
/* How long a closing socket waits for handshakes that have begun */
#define SETTLE		(HZ / 5)
/* Without memory or files: try again after this, the backlog waits so long */
#define ACCEPT_PAUSE	(HZ / 20)

static const char out_of_memory[] = "out of memory; try again later";

/*
 * Children inherit this callback and run it until they are accepted: only the
 * listening socket is ours (its sk_user_data is not inherited).
 */
static void khttp_listener_ready(struct sock *sk)
{
	struct khttp_listener *l;

	if (sk->sk_state != TCP_LISTEN)
		return;
	read_lock_bh(&sk->sk_callback_lock);
	l = __locked_read_sk_user_data_with_flags(sk, SK_USER_DATA_NOCOPY);
	/* While the pause after an error lasts this changes nothing */
	if (l)
		queue_delayed_work(khttp_wq, &l->accept_work, 0);
	read_unlock_bh(&sk->sk_callback_lock);
}

static void hook(struct khttp_listener *l)
{
	struct sock *sk = l->sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	l->old_data_ready = sk->sk_data_ready;
	__rcu_assign_sk_user_data_with_flags(sk, l, SK_USER_DATA_NOCOPY);
	sk->sk_data_ready = khttp_listener_ready;
	write_unlock_bh(&sk->sk_callback_lock);
}

static void unhook(struct khttp_listener *l)
{
	struct sock *sk = l->sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_data_ready = l->old_data_ready;
	rcu_assign_sk_user_data(sk, NULL);
	write_unlock_bh(&sk->sk_callback_lock);
	cancel_delayed_work_sync(&l->accept_work);
}

static void take(struct khttp_listener *l, struct socket *sock)
{
	struct khttp_net *kn = l->net;

	atomic_long_inc(&l->accepted);
	/* Several listeners at once may go over the limit by one each */
	if (READ_ONCE(kn->n_conns) < READ_ONCE(kn->limits.max_connections) &&
	    !khttp_conn_create(l, sock))
		return;
	khttp_stat_inc(kn, connections_refused);
	khttp_stat_reason(kn, KHTTP_REASON_REFUSED);
	trace_khttp_reason(0, 0, KHTTP_REASON_REFUSED);
	sock_release(sock);
}

/* Up to @budget of what waits; 0: there may be more, else why not */
static int accept_some(struct khttp_listener *l, unsigned int budget)
{
	struct socket *sock;
	int err = 0;

	while (budget--) {
		err = khttp_may_fail(kernel_accept(l->sock, &sock, O_NONBLOCK));
		if (err == -ECONNABORTED)
			err = 0;
		else if (err)
			break;
		else
			take(l, sock);
	}
	return err;
}

static void khttp_listener_accept(struct work_struct *work)
{
	struct khttp_listener *l = container_of(to_delayed_work(work),
						struct khttp_listener,
						accept_work);
	unsigned long delay = 0;

	switch (accept_some(l, ACCEPT_BUDGET)) {
	case -EAGAIN:
	case -EINVAL:		/* listens no longer */
		return;
	case 0:
		break;
	default:		/* -ENOMEM, -ENFILE, ... */
		delay = ACCEPT_PAUSE;
	}
	queue_delayed_work(khttp_wq, &l->accept_work, delay);
}

/*
 * The kernel lets sockets on the wildcard and on an address of it listen at the
 * same port only if all of them say SO_REUSEPORT and have the same owner. Ours
 * say so only while one of them is bound, and with an owner that no program can
 * have: so whoever else is on the port, or comes meanwhile, is in conflict as
 * always, and no connection is refused in between.
 */
static void set_sharing(struct socket *sock, bool on, kuid_t uid)
{
	struct sock *sk = sock->sk;

	lock_sock(sk);
	sk->sk_reuseport = on;
	/* sock_i_uid() reads it under this lock */
	write_lock_bh(&sk->sk_callback_lock);
	SOCK_INODE(sock)->i_uid = uid;
	write_unlock_bh(&sk->sk_callback_lock);
	release_sock(sk);
}

static bool share_port(const struct khttp_listener *new, bool on)
{
	struct khttp_listener *l;
	bool any = false;

	list_for_each_entry(l, &new->net->listeners, link) {
		if (l->port != new->port || l->family != new->family)
			continue;
		set_sharing(l->sock, on, on ? INVALID_UID : l->uid);
		any = true;
	}
	if (any)
		set_sharing(new->sock, on, on ? INVALID_UID : new->uid);
	return any;
}

static int bind_and_listen(struct khttp_listener *l)
{
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(l->port),
		.sin6_addr = l->addr,
	};
	struct sockaddr_in v4 = {
		.sin_family = AF_INET,
		.sin_port = htons(l->port),
		.sin_addr.s_addr = l->addr.s6_addr32[0],
	};
	bool six = l->family == AF_INET6;
	struct sockaddr *addr = six ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4;
	int len = six ? sizeof(v6) : sizeof(v4);
	bool shared = share_port(l, true);
	int err;

	err = khttp_may_fail(kernel_bind(l->sock, addr, len));
	if (!err)
		err = khttp_may_fail(kernel_listen(l->sock, BACKLOG));
	if (shared)
		share_port(l, false);
	return err;
}

static int open_socket(struct khttp_listener *l)
{
	int err;

	err = khttp_may_fail(sock_create_kern(l->net->net, l->family, SOCK_STREAM, IPPROTO_TCP,
					      &l->sock));
	if (err)
		return err;
	l->uid = SOCK_INODE(l->sock)->i_uid;
	/* Old connections in TIME_WAIT must not keep the port */
	sock_set_reuseaddr(l->sock->sk);
	if (l->family == AF_INET6)
		ip6_sock_set_v6only(l->sock->sk);
	hook(l);
	err = bind_and_listen(l);
	if (err)
		goto err_sock;
	return 0;
err_sock:
	unhook(l);
	sock_release(l->sock);
	return err;
}

static const char *why_not_open(int err)
{
	switch (err) {
	case -EADDRINUSE:
		return "another program listens on this port; 'ss -ltnp' shows it";
	case -EADDRNOTAVAIL:
		return "no interface has this address; use a wildcard or assign it";
	case -EACCES:
	case -EPERM:
		return "this port needs CAP_NET_BIND_SERVICE (ip_unprivileged_port_start)";
	case -EAFNOSUPPORT:
		return "this system has no IPv6; use an IPv4 address or a wildcard";
	case -EINVAL:
		return "this address cannot be listened on; link-local ones need a wildcard";
	case -ENOMEM:
	case -ENOBUFS:
	case -ENFILE:
		return out_of_memory;
	default:
		return "the socket could not be opened";
	}
}

static struct khttp_listener *find(struct khttp_net *kn, u8 family,
				   const struct in6_addr *addr, u16 port)
{
	struct khttp_listener *l;

	list_for_each_entry(l, &kn->listeners, link)
		if (l->port == port && l->family == family &&
		    ipv6_addr_equal(&l->addr, addr))
			return l;
	return NULL;
}

static bool too_many(struct khttp_net *kn)
{
	struct khttp_listener *l;
	u32 n = 0;

	list_for_each_entry(l, &kn->listeners, link)
		n++;
	return n >= kn->limits.max_listeners;
}

static struct khttp_listener *create(struct khttp_net *kn, u8 family,
				     const struct in6_addr *addr, u16 port)
{
	struct khttp_listener *l;
	int err;

	l = khttp_kzalloc(sizeof(*l), GFP_KERNEL_ACCOUNT);
	if (!l)
		return ERR_PTR(-ENOMEM);
	l->net = kn;
	l->family = family;
	l->addr = *addr;
	l->port = port;
	refcount_set(&l->ref, 1);
	INIT_DELAYED_WORK(&l->accept_work, khttp_listener_accept);
	err = open_socket(l);
	if (err) {
		kfree(l);
		return ERR_PTR(err);
	}
	l->id = ++kn->next_listener_id;
	list_add_tail(&l->link, &kn->listeners);
	return l;
}

static struct khttp_listener *get(struct khttp_net *kn, u8 family,
				  const struct in6_addr *addr, u16 port,
				  const char **why)
{
	struct khttp_listener *l = find(kn, family, addr, port);

	if (!l && too_many(kn)) {
		*why = "as many sockets listen as may; raise 'limits set max_listeners'";
		return ERR_PTR(-ENOSPC);
	}
	if (!l)
		l = create(kn, family, addr, port);
	if (IS_ERR(l))
		*why = why_not_open(PTR_ERR(l));
	else
		l->users++;
	return l;
}

/**
 * khttp_listener_get - one more prefix needs a port
 * @kn: the namespace's root
 * @family: of @addr; not looked at without
 * @addr: local address, an IPv4 one in the first 4 bytes; NULL: all
 * @port: in host byte order
 * @out: the listeners the prefix has to release, or NULL
 * @why: text for the administrator when it fails
 *
 * Context: net->config held, sleeps. Returns 0 or -errno.
 */
int khttp_listener_get(struct khttp_net *kn, u8 family,
		       const struct in6_addr *addr, u16 port,
		       struct khttp_listener *out[2], const char **why)
{
	struct khttp_listener *l;

	lockdep_assert_held(&kn->config);
	out[0] = NULL;
	out[1] = NULL;
	if (inet_port_requires_bind_service(kn->net, port) &&
	    !ns_capable(kn->net->user_ns, CAP_NET_BIND_SERVICE)) {
		*why = why_not_open(-EACCES);
		return -EACCES;
	}
	l = get(kn, addr ? family : AF_INET, addr ?: &in6addr_any, port,
		why);
	if (IS_ERR(l))
		return PTR_ERR(l);
	out[0] = l;
	if (addr)
		return 0;
	l = get(kn, AF_INET6, &in6addr_any, port, why);
	if (!IS_ERR(l)) {
		out[1] = l;
		return 0;
	}
	/* ipv6.disable=1 */
	if (PTR_ERR(l) == -EAFNOSUPPORT)
		return 0;
	khttp_listener_release(out[0]);
	out[0] = NULL;
	return PTR_ERR(l);
}

/**
 * khttp_listener_next - walk the listeners in the order they were opened
 * @kn: the namespace's root
 * @id: where to go on, 0 for the first
 *
 * Context: net->config held. Returns NULL at the end.
 */
struct khttp_listener *khttp_listener_next(struct khttp_net *kn, u64 id)
{
	struct khttp_listener *l;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(l, &kn->listeners, link)
		if (l->id >= id)
			return l;
	return NULL;
}

/* Does another socket of ours take connections to this port? */
static bool has_heir(const struct khttp_listener *gone)
{
	struct khttp_listener *l;

	list_for_each_entry(l, &gone->net->listeners, link)
		if (l->port == gone->port && l->family == gone->family)
			return true;
	return false;
}

/*
 * From a wildcard to an address or back: new clients come to the other socket
 * from now on, and who is in the middle of the handshake may end it here.
 */
static void hand_over(struct khttp_listener *l)
{
	unsigned long end = jiffies + SETTLE;
	struct sock *sk = l->sock->sk;

	lock_sock(sk);
	sk->sk_prot->unhash(sk);
	release_sock(sk);
	while (inet_csk_reqsk_queue_len(sk) && time_before(jiffies, end))
		schedule_timeout_killable(msecs_to_jiffies(5));
}

/**
 * khttp_listener_release - one prefix less needs it
 * @l: from khttp_listener_get()
 *
 * What TCP has accepted already is taken over before the socket closes, so
 * that a change of the configuration refuses nobody.
 *
 * Context: net->config held, sleeps.
 */
void khttp_listener_release(struct khttp_listener *l)
{
	lockdep_assert_held(&l->net->config);
	if (--l->users)
		return;
	list_del(&l->link);
	if (has_heir(l) && !READ_ONCE(l->net->dead))
		hand_over(l);
	unhook(l);
	if (!READ_ONCE(l->net->dead))
		accept_some(l, BACKLOG);
	sock_release(l->sock);
	l->sock = NULL;
	khttp_listener_put(l);
}

/**
 * khttp_listener_put - give up a connection's reference
 * @l: the listener
 *
 * Context: any.
 */
void khttp_listener_put(struct khttp_listener *l)
{
	if (refcount_dec_and_test(&l->ref))
		kfree(l);
}
