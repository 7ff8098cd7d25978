/* SPDX-License-Identifier: MIT */
/*
 * Grants: a queue of this network namespace, served by workers elsewhere. Who owns
 * the queue makes one with khttp::control::grant_queue() and passes its descriptor
 * through a socket, as `khttpctl queue grant` does; who gets it attaches by it,
 * whatever user and namespaces he has: khttp::options::grant, khttp::granted.
 */
#pragma once

#include <cstdint>
#include <string>
#include <system_error>

#include <khttp/export.hpp>
#include <khttp/fd.hpp>

namespace khttp {

/* The descriptor that makes a queue's workers; lives in the kernel until the last
 * copy of it is closed and the last worker by it has gone. Movable. */
class KHTTP_EXPORT grant {
public:
	/* A descriptor that was made or received elsewhere */
	explicit grant(unique_fd fd, std::uint32_t id = 0, std::uint32_t workers = 0) noexcept;

	/* Polls POLLHUP once it is good for nothing any more */
	[[nodiscard]] int fd() const noexcept { return fd_.get(); }
	/* As in grant_info; 0 of a received one */
	[[nodiscard]] std::uint32_t id() const noexcept { return id_; }
	/* How many may be attached by it at once */
	[[nodiscard]] std::uint32_t workers() const noexcept { return workers_; }
	/* Empty while it is good; EKEYREVOKED, ESHUTDOWN: its queue is gone */
	[[nodiscard]] std::error_code state() const noexcept;

	/* A copy for whoever is at the other end of CONNECTION, a connected unix
	 * socket. Never waits. */
	std::error_code pass(int connection) const noexcept;
	/* What is passed to who connects to the unix socket SOCKET; throws
	 * khttp::error */
	static grant receive(const std::string &socket);

private:
	unique_fd fd_;
	std::uint32_t id_;
	std::uint32_t workers_;
};

/* Where a worker gets its grant: a khttp::server or khttp::queue of
 * khttp::granted{"/run/khttp/app.sock"} serves the queue that this is for. */
struct granted {
	std::string socket;
};

struct grant_info {
	std::string queue;
	std::uint32_t id = 0;
	std::uint32_t pid = 0; /* who made it; 0: not visible from here */
	std::uint32_t uid = 0;
	std::string command;
	std::uint32_t max_workers = 0;
	std::uint32_t workers = 0;  /* attached by it */
	std::uint64_t attached = 0; /* so many were */
	std::uint64_t since = 0;    /* seconds of uptime when it was made */
	bool revoked = false;
};

struct grants_revoked {
	std::uint32_t grants = 0;
	std::uint32_t workers = 0; /* that were detached */
};

} // namespace khttp
