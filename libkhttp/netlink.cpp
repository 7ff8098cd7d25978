/* SPDX-License-Identifier: MIT */
#include "netlink.hpp"

#include <cerrno>
#include <cstring>
#include <exception>
#include <stdexcept>

#include <linux/khttp.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include <khttp/error.hpp>

namespace khttp::detail {

namespace {

/* More than the longest request: a piece of a set of networks */
constexpr std::size_t request_max = 64 * 1024;

/* MAX_ERRNO of the kernel */
constexpr int errno_max = 4095;

[[noreturn]] void too_long()
{
	throw std::length_error("khttp: the request is too long for one message");
}

template <typename T>
bool load(byte_view bytes, std::size_t offset, T &out) noexcept
{
	if (offset > bytes.size() || bytes.size() - offset < sizeof(out))
		return false;
	std::memcpy(&out, bytes.data() + offset, sizeof(out));
	return true;
}

} // namespace

void message::release::operator()(nl_msg *msg) const noexcept
{
	nlmsg_free(msg);
}

message::message(std::uint16_t family, std::uint8_t command, int flags)
	: msg_(nlmsg_alloc_size(request_max))
{
	if (!msg_ || !genlmsg_put(msg_.get(), NL_AUTO_PORT, NL_AUTO_SEQ, family, 0,
				  NLM_F_REQUEST | flags, command, KHTTP_GENL_VERSION))
		throw std::bad_alloc();
}

void message::put(int type, std::uint32_t value)
{
	if (nla_put_u32(msg_.get(), type, value) < 0)
		too_long();
}

void message::put_u64(int type, std::uint64_t value)
{
	if (nla_put_u64(msg_.get(), type, value) < 0)
		too_long();
}

void message::put(int type, std::string_view text)
{
	/* A NUL inside would silently name something else */
	if (text.find('\0') != std::string_view::npos)
		throw error(EINVAL, "a name or URL holds a NUL byte");
	if (text.size() > request_max ||
	    nla_put_string(msg_.get(), type, std::string(text).c_str()) < 0)
		too_long();
}

void message::put_bytes(int type, byte_view bytes)
{
	if (bytes.size() > request_max ||
	    nla_put(msg_.get(), type, static_cast<int>(bytes.size()), bytes.data()) < 0)
		too_long();
}

void message::put_flag(int type)
{
	if (nla_put_flag(msg_.get(), type) < 0)
		too_long();
}

void message::put_nested(int type, const std::function<void()> &fill)
{
	nlattr *nest = nla_nest_start(msg_.get(), type | NLA_F_NESTED);

	if (!nest)
		too_long();
	fill();
	if (nla_nest_end(msg_.get(), nest) < 0)
		too_long();
}

byte_view message::finish(std::uint32_t sequence)
{
	nlmsghdr *header = nlmsg_hdr(msg_.get());

	header->nlmsg_seq = sequence;
	header->nlmsg_pid = 0; /* the kernel knows the socket's own */
	return {reinterpret_cast<const std::byte *>(header), header->nlmsg_len};
}

byte_view message::attributes() const
{
	auto *head = static_cast<const genlmsghdr *>(nlmsg_data(nlmsg_hdr(msg_.get())));

	return {static_cast<const std::byte *>(
			static_cast<const void *>(genlmsg_attrdata(head, 0))),
		static_cast<std::size_t>(genlmsg_attrlen(head, 0))};
}

std::optional<netlink_message> next_message(byte_view &rest) noexcept
{
	nlmsghdr header;

	if (!load(rest, 0, header) || header.nlmsg_len < sizeof(header) ||
	    header.nlmsg_len > rest.size())
		return std::nullopt;
	byte_view payload = rest.first(header.nlmsg_len).subspan(sizeof(header));
	rest = rest.subspan(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), rest.size()));
	return netlink_message{header.nlmsg_type, header.nlmsg_flags, header.nlmsg_seq, payload};
}

byte_view attributes_of(const netlink_message &msg)
{
	if (msg.payload.size() < GENL_HDRLEN)
		throw error(EBADMSG, "the module's answer is truncated");
	return msg.payload.subspan(GENL_HDRLEN);
}

namespace {

/* The text attribute among those behind an error or the end of a dump */
std::string extack_text(byte_view rest)
{
	nlattr header;

	while (load(rest, 0, header) && header.nla_len >= sizeof(header) &&
	       header.nla_len <= rest.size()) {
		byte_view value = rest.first(header.nla_len).subspan(sizeof(header));

		if ((header.nla_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_MSG && !value.empty()) {
			const char *text = reinterpret_cast<const char *>(value.data());

			return std::string(text, strnlen(text, value.size()));
		}
		rest = rest.subspan(std::min<std::size_t>(NLA_ALIGN(header.nla_len), rest.size()));
	}
	return {};
}

/* For the few refusals that the netlink layer makes without a word */
std::string text_without_extack(int code)
{
	switch (code) {
	case EPERM:
	case EACCES: return "this needs CAP_NET_ADMIN in the network namespace: run it with sudo";
	case EOPNOTSUPP:
		return "the loaded khttp module does not know this command: "
		       "load the one that belongs to this version";
	default: return std::strerror(code);
	}
}

/* Either payload starts with an int that is 0 or a negative errno */
void throw_if_refused(const netlink_message &msg)
{
	std::size_t extack = sizeof(int);
	int code = 0;

	if (!load(msg.payload, 0, code))
		throw error(EBADMSG, "the module's answer is truncated");
	if (code >= 0)
		return;
	/* The kernel's have a limit; the most negative int has no opposite */
	if (code < -errno_max)
		throw error(EBADMSG, "the module's answer is malformed (errno)");
	if (msg.type == NLMSG_ERROR) {
		nlmsghdr echoed;

		/* the request stands here again, whole unless capped */
		extack += sizeof(echoed);
		if (!(msg.flags & NLM_F_CAPPED) && load(msg.payload, sizeof(int), echoed))
			extack = sizeof(int) + NLMSG_ALIGN(echoed.nlmsg_len);
	}
	std::string text;
	if ((msg.flags & NLM_F_ACK_TLVS) && extack <= msg.payload.size())
		text = extack_text(msg.payload.subspan(extack));
	throw error(-code, text.empty() ? text_without_extack(-code) : text);
}

} // namespace

netlink_session::netlink_session(std::unique_ptr<netlink_port> port, std::uint16_t family)
	: port_(std::move(port)), family_(family)
{
}

message netlink_session::request(std::uint8_t command) const
{
	return {family_, command, NLM_F_ACK};
}

message netlink_session::dump_request(std::uint8_t command) const
{
	return {family_, command, NLM_F_DUMP};
}

byte_vector netlink_session::call(message &request, byte_vector *told)
{
	byte_vector answer;

	port_->send(request.finish(++sequence_));
	for (;;) {
		const byte_vector datagram = port_->receive();
		byte_view rest = datagram;

		while (auto msg = next_message(rest)) {
			if (msg->sequence != sequence_)
				continue; /* of a call that failed half-way */
			if (msg->type == NLMSG_ERROR) {
				if (told)
					*told = answer;
				throw_if_refused(*msg);
				calls_++;
				return answer;
			}
			if (msg->type == family_) {
				byte_view found = attributes_of(*msg);
				answer.assign(found.begin(), found.end());
			}
		}
	}
}

bool netlink_session::dump(message &request, const std::function<void(byte_view)> &each)
{
	std::exception_ptr failure;
	bool consistent = true;

	port_->send(request.finish(++sequence_));
	for (;;) {
		const byte_vector datagram = port_->receive();
		byte_view rest = datagram;

		while (auto msg = next_message(rest)) {
			if (msg->sequence != sequence_)
				continue;
			if (msg->flags & NLM_F_DUMP_INTR)
				consistent = false;
			if (msg->type == NLMSG_ERROR || msg->type == NLMSG_DONE) {
				throw_if_refused(*msg);
				if (failure)
					std::rethrow_exception(failure);
				return consistent;
			}
			if (msg->type != family_ || failure)
				continue;
			/* read on to the end: a socket takes no second dump before */
			try {
				each(attributes_of(*msg));
			} catch (...) {
				failure = std::current_exception();
			}
		}
	}
}

} // namespace khttp::detail
