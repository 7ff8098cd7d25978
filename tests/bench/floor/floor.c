// SPDX-License-Identifier: MIT
/*
 * What TCP in the kernel costs with no HTTP: the same answer of 1 KiB to
 * whatever comes, from the socket's callback, in softirq. It knows the end of a
 * head and the field that bench-client -o sends last, and nothing else. For a
 * machine with one processor, and for measuring only.
 *
 * It does what any such server can: the FIN goes in the packet of the last
 * answer, the bytes are copied into one page for all, and sockets that are over
 * are released many at a time.
 */
#include <linux/llist.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/inet_connection_sock.h>
#include <net/tcp.h>

#define HEAD "HTTP/1.1 200 OK\r\nContent-Length: 1024\r\nConnection: "
#define CLOSES "Connection: close\r\n\r\n"
/* As long as khttp's, which has a date, a validator and an age there */
#define PADDING 166
#define BODY 1024
#define RELEASE_DELAY max(HZ / 100, 1)

static unsigned short port = 8080;
module_param(port, ushort, 0);

struct conn {
	struct socket *sock;
	struct llist_node over;
	void (*old_data_ready)(struct sock *sk);
	void (*old_state_change)(struct sock *sk);
};

static struct socket *listener;
static void (*old_data_ready)(struct sock *sk);
static struct page_frag frag;
static char keeps[512 + BODY], closes[512 + BODY];
static size_t keeps_len, closes_len;
static LLIST_HEAD(over);
static atomic_t live;

static void release_over(struct work_struct *work)
{
	struct llist_node *list = llist_del_all(&over);
	struct conn *c, *next;

	llist_for_each_entry_safe(c, next, list, over) {
		/* Whoever called us back has the lock, until it is done with it */
		lock_sock(c->sock->sk);
		release_sock(c->sock->sk);
		sock_release(c->sock);
		kfree(c);
		if (atomic_dec_and_test(&live))
			wake_up_var(&live);
	}
}

static DECLARE_DELAYED_WORK(release_work, release_over);

static void state_change(struct sock *sk)
{
	struct conn *c = sk->sk_user_data;

	if (!c || !(sk->sk_shutdown & RCV_SHUTDOWN))
		return;
	sk->sk_user_data = NULL;
	sk->sk_data_ready = c->old_data_ready;
	sk->sk_state_change = c->old_state_change;
	if (llist_add(&c->over, &over))
		queue_delayed_work(system_highpri_wq, &release_work, RELEASE_DELAY);
}

static void answer(struct sock *sk, bool last)
{
	struct kvec iov = {
		.iov_base = last ? closes : keeps,
		.iov_len = last ? closes_len : keeps_len,
	};
	struct msghdr msg = {
		.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL | (last ? MSG_MORE : 0),
	};
	gfp_t old = sk->sk_allocation;

	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, &iov, 1, iov.iov_len);
	sk->sk_allocation = GFP_ATOMIC;
	sk->sk_use_task_frag = false;
	swap(sk->sk_frag, frag);
	WARN_ON_ONCE(tcp_sendmsg_locked(sk, &msg, iov.iov_len) != iov.iov_len);
	swap(sk->sk_frag, frag);
	sk->sk_use_task_frag = true;
	sk->sk_allocation = old;
	if (last) {
		sk->sk_shutdown |= SEND_SHUTDOWN;
		sk->sk_prot->shutdown(sk, SEND_SHUTDOWN);
	}
}

static int actor(read_descriptor_t *desc, struct sk_buff *skb, unsigned int off, size_t len)
{
	const size_t n = sizeof(CLOSES) - 1;
	char end[sizeof(CLOSES) - 1];

	if (len < n || skb_copy_bits(skb, off + len - n, end, n) ||
	    memcmp(end + n - 4, "\r\n\r\n", 4))
		return len;
	answer(desc->arg.data, !memcmp(end, CLOSES, n));
	return len;
}

static void data_ready(struct sock *sk)
{
	read_descriptor_t desc = { .arg.data = sk, .count = 1 };

	if (sk->sk_user_data)
		tcp_read_sock(sk, &desc, actor);
}

static void take(struct socket *sock)
{
	struct conn *c = kzalloc(sizeof(*c), GFP_KERNEL);
	struct sock *sk = sock->sk;

	if (!c) {
		sock_release(sock);
		return;
	}
	atomic_inc(&live);
	c->sock = sock;
	lock_sock(sk);
	c->old_data_ready = old_data_ready;
	c->old_state_change = sk->sk_state_change;
	sk->sk_user_data = c;
	sk->sk_data_ready = data_ready;
	sk->sk_state_change = state_change;
	/* What came before the callbacks were there */
	local_bh_disable();
	data_ready(sk);
	if (sk->sk_shutdown & RCV_SHUTDOWN)
		state_change(sk);
	local_bh_enable();
	release_sock(sk);
}

static void accept_all(struct work_struct *work)
{
	struct socket *sock;

	while (!reqsk_queue_empty(&inet_csk(listener->sk)->icsk_accept_queue) &&
	       !kernel_accept(listener, &sock, O_NONBLOCK))
		take(sock);
}

static DECLARE_WORK(accept_work, accept_all);

/* Inherited by every connection until it is taken */
static void listener_ready(struct sock *sk)
{
	if (sk->sk_state == TCP_LISTEN)
		queue_work(system_highpri_wq, &accept_work);
}

static size_t make_answer(char *buf, const char *connection)
{
	int n = sprintf(buf, HEAD "%s\r\nX-Padding: ", connection);

	memset(buf + n, 'x', PADDING + BODY + 4);
	memcpy(buf + n + PADDING, "\r\n\r\n", 4);
	return n + PADDING + 4 + BODY;
}

static int __init floor_init(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int err;

	keeps_len = make_answer(keeps, "x");
	closes_len = make_answer(closes, "close");
	err = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP, &listener);
	if (err)
		return err;
	sock_set_reuseaddr(listener->sk);
	tcp_sock_set_nodelay(listener->sk);
	old_data_ready = listener->sk->sk_data_ready;
	listener->sk->sk_data_ready = listener_ready;
	err = kernel_bind(listener, (struct sockaddr *)&to, sizeof(to));
	if (!err)
		err = kernel_listen(listener, SOMAXCONN);
	if (err)
		sock_release(listener);
	return err;
}

static void __exit floor_exit(void)
{
	lock_sock(listener->sk);
	listener->sk->sk_data_ready = old_data_ready;
	release_sock(listener->sk);
	cancel_work_sync(&accept_work);
	sock_release(listener);
	wait_var_event(&live, !atomic_read(&live));
	cancel_delayed_work_sync(&release_work);
	if (frag.page)
		put_page(frag.page);
}

module_init(floor_init);
module_exit(floor_exit);

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("the least a server in the kernel can do");
