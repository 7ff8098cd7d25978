/* SPDX-License-Identifier: MIT */
/* The real sockets behind netlink.hpp, opened in the right namespace. */
#include "netlink.hpp"

#include <cerrno>
#include <cstring>
#include <exception>
#include <thread>

#include <fcntl.h>
#include <linux/khttp.h>
#include <linux/netlink.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/socket.h>
#include <sched.h>
#include <sys/socket.h>

#include <khttp/error.hpp>

namespace khttp::detail {

namespace {

/* Events of a busy moment must not be lost because a terminal is slow */
constexpr int event_buffer = 1 << 20;

[[noreturn]] void fail(int code, const std::string &what)
{
	throw error(code, what + ": " + std::strerror(code));
}

struct free_socket {
	void operator()(nl_sock *sock) const noexcept { nl_socket_free(sock); }
};
using socket_ptr = std::unique_ptr<nl_sock, free_socket>;

class socket_port : public netlink_port {
public:
	explicit socket_port(socket_ptr sock) noexcept : sock_(std::move(sock)) {}

	void send(byte_view request) override
	{
		sockaddr_nl kernel{};
		ssize_t n;

		kernel.nl_family = AF_NETLINK;
		do {
			n = sendto(fd(), request.data(), request.size(), 0,
				   reinterpret_cast<const sockaddr *>(&kernel), sizeof(kernel));
		} while (n < 0 && errno == EINTR);
		if (n < 0)
			fail(errno, "cannot send to the khttp module");
	}

	byte_vector receive() override
	{
		/* the length first: dumps come in datagrams of any size */
		ssize_t length = take(nullptr, 0, MSG_PEEK | MSG_TRUNC, nullptr);
		byte_vector datagram(static_cast<std::size_t>(length));
		sockaddr_nl sender{};

		length = take(datagram.data(), datagram.size(), 0, &sender);
		datagram.resize(static_cast<std::size_t>(length));
		if (sender.nl_pid != 0)
			datagram.clear(); /* another process, not the kernel */
		return datagram;
	}

	int fd() const noexcept override { return nl_socket_get_fd(sock_.get()); }

private:
	ssize_t take(void *buffer, std::size_t size, int flags, sockaddr_nl *sender)
	{
		socklen_t length = sizeof(*sender);
		ssize_t n;

		do {
			n = recvfrom(fd(), buffer, size, flags,
				     reinterpret_cast<sockaddr *>(sender),
				     sender ? &length : nullptr);
		} while (n < 0 && errno == EINTR);
		if (n < 0)
			fail(errno, "cannot receive from the khttp module");
		return n;
	}

	socket_ptr sock_;
};

std::shared_ptr<const unique_fd> open_netns(const std::string &name)
{
	if (name.empty())
		return nullptr;
	bool is_path = name.find('/') != std::string::npos;
	std::string path = is_path ? name : "/run/netns/" + name;
	unique_fd file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};

	if (file)
		return std::make_shared<const unique_fd>(std::move(file));
	if (errno == ENOENT && !is_path)
		throw error(ENOENT, "there is no network namespace '" + name +
					    "': 'ip netns list' shows those with a name, "
					    "'ip netns add " +
					    name + "' makes it");
	fail(errno, "cannot open the network namespace " + path);
}

socket_ptr connect_socket()
{
	socket_ptr sock(nl_socket_alloc());

	if (!sock)
		throw std::bad_alloc();
	if (genl_connect(sock.get()) < 0)
		fail(errno, "cannot open a netlink socket");
	return sock;
}

/* Both are old enough to be there; without them texts and checks are missing */
void make_strict(nl_sock *sock)
{
	for (int option : {NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK}) {
		int on = 1;

		if (setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, option, &on, sizeof(on)) < 0)
			fail(errno, "cannot set up the netlink socket");
	}
}

[[noreturn]] void family_missing()
{
	throw error(ENOENT, "the khttp module is not loaded (or not for this network namespace): "
			    "run 'modprobe khttp', or 'insmod khttp.ko' in the build folder");
}

/* False: that needs CAP_NET_ADMIN in the network namespace */
bool join_group(nl_sock *sock, const char *name)
{
	int group = genl_ctrl_resolve_grp(sock, KHTTP_GENL_NAME, name);

	if (group < 0)
		family_missing();
	if (setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
		       sizeof(group)) == 0)
		return true;
	if (errno != EPERM)
		fail(errno, "cannot subscribe to events");
	return false;
}

/* To the events of those queues alone that this user may see */
void subscribe(nl_sock *sock, std::uint16_t family)
{
	/* Events that come before the acknowledgement have no number of ours */
	nl_socket_disable_seq_check(sock);
	if (genl_send_simple(sock, family, KHTTP_CMD_EVENT_SUBSCRIBE, KHTTP_GENL_VERSION, 0) < 0 ||
	    nl_wait_for_ack(sock) < 0)
		throw error(EPERM, "cannot listen to the events of queues of one's own (too many "
				   "do?); those of all need CAP_NET_ADMIN in the network "
				   "namespace: run it with sudo");
}

/* Over the machine's limit only for CAP_NET_ADMIN, else up to the limit */
void make_room(nl_sock *sock)
{
	for (int option : {SO_RCVBUFFORCE, SO_RCVBUF})
		if (setsockopt(nl_socket_get_fd(sock), SOL_SOCKET, option, &event_buffer,
			       sizeof(event_buffer)) == 0)
			break;
}

genl_link open_in(std::shared_ptr<const unique_fd> netns)
{
	genl_link link;

	link.netns = std::move(netns);
	run_in_netns(link.netns.get(), [&] {
		socket_ptr sock = connect_socket();
		int family = genl_ctrl_resolve(sock.get(), KHTTP_GENL_NAME);

		if (family < 0)
			family_missing();
		make_strict(sock.get());
		link.family = static_cast<std::uint16_t>(family);
		link.port = std::make_unique<socket_port>(std::move(sock));
	});
	return link;
}

} // namespace

/*
 * A thread of its own enters the namespace and ends there: coming back is a
 * step that can fail, and the caller's other threads are not disturbed.
 */
void run_in_netns(const unique_fd *netns, const std::function<void()> &work)
{
	std::exception_ptr failure;

	if (!netns)
		return work();
	std::thread([&] {
		try {
			if (setns(netns->get(), CLONE_NEWNET) < 0) {
				if (errno == EPERM)
					throw error(EPERM,
						    "entering another network namespace needs "
						    "CAP_SYS_ADMIN: run it with sudo");
				fail(errno, "cannot enter the network namespace");
			}
			work();
		} catch (...) {
			failure = std::current_exception();
		}
	}).join();
	if (failure)
		std::rethrow_exception(failure);
}

genl_link open_genl(const std::string &netns)
{
	return open_in(open_netns(netns));
}

genl_link open_another(const genl_link &link)
{
	return open_in(link.netns);
}

std::unique_ptr<netlink_port> open_group(const genl_link &link, const char *group)
{
	std::unique_ptr<netlink_port> port;

	run_in_netns(link.netns.get(), [&] {
		socket_ptr sock = connect_socket();

		if (!join_group(sock.get(), group))
			subscribe(sock.get(), link.family);
		make_room(sock.get());
		port = std::make_unique<socket_port>(std::move(sock));
	});
	return port;
}

} // namespace khttp::detail
