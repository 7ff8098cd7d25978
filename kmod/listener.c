// SPDX-License-Identifier: GPL-2.0-only
/*
 * Listening sockets and what they accept.
 *
 * Sockets on the wildcard and on addresses may stand on the same port: TCP
 * gives a connection to the one on the address. A socket that has to be opened
 * anew, for another interface, stands beside the old one until that is closed.
 */

#include "listener.h"

#include <linux/cred.h>
#include <linux/init_task.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "alloc.h"
#include "conn.h"
#include "net.h"
#include "trust.h"

/* How long a closing socket waits for handshakes that have begun */
#define SETTLE		(HZ / 5)
static const char out_of_memory[] = "out of memory; try again later";

/*
 * The kernel lets sockets on the wildcard and on an address of it, or on any
 * interface and on one of them, listen at the same port only if all of them say
 * SO_REUSEPORT and have the same owner. Ours
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

static bool share_port(const struct khttp_listener *l, struct socket *new,
		       bool on)
{
	struct khttp_listener *other;
	bool any = false;

	list_for_each_entry(other, &l->net->listeners, link) {
		kuid_t uid = on ? INVALID_UID : other->uid;

		if (other->place.port != l->place.port ||
		    other->place.family != l->place.family)
			continue;
		set_sharing(other->sock, on, uid);
		if (other->next)
			set_sharing(other->next, on, uid);
		any = true;
	}
	if (any)
		set_sharing(new, on, on ? INVALID_UID : l->uid);
	return any;
}

/*
 * What a reservation grants goes beyond what the task may: then it is the kernel
 * who binds.
 */
static int bind_socket(const struct khttp_listener *l, struct socket *sock,
		       struct sockaddr *addr, int len)
{
	const struct cred *old;
	struct cred *kernel;
	int err;

	if (!l->granted)
		return khttp_may_fail(kernel_bind(sock, addr, len));
	kernel = prepare_kernel_cred(&init_task);
	if (!kernel)
		return -ENOMEM;
	old = override_creds(kernel);
	err = khttp_may_fail(kernel_bind(sock, addr, len));
	revert_creds(old);
	put_cred(kernel);
	return err;
}

static int bind_and_listen(const struct khttp_listener *l, struct socket *sock,
			   u32 backlog)
{
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(l->place.port),
		.sin6_addr = l->place.addr,
	};
	struct sockaddr_in v4 = {
		.sin_family = AF_INET,
		.sin_port = htons(l->place.port),
		.sin_addr.s_addr = l->place.addr.s6_addr32[0],
	};
	bool six = l->place.family == AF_INET6;
	struct sockaddr *addr = six ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4;
	int len = six ? sizeof(v6) : sizeof(v4);
	bool shared = share_port(l, sock, true);
	int err;

	err = bind_socket(l, sock, addr, len);
	if (!err)
		err = khttp_may_fail(kernel_listen(sock, backlog));
	if (shared)
		share_port(l, sock, false);
	return err;
}

/* Connections inherit it as they are accepted: none of them costs a call */
static void set_keepalive(struct sock *sk, const struct khttp_setting *s)
{
	if (!s->keep_idle) {
		lock_sock(sk);
		sock_reset_flag(sk, SOCK_KEEPOPEN);
		release_sock(sk);
		return;
	}
	tcp_sock_set_keepidle(sk, s->keep_idle);
	tcp_sock_set_keepintvl(sk, s->keep_interval);
	tcp_sock_set_keepcnt(sk, s->keep_count);
	sock_set_keepalive(sk);
}

/* 0: any interface; -ENODEV */
static int find_device(const struct khttp_net *kn,
		       const struct khttp_setting *s)
{
	const struct net_device *dev;
	int ifindex;

	if (!s->device[0])
		return 0;
	rcu_read_lock();
	dev = dev_get_by_name_rcu(kn->net, s->device);
	ifindex = dev ? dev->ifindex : -ENODEV;
	rcu_read_unlock();
	return ifindex;
}

static struct socket *open_socket(struct khttp_listener *l,
				  const struct khttp_setting *s, int ifindex)
{
	struct socket *sock;
	int err;

	if (!l->granted && !khttp_listener_allowed(l->net, l->place.port))
		return ERR_PTR(-EACCES);
	err = khttp_may_fail(sock_create_kern(l->net->net, l->place.family,
					      SOCK_STREAM, IPPROTO_TCP, &sock));
	if (err)
		return ERR_PTR(err);
	/* The first one's owner stays the listener's */
	if (!l->sock)
		l->uid = SOCK_INODE(sock)->i_uid;
	/* Inherited: an answer's last segment must not wait for an acknowledgement */
	tcp_sock_set_nodelay(sock->sk);
	/* Old connections in TIME_WAIT must not keep the port */
	sock_set_reuseaddr(sock->sk);
	if (l->place.family == AF_INET6)
		ip6_sock_set_v6only(sock->sk);
	set_keepalive(sock->sk, s);
	khttp_accept_begin(l, sock);
	if (ifindex)
		err = sock_bindtoindex(sock->sk, ifindex, true);
	if (!err)
		err = bind_and_listen(l, sock, s->backlog);
	if (err)
		goto err_sock;
	return sock;
err_sock:
	khttp_accept_end(l, sock);
	sock_release(sock);
	return ERR_PTR(err);
}

const char *khttp_listener_why(int err)
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
	case -ENODEV:
		return "no network interface has the name in the port's settings";
	case -ENOMEM:
	case -ENOBUFS:
	case -ENFILE:
		return out_of_memory;
	default:
		return "the socket could not be opened";
	}
}

bool khttp_listener_allowed(const struct khttp_net *kn, u16 port)
{
	return !inet_port_requires_bind_service(kn->net, port) ||
	       ns_capable(kn->net->user_ns, CAP_NET_BIND_SERVICE);
}

struct khttp_listener *khttp_listener_find(struct khttp_net *kn,
					   const struct khttp_place *at)
{
	struct khttp_listener *l;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(l, &kn->listeners, link)
		if (l->place.port == at->port &&
		    l->place.family == at->family &&
		    ipv6_addr_equal(&l->place.addr, &at->addr))
			return l;
	return NULL;
}

static bool too_many_listeners(struct khttp_net *kn)
{
	struct khttp_listener *l;
	u32 n = 0;

	list_for_each_entry(l, &kn->listeners, link)
		n++;
	return n >= kn->limits.max_listeners;
}

static struct khttp_listener *create_listener(struct khttp_net *kn, const struct khttp_place *at,
					      const struct khttp_setting *s, bool granted)
{
	int ifindex = find_device(kn, s);
	struct khttp_listener *l;
	struct socket *sock;

	if (ifindex < 0)
		return ERR_PTR(ifindex);
	l = khttp_kzalloc(sizeof(*l), GFP_KERNEL_ACCOUNT);
	if (!l)
		return ERR_PTR(-ENOMEM);
	l->net = kn;
	l->place = *at;
	l->granted = granted;
	refcount_set(&l->ref, 1);
	khttp_accept_init(l);
	sock = open_socket(l, s, ifindex);
	if (IS_ERR(sock)) {
		kfree(l);
		return ERR_CAST(sock);
	}
	WRITE_ONCE(l->sock, sock);
	/* What came before that found no socket to accept from */
	khttp_accept_soon(l);
	l->id = ++kn->next_listener_id;
	list_add_tail(&l->link, &kn->listeners);
	return l;
}

/**
 * khttp_listener_open - listen somewhere
 * @kn: the namespace's root
 * @at: where; there is no listener yet
 * @s: what to open the socket with
 * @granted: also where who asks has no CAP_NET_BIND_SERVICE
 * @why: text for the administrator when it fails
 *
 * Context: net->config held, sleeps. Returns ERR_PTR(-errno) when it fails.
 */
struct khttp_listener *khttp_listener_open(struct khttp_net *kn,
					   const struct khttp_place *at,
					   const struct khttp_setting *s,
					   bool granted, const char **why)
{
	struct khttp_listener *l;

	lockdep_assert_held(&kn->config);
	if (too_many_listeners(kn)) {
		*why = "as many sockets listen as may; raise 'limits set max_listeners'";
		return ERR_PTR(-ENOSPC);
	}
	l = create_listener(kn, at, s, granted);
	if (IS_ERR(l))
		*why = khttp_listener_why(PTR_ERR(l));
	return l;
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
		if (l->place.port == gone->place.port &&
		    l->place.family == gone->place.family)
			return true;
	return false;
}

/*
 * From one socket to another: new clients come to the other one from now on,
 * and who is in the middle of the handshake may end it here.
 */
static void hand_over(struct socket *sock)
{
	unsigned long end = jiffies + SETTLE;
	struct sock *sk = sock->sk;

	lock_sock(sk);
	sk->sk_prot->unhash(sk);
	release_sock(sk);
	while (inet_csk_reqsk_queue_len(sk) && time_before(jiffies, end))
		schedule_timeout_killable(msecs_to_jiffies(5));
}

/*
 * What TCP has accepted already is taken over before the socket closes, so that
 * a change of the configuration refuses nobody.
 */
static void close_socket(struct khttp_listener *l, struct socket *sock,
			 bool heir)
{
	bool dead = READ_ONCE(l->net->dead);

	if (heir && !dead)
		hand_over(sock);
	khttp_accept_end(l, sock);
	if (!dead)
		khttp_accept_rest(l, sock);
	sock_release(sock);
}

/**
 * khttp_listener_close - nobody needs it any more
 * @l: the listener
 *
 * Context: net->config held, sleeps.
 */
void khttp_listener_close(struct khttp_listener *l)
{
	lockdep_assert_held(&l->net->config);
	list_del(&l->link);
	close_socket(l, l->sock, has_heir(l));
	WRITE_ONCE(l->sock, NULL);
	khttp_accept_exit(l);
	khttp_listener_trust(l, NULL);
	khttp_listener_put(l);
}

/**
 * khttp_listener_prepare - do what can fail of a change
 * @l: the listener
 * @s: what shall hold
 * @why: text for the administrator when it fails
 *
 * Context: net->config held, sleeps. Returns 0 or -errno; either way
 * khttp_listener_adopt() or khttp_listener_discard() has to follow.
 */
int khttp_listener_prepare(struct khttp_listener *l,
			   const struct khttp_setting *s, const char **why)
{
	const struct socket *will = l->next ?: l->sock;
	int ifindex = find_device(l->net, s);
	struct socket *sock;

	if (ifindex >= 0 && ifindex == will->sk->sk_bound_dev_if)
		return 0;
	/* Back to what it is, by a later change of the same transaction */
	if (ifindex >= 0 && ifindex == l->sock->sk->sk_bound_dev_if) {
		khttp_listener_discard(l);
		return 0;
	}
	sock = ifindex < 0 ? ERR_PTR(ifindex) : open_socket(l, s, ifindex);
	if (IS_ERR(sock)) {
		/* Its end may have stopped what the old one had begun */
		khttp_accept_soon(l);
		*why = khttp_listener_why(PTR_ERR(sock));
		return PTR_ERR(sock);
	}
	/* The last one of a transaction's changes counts */
	khttp_listener_discard(l);
	l->next = sock;
	return 0;
}

void khttp_listener_adopt(struct khttp_listener *l,
			  const struct khttp_setting *s)
{
	struct socket *old = l->sock;

	lockdep_assert_held(&l->net->config);
	if (l->next) {
		WRITE_ONCE(l->sock, l->next);
		l->next = NULL;
		close_socket(l, old, true);
		/* Its end may have stopped what the new one had begun */
		khttp_accept_soon(l);
	}
	/* As listen(2) does when it is called once more */
	WRITE_ONCE(l->sock->sk->sk_max_ack_backlog, s->backlog);
	set_keepalive(l->sock->sk, s);
}

void khttp_listener_discard(struct khttp_listener *l)
{
	if (!l->next)
		return;
	close_socket(l, l->next, true);
	l->next = NULL;
	khttp_accept_soon(l);
}

void khttp_listener_trust(struct khttp_listener *l, struct khttp_trust *t)
{
	struct khttp_trust *old;

	old = rcu_replace_pointer(l->trust, khttp_trust_get(t),
				  lockdep_is_held(&l->net->config));
	khttp_trust_put(old);
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
