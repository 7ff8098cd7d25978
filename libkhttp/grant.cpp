/* SPDX-License-Identifier: MIT */
#include <khttp/grant.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <linux/khttp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <khttp/error.hpp>

#include "grant.hpp"

namespace khttp {

namespace {

/* Whoever serves the socket says nothing but the descriptor, and at once */
constexpr timeval patience{.tv_sec = 10, .tv_usec = 0};

union control_space {
	cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

std::string connect_advice(const std::string &socket, int code)
{
	std::string text = "no grant from " + socket + ": ";

	switch (code) {
	case ENOENT:
	case ECONNREFUSED:
		return text + "nobody serves it; on the host run 'khttpctl queue grant "
			      "QUEUE --socket PATH', and mount the socket or its folder here";
	case EACCES:
	case EPERM:
		return text + "its owner and mode do not let you; see --owner and --mode of "
			      "'khttpctl queue grant'";
	default:
		return text + std::strerror(code);
	}
}

unique_fd connect_to(const std::string &path)
{
	sockaddr_un to{};

	to.sun_family = AF_UNIX;
	if (path.empty() || path.size() >= sizeof(to.sun_path))
		throw error(ENAMETOOLONG, "the path of a grant's socket has 1 to " +
						  std::to_string(sizeof(to.sun_path) - 1) +
						  " bytes");
	std::ranges::copy(path, to.sun_path);
	unique_fd fd{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	if (!fd || setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0 ||
	    connect(fd.get(), reinterpret_cast<const sockaddr *>(&to), sizeof(to)) < 0)
		throw error(errno, connect_advice(path, errno));
	return fd;
}

/* The descriptor in the message, or none */
unique_fd take_descriptor(msghdr &message)
{
	unique_fd found;

	for (cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
		int passed = -1;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		std::memcpy(&passed, CMSG_DATA(c), sizeof(passed));
		found.reset(passed);
	}
	return found;
}

} // namespace

grant::grant(unique_fd fd, std::uint32_t id, std::uint32_t workers) noexcept
	: fd_(std::move(fd)), id_(id), workers_(workers)
{
}

std::error_code grant::state() const noexcept
{
	unique_fd file{ioctl(fd_.get(), KHTTP_IOC_OPEN, 0)};

	return file ? std::error_code{} : std::error_code{errno, std::generic_category()};
}

std::error_code grant::pass(int connection) const noexcept
{
	control_space space{};
	char byte = 0;
	iovec bytes{&byte, 1};
	msghdr message{};
	const int mine = fd_.get();

	message.msg_iov = &bytes;
	message.msg_iovlen = 1;
	message.msg_control = space.bytes;
	message.msg_controllen = sizeof(space.bytes);
	cmsghdr *c = CMSG_FIRSTHDR(&message);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(mine));
	std::memcpy(CMSG_DATA(c), &mine, sizeof(mine));
	if (sendmsg(connection, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return {errno, std::generic_category()};
	return {};
}

grant grant::receive(const std::string &path)
{
	unique_fd connection = connect_to(path);
	control_space space{};
	char byte = 0;
	iovec bytes{&byte, 1};
	msghdr message{};
	ssize_t n;

	message.msg_iov = &bytes;
	message.msg_iovlen = 1;
	message.msg_control = space.bytes;
	message.msg_controllen = sizeof(space.bytes);
	do
		n = recvmsg(connection.get(), &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		throw error(errno, connect_advice(path, errno));
	unique_fd passed = take_descriptor(message);
	if (!passed)
		throw error(EPROTO, connect_advice(path, EPROTO));
	return grant{std::move(passed)};
}

namespace detail {

std::string grant_socket(const options &wanted)
{
	/* Not what an unprivileged caller says to a privileged program */
	const char *text = secure_getenv("KHTTP_GRANT");

	return wanted.grant.empty() && text ? text : wanted.grant;
}

unique_fd open_granted(const grant &by)
{
	unique_fd file{ioctl(by.fd(), KHTTP_IOC_OPEN, 0)};

	if (file)
		return file;
	switch (errno) {
	case EKEYREVOKED:
		throw error(EKEYREVOKED, "the grant was revoked; ask who owns the queue");
	case ESHUTDOWN:
		throw error(ESHUTDOWN, "the queue of the grant is gone");
	case ENOTTY:
	case EINVAL:
		throw error(EPROTO, "what was passed is no grant of a queue");
	default:
		throw error(errno, std::string{"cannot use the grant: "} + std::strerror(errno));
	}
}

} // namespace detail

} // namespace khttp
