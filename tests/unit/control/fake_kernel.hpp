// SPDX-License-Identifier: MIT
#pragma once

#include <cstring>
#include <deque>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include "netlink.hpp"

namespace fake {

using khttp::detail::byte_vector;
using khttp::detail::byte_view;
using khttp::detail::message;

using datagrams = std::vector<byte_vector>;

constexpr std::uint16_t family = 0x42;

template <typename T>
requires std::is_trivially_copyable_v<T>
void append(byte_vector &to, const T &value)
{
	auto *bytes = reinterpret_cast<const std::byte *>(&value);

	to.insert(to.end(), bytes, bytes + sizeof(value));
}

inline void append(byte_vector &to, byte_view bytes)
{
	to.insert(to.end(), bytes.begin(), bytes.end());
}

/* One attribute, padded; @claimed: the length it says it has, if not its own */
inline byte_vector attribute(int type, byte_view value, int claimed = -1)
{
	nlattr header{};
	byte_vector out;

	header.nla_len = static_cast<std::uint16_t>(
		claimed >= 0 ? claimed : static_cast<int>(sizeof(header) + value.size()));
	header.nla_type = static_cast<std::uint16_t>(type);
	append(out, header);
	append(out, value);
	out.resize(NLA_ALIGN(out.size()));
	return out;
}

inline byte_view bytes_of(std::string_view text)
{
	return { reinterpret_cast<const std::byte *>(text.data()), text.size() };
}

inline byte_vector netlink(std::uint16_t type, std::uint16_t flags, byte_view payload)
{
	nlmsghdr header{};
	byte_vector out;

	header.nlmsg_len = static_cast<std::uint32_t>(sizeof(header) + payload.size());
	header.nlmsg_type = type;
	header.nlmsg_flags = flags;
	append(out, header);
	append(out, payload);
	out.resize(NLMSG_ALIGN(out.size()));
	return out;
}

/* A message of the family with what @fill puts into it */
inline byte_vector answer(const std::function<void(message &)> &fill, std::uint16_t flags = 0)
{
	message built(family, 1, 0);
	byte_vector payload(GENL_HDRLEN);

	fill(built);
	append(payload, built.attributes());
	return netlink(family, flags, payload);
}

/* The kernel's verdict on a request, capped, as NETLINK_EXT_ACK shows it */
inline byte_vector verdict(int error, const std::string &text = {})
{
	byte_vector payload;

	append(payload, error);
	append(payload, nlmsghdr{});
	if (!text.empty())
		append(payload, attribute(NLMSGERR_ATTR_MSG, bytes_of(text + '\0')));
	return netlink(NLMSG_ERROR, NLM_F_CAPPED | (text.empty() ? 0 : NLM_F_ACK_TLVS), payload);
}

inline byte_vector end_of_dump(int error = 0, std::uint16_t flags = 0, const std::string &text = {})
{
	byte_vector payload;

	append(payload, error);
	if (!text.empty()) {
		append(payload, attribute(NLMSGERR_ATTR_MSG, bytes_of(text + '\0')));
		flags |= NLM_F_ACK_TLVS;
	}
	return netlink(NLMSG_DONE, flags | NLM_F_MULTI, payload);
}

struct request {
	std::uint8_t command = 0;
	std::uint16_t flags = 0;
	byte_vector attributes;
};

/* Answers each request with what @on_request returns, one datagram each */
class port : public khttp::detail::netlink_port {
public:
	using handler = std::function<datagrams(const request &)>;

	explicit port(handler on_request) : on_request_(std::move(on_request)) {}

	void send(byte_view bytes) override
	{
		nlmsghdr header;
		genlmsghdr genl;
		request seen;

		std::memcpy(&header, bytes.data(), sizeof(header));
		std::memcpy(&genl, bytes.data() + NLMSG_HDRLEN, sizeof(genl));
		sequence_ = header.nlmsg_seq;
		seen.command = genl.cmd;
		seen.flags = header.nlmsg_flags;
		byte_view attributes = bytes.subspan(NLMSG_HDRLEN + GENL_HDRLEN);
		seen.attributes.assign(attributes.begin(), attributes.end());
		for (byte_vector &datagram : on_request_(seen))
			pending_.push_back(std::move(datagram));
	}

	byte_vector receive() override
	{
		if (pending_.empty())
			throw std::logic_error("the session waits for something that never comes");
		byte_vector datagram = std::move(pending_.front());
		pending_.pop_front();
		stamp(datagram);
		return datagram;
	}

	int fd() const noexcept override { return -1; }

private:
	/* Sequence 0 becomes that of the request; tests set others on purpose */
	void stamp(byte_vector &datagram) const
	{
		for (std::size_t at = 0; datagram.size() - at >= sizeof(nlmsghdr);) {
			nlmsghdr header;

			std::memcpy(&header, datagram.data() + at, sizeof(header));
			if (!header.nlmsg_seq)
				header.nlmsg_seq = sequence_;
			std::memcpy(datagram.data() + at, &header, sizeof(header));
			if (header.nlmsg_len < sizeof(header) ||
			    header.nlmsg_len > datagram.size() - at)
				break;
			at += std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len),
						    datagram.size() - at);
		}
	}

	handler on_request_;
	std::deque<byte_vector> pending_;
	std::uint32_t sequence_ = 0;
};

} // namespace fake
