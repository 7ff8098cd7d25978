/* SPDX-License-Identifier: MIT */
/* A generic netlink session with the module: requests, dumps, extack texts. */
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <khttp/fd.hpp>

struct nl_msg;
struct nl_sock;

namespace khttp::detail {

using byte_view = std::span<const std::byte>;
using byte_vector = std::vector<std::byte>;

/* A request being built; throws std::length_error when it gets too long */
class message {
public:
	message(std::uint16_t family, std::uint8_t command, int flags);

	void put(int type, std::uint32_t value);
	void put_u64(int type, std::uint64_t value);
	void put(int type, std::string_view text);
	void put_bytes(int type, byte_view bytes);
	void put_flag(int type);
	/* Runs @fill between the start and the end of a nested attribute */
	void put_nested(int type, const std::function<void()> &fill);

	/* The finished bytes; @sequence is what the answer will carry */
	[[nodiscard]] byte_view finish(std::uint32_t sequence);
	/* The attributes alone, as the kernel will see them */
	[[nodiscard]] byte_view attributes() const;

private:
	struct release {
		void operator()(nl_msg *msg) const noexcept;
	};
	std::unique_ptr<nl_msg, release> msg_;
};

/* What a session needs of a socket; tests put their own in its place */
class netlink_port {
public:
	virtual ~netlink_port() = default;
	virtual void send(byte_view request) = 0;
	/* One datagram from the kernel; throws std::system_error */
	[[nodiscard]] virtual byte_vector receive() = 0;
	[[nodiscard]] virtual int fd() const noexcept = 0;
};

/* A connected socket and what the family is called in its namespace */
struct genl_link {
	std::unique_ptr<netlink_port> port;
	std::uint16_t family = 0;
	/* for more sockets in the same namespace; null: the caller's own */
	std::shared_ptr<const unique_fd> netns;
};

/* Runs @work in that namespace, or right here if it is null */
void run_in_netns(const unique_fd *netns, const std::function<void()> &work);
/* @netns: an empty string, a name below /run/netns, or a path */
[[nodiscard]] genl_link open_genl(const std::string &netns);
/* A second socket in the namespace of @link, listening to a multicast group only */
[[nodiscard]] std::unique_ptr<netlink_port> open_group(const genl_link &link, const char *group);
/* A second one for requests; its link is on its own */
[[nodiscard]] genl_link open_another(const genl_link &link);

class netlink_session {
public:
	netlink_session(std::unique_ptr<netlink_port> port, std::uint16_t family);

	[[nodiscard]] message request(std::uint8_t command) const;
	[[nodiscard]] message dump_request(std::uint8_t command) const;

	/*
	 * Waits for the verdict; the attributes of the answer, if it has any. Where it is
	 * a refusal, they are left in @told.
	 */
	byte_vector call(message &request, byte_vector *told = nullptr);
	/* That were accepted, ever */
	[[nodiscard]] std::uint32_t calls() const noexcept { return calls_; }
	/*
	 * One call of @each per message. False when what was listed changed
	 * meanwhile, so that something may be missing or double.
	 */
	[[nodiscard]] bool dump(message &request, const std::function<void(byte_view)> &each);

private:
	std::unique_ptr<netlink_port> port_;
	std::uint16_t family_;
	std::uint32_t sequence_ = 0;
	std::uint32_t calls_ = 0;
};

/* The messages of a datagram, one after another */
struct netlink_message {
	std::uint16_t type = 0;
	std::uint16_t flags = 0;
	std::uint32_t sequence = 0;
	byte_view payload;
};

/* Takes one message off the front; nothing when the rest is not a message */
[[nodiscard]] std::optional<netlink_message> next_message(byte_view &rest) noexcept;
/* Behind the generic netlink header; throws khttp::error when there is none */
[[nodiscard]] byte_view attributes_of(const netlink_message &msg);

} // namespace khttp::detail
