/* SPDX-License-Identifier: MIT */
/* The part of khttp::control that is about request filters. */
#include <khttp/control.hpp>

#include <algorithm>
#include <cerrno>

#include <linux/khttp.h>

#include <khttp/error.hpp>

#include "codec.hpp"
#include "control.hpp"
#include "networks.hpp"

namespace khttp {

namespace {

using detail::byte_vector;
using detail::byte_view;
using detail::message;

/* Bytes of networks in one message, far below what a socket may send */
constexpr std::size_t chunk_bytes = 32 * 1024;
/* A set that is loaded again while it is read is read anew, but not for ever */
constexpr int read_attempts = 10;

/* A filter that was replaced while it was listed stands there twice: its last */
void add_rule(std::vector<filter_info> &filters, detail::filter_message &&msg)
{
	if (filters.empty() || filters.back().group != msg.group)
		filters.emplace_back().group = msg.group;
	filter_info &filter = filters.back();

	if (filter.generation != msg.generation)
		filter.rules.clear();
	filter.generation = msg.generation;
	filter.rules.push_back(std::move(msg.rule));
}

} // namespace

std::vector<filter_info> control::filters()
{
	message request = impl_->session.dump_request(KHTTP_CMD_FILTER_GET);
	std::vector<filter_info> found;

	/* what changes meanwhile shows in the generations */
	static_cast<void>(impl_->session.dump(request, [&](byte_view attributes) {
		detail::filter_message msg;

		detail::from_uapi(attributes, msg);
		add_rule(found, std::move(msg));
	}));
	return found;
}

filter_info control::find_filter(std::string_view group)
{
	filter_info found;

	found.group = group;
	for (filter_info &filter : filters())
		if (filter.group == group)
			found = std::move(filter);
	return found;
}

void control::set_filter(std::string_view group, const std::vector<filter_entry> &rules,
			 std::optional<std::uint64_t> generation)
{
	message request = impl_->session.request(KHTTP_CMD_FILTER_SET);

	request.put(KHTTP_FILTER_A_GROUP, group);
	if (generation)
		request.put_u64(KHTTP_FILTER_A_GENERATION, *generation);
	detail::to_uapi(rules, request);
	impl_->session.call(request);
}

std::vector<networks_info> control::network_sets()
{
	message request = impl_->session.dump_request(KHTTP_CMD_NETWORKS_GET);
	std::vector<networks_info> found;

	static_cast<void>(impl_->session.dump(request, [&](byte_view attributes) {
		detail::from_uapi(attributes, found.emplace_back());
	}));
	return found;
}

namespace {

byte_vector ask_set(detail::netlink_session &session, std::string_view name, std::size_t start)
{
	message request = session.request(KHTTP_CMD_NETWORKS_GET);

	request.put(KHTTP_NETWORKS_A_NAME, name);
	request.put(KHTTP_NETWORKS_A_START, static_cast<std::uint32_t>(start));
	return session.call(request);
}

/* False: it changed in the middle */
bool read_set(detail::netlink_session &session, std::string_view name, networks_content &out)
{
	networks_info now;

	out = {};
	do {
		const byte_vector answer = ask_set(session, name, out.networks.size());
		const detail::attribute_table a(answer);
		std::size_t before = out.networks.size();

		detail::from_uapi(answer, now);
		if (before && now.generation != out.generation)
			return false;
		out.generation = now.generation;
		detail::unpack(a.raw(KHTTP_NETWORKS_A_IPV4), false, out.networks);
		detail::unpack(a.raw(KHTTP_NETWORKS_A_IPV6), true, out.networks);
		if (out.networks.size() == before)
			break;
	} while (out.networks.size() < std::size_t{now.ipv4} + now.ipv6);
	return true;
}

} // namespace

networks_content control::networks(std::string_view name)
{
	networks_content found;

	for (int attempt = 0; attempt < read_attempts; attempt++)
		if (read_set(impl_->session, name, found))
			return found;
	throw error(EAGAIN, "the set keeps changing while it is being read: try again");
}

bool control::in_networks(std::string_view name, const network &address)
{
	message request = impl_->session.request(KHTTP_CMD_NETWORKS_GET);
	auto *bytes = reinterpret_cast<const std::byte *>(address.address.data());

	request.put(KHTTP_NETWORKS_A_NAME, name);
	request.put_bytes(KHTTP_NETWORKS_A_ADDRESS, {bytes, address.ipv6 ? 16U : 4U});
	const byte_vector answer = impl_->session.call(request);
	return detail::attribute_table(answer).has(KHTTP_NETWORKS_A_FOUND);
}

namespace {

/* What is loaded in several messages, of which the last one counts */
class loading {
public:
	loading(detail::netlink_session &session, std::string_view name,
		std::optional<std::uint64_t> generation)
		: session_(session), name_(name), generation_(generation)
	{
	}

	void add(const network &n)
	{
		detail::pack(n, packed_[n.ipv6]);
		if (packed_[0].size() + packed_[1].size() >= chunk_bytes)
			send(true);
	}

	void send(bool more)
	{
		message request = session_.request(KHTTP_CMD_NETWORKS_LOAD);

		request.put(KHTTP_NETWORKS_A_NAME, name_);
		request.put_bytes(KHTTP_NETWORKS_A_IPV4, packed_[0]);
		request.put_bytes(KHTTP_NETWORKS_A_IPV6, packed_[1]);
		if (more)
			request.put_flag(KHTTP_NETWORKS_A_MORE);
		else if (generation_)
			request.put_u64(KHTTP_NETWORKS_A_GENERATION, *generation_);
		session_.call(request);
		packed_[0].clear();
		packed_[1].clear();
	}

	/* The kernel has done so already if it was the one who refused */
	void give_up() noexcept
	{
		try {
			message request = session_.request(KHTTP_CMD_NETWORKS_LOAD);

			request.put(KHTTP_NETWORKS_A_NAME, name_);
			request.put_flag(KHTTP_NETWORKS_A_ABORT);
			session_.call(request);
		} catch (...) {
			/* then the end of the socket ends it */
		}
	}

private:
	detail::netlink_session &session_;
	std::string_view name_;
	std::optional<std::uint64_t> generation_;
	byte_vector packed_[2];
};

} // namespace

void control::load_networks(std::string_view name, const std::vector<network> &list,
			    std::optional<std::uint64_t> generation)
{
	const std::vector<network> sorted = tidy_networks(list);
	loading load(impl_->session, name, generation);

	try {
		for (const network &n : sorted)
			load.add(n);
		load.send(false);
	} catch (...) {
		load.give_up();
		throw;
	}
}

void control::delete_networks(std::string_view name)
{
	message request = impl_->session.request(KHTTP_CMD_NETWORKS_DEL);

	request.put(KHTTP_NETWORKS_A_NAME, name);
	impl_->session.call(request);
}

std::vector<rate_info> control::rates()
{
	message request = impl_->session.dump_request(KHTTP_CMD_RATE_GET);
	std::vector<rate_info> found;

	static_cast<void>(impl_->session.dump(request, [&](byte_view attributes) {
		detail::from_uapi(attributes, found.emplace_back());
	}));
	return found;
}

void control::set_rate(std::string_view name, const rate_settings &settings)
{
	message request = impl_->session.request(KHTTP_CMD_RATE_SET);

	request.put(KHTTP_RATE_A_NAME, name);
	detail::to_uapi(settings, request);
	impl_->session.call(request);
}

void control::delete_rate(std::string_view name)
{
	message request = impl_->session.request(KHTTP_CMD_RATE_DEL);

	request.put(KHTTP_RATE_A_NAME, name);
	impl_->session.call(request);
}

} // namespace khttp
