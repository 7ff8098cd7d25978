/* SPDX-License-Identifier: MIT */
#include <khttp/control.hpp>

#include <cerrno>

#include <fcntl.h>
#include <linux/khttp.h>

#include <khttp/error.hpp>

#include "codec.hpp"
#include "control.hpp"
#include "device.hpp"
#include "events.hpp"

namespace khttp {

namespace {

using detail::byte_vector;
using detail::byte_view;
using detail::message;

/* A listing that something changed under is read anew, but not for ever */
constexpr int dump_attempts = 10;

template <typename T>
std::vector<T> list(detail::netlink_session &session, std::uint8_t command, bool must_be_exact)
{
	for (int attempt = 1;; attempt++) {
		message request = session.dump_request(command);
		std::vector<T> found;
		bool exact = session.dump(request, [&](byte_view attributes) {
			detail::from_uapi(attributes, found.emplace_back());
		});

		if (exact || !must_be_exact)
			return found;
		if (attempt == dump_attempts)
			throw error(EAGAIN, "the configuration keeps changing while it is "
					    "being listed: try again");
	}
}

} // namespace

unique_fd control::impl::open_device() const
{
	unique_fd device;
	int code = 0;

	detail::run_in_netns(place.netns.get(), [&] {
		device.reset(open(KHTTP_DEVICE, O_RDWR | O_CLOEXEC));
		code = errno;
	});
	if (!device)
		throw error(code, detail::open_advice(code));
	return device;
}

control::control(const control_options &options)
	: impl_(std::make_unique<impl>(detail::open_genl(options.netns)))
{
}

control::control(std::unique_ptr<impl> state) noexcept : impl_(std::move(state)) {}
control::control(control &&) noexcept = default;
control &control::operator=(control &&) noexcept = default;
control::~control() = default;

void control::add_queue(std::string_view name, const queue_settings &settings)
{
	message request = impl_->session.request(KHTTP_CMD_QUEUE_ADD);

	request.put(KHTTP_QUEUE_A_NAME, name);
	detail::to_uapi(settings, request);
	impl_->session.call(request);
}

void control::set_queue(std::string_view name, const queue_settings &settings)
{
	message request = impl_->session.request(KHTTP_CMD_QUEUE_SET);

	request.put(KHTTP_QUEUE_A_NAME, name);
	detail::to_uapi(settings, request);
	impl_->session.call(request);
}

void control::delete_queue(std::string_view name)
{
	message request = impl_->session.request(KHTTP_CMD_QUEUE_DEL);

	request.put(KHTTP_QUEUE_A_NAME, name);
	impl_->session.call(request);
}

void control::drain_queue(std::string_view name)
{
	message request = impl_->session.request(KHTTP_CMD_QUEUE_DRAIN);

	request.put(KHTTP_QUEUE_A_NAME, name);
	impl_->session.call(request);
}

void control::drain_worker(std::string_view queue, std::uint32_t id)
{
	message request = impl_->session.request(KHTTP_CMD_WORKER_DRAIN);

	request.put(KHTTP_WORKER_A_QUEUE, queue);
	request.put(KHTTP_WORKER_A_ID, id);
	impl_->session.call(request);
}

queue_info control::find_queue(std::string_view name)
{
	message request = impl_->session.request(KHTTP_CMD_QUEUE_GET);
	queue_info found;

	request.put(KHTTP_QUEUE_A_NAME, name);
	const byte_vector answer = impl_->session.call(request);
	detail::from_uapi(answer, found);
	return found;
}

std::vector<queue_info> control::queues()
{
	return list<queue_info>(impl_->session, KHTTP_CMD_QUEUE_GET, true);
}

void control::add_group(std::string_view name, std::string_view queue,
			const std::vector<group_setting> &settings, const door_settings &door)
{
	message request = impl_->session.request(KHTTP_CMD_GROUP_ADD);

	request.put(KHTTP_GROUP_A_NAME, name);
	request.put(KHTTP_GROUP_A_QUEUE, queue);
	detail::to_uapi(settings, request);
	detail::to_uapi(door, request);
	impl_->session.call(request);
}

void control::set_group(std::string_view name, const std::vector<group_setting> &settings,
			const door_settings &door)
{
	message request = impl_->session.request(KHTTP_CMD_GROUP_SET);

	request.put(KHTTP_GROUP_A_NAME, name);
	detail::to_uapi(settings, request);
	detail::to_uapi(door, request);
	impl_->session.call(request);
}

void control::delete_group(std::string_view name, bool with_urls)
{
	message request = impl_->session.request(KHTTP_CMD_GROUP_DEL);

	request.put(KHTTP_GROUP_A_NAME, name);
	if (with_urls)
		request.put_flag(KHTTP_GROUP_A_FORCE);
	impl_->session.call(request);
}

group_info control::find_group(std::string_view name)
{
	message request = impl_->session.request(KHTTP_CMD_GROUP_GET);
	group_info found;

	request.put(KHTTP_GROUP_A_NAME, name);
	const byte_vector answer = impl_->session.call(request);
	detail::from_uapi(answer, found);
	return found;
}

std::vector<group_info> control::groups()
{
	return list<group_info>(impl_->session, KHTTP_CMD_GROUP_GET, true);
}

std::optional<std::string> control::page_body(std::string_view group, std::uint32_t status)
{
	message request = impl_->session.request(KHTTP_CMD_GROUP_GET);

	request.put(KHTTP_GROUP_A_NAME, group);
	request.put(KHTTP_GROUP_A_BODY_OF, status);
	return detail::page_body_from_uapi(impl_->session.call(request));
}

namespace {

void add_prefix(detail::netlink_session &session, std::string_view prefix, int to,
		std::string_view name, std::uint64_t context)
{
	message request = session.request(KHTTP_CMD_URL_ADD);

	request.put(KHTTP_URL_A_PREFIX, prefix);
	request.put(to, name);
	if (context)
		request.put_u64(KHTTP_URL_A_CONTEXT, context);
	session.call(request);
}

} // namespace

void control::add_url(std::string_view prefix, std::string_view queue, std::uint64_t context)
{
	add_prefix(impl_->session, prefix, KHTTP_URL_A_QUEUE, queue, context);
}

void control::add_url_to_group(std::string_view prefix, std::string_view group,
			       std::uint64_t context)
{
	add_prefix(impl_->session, prefix, KHTTP_URL_A_GROUP, group, context);
}

void control::add_redirect(std::string_view prefix, std::string_view group,
			   const khttp::redirect &to)
{
	message request = impl_->session.request(KHTTP_CMD_URL_ADD);

	request.put(KHTTP_URL_A_PREFIX, prefix);
	request.put(KHTTP_URL_A_GROUP, group);
	request.put(KHTTP_URL_A_REDIRECT, to.to);
	request.put(KHTTP_URL_A_STATUS, to.status);
	impl_->session.call(request);
}

void control::set_url(std::string_view prefix, std::string_view group, std::uint64_t context,
		      const std::optional<khttp::redirect> &redirect)
{
	message request = impl_->session.request(KHTTP_CMD_URL_ADD);

	request.put(KHTTP_URL_A_PREFIX, prefix);
	request.put(KHTTP_URL_A_GROUP, group);
	request.put_flag(KHTTP_URL_A_REPLACE);
	if (context)
		request.put_u64(KHTTP_URL_A_CONTEXT, context);
	if (redirect) {
		request.put(KHTTP_URL_A_REDIRECT, redirect->to);
		request.put(KHTTP_URL_A_STATUS, redirect->status);
	}
	impl_->session.call(request);
}

void control::delete_url(std::string_view prefix)
{
	message request = impl_->session.request(KHTTP_CMD_URL_DEL);

	request.put(KHTTP_URL_A_PREFIX, prefix);
	impl_->session.call(request);
}

std::vector<url_info> control::urls()
{
	return list<url_info>(impl_->session, KHTTP_CMD_URL_GET, true);
}

std::vector<reservation_info> control::reservations()
{
	return list<reservation_info>(impl_->session, KHTTP_CMD_RESERVATION_GET, true);
}

std::vector<listener_info> control::listeners()
{
	return list<listener_info>(impl_->session, KHTTP_CMD_LISTENER_GET, true);
}

void control::set_listener(const listener_place &place, const khttp::listener_settings &settings)
{
	message request = impl_->session.request(KHTTP_CMD_LISTENER_SET);

	detail::to_uapi(place, request);
	detail::to_uapi(settings, request);
	impl_->session.call(request);
}

void control::reset_listener(const listener_place &place)
{
	message request = impl_->session.request(KHTTP_CMD_LISTENER_RESET);

	detail::to_uapi(place, request);
	impl_->session.call(request);
}

std::vector<listener_settings_info> control::listener_settings()
{
	return list<listener_settings_info>(impl_->session, KHTTP_CMD_LISTENER_SETTINGS_GET, true);
}

/* Workers, stored responses and figures change all the time */

std::vector<worker_info> control::workers()
{
	return list<worker_info>(impl_->session, KHTTP_CMD_WORKER_GET, false);
}

std::vector<cache_entry_info> control::cache_entries()
{
	return list<cache_entry_info>(impl_->session, KHTTP_CMD_CACHE_GET, false);
}

std::vector<stat_info> control::stats()
{
	return list<stat_info>(impl_->session, KHTTP_CMD_STATS_GET, false);
}

std::vector<latency_info> control::latencies()
{
	return list<latency_info>(impl_->session, KHTTP_CMD_LATENCY_GET, false);
}

namespace {

std::uint64_t purge(detail::netlink_session &session, message &request, purge_mode how)
{
	if (how == purge_mode::soft)
		request.put_flag(KHTTP_CACHE_A_SOFT);
	const byte_vector answer = session.call(request);

	return detail::attribute_table(answer).u64(KHTTP_CACHE_A_PURGED);
}

} // namespace

std::uint64_t control::purge_url(std::string_view url, purge_mode how)
{
	message request = impl_->session.request(KHTTP_CMD_CACHE_PURGE);

	request.put(KHTTP_CACHE_A_URL, url);
	return purge(impl_->session, request, how);
}

std::uint64_t control::purge_below(std::string_view url, purge_mode how)
{
	message request = impl_->session.request(KHTTP_CMD_CACHE_PURGE);

	request.put(KHTTP_CACHE_A_URL, url);
	request.put_flag(KHTTP_CACHE_A_RECURSIVE);
	return purge(impl_->session, request, how);
}

std::uint64_t control::purge_tag(std::string_view tag, purge_mode how)
{
	message request = impl_->session.request(KHTTP_CMD_CACHE_PURGE);

	request.put(KHTTP_CACHE_A_TAG, tag);
	return purge(impl_->session, request, how);
}

std::uint64_t control::purge_all(purge_mode how)
{
	message request = impl_->session.request(KHTTP_CMD_CACHE_PURGE);

	request.put_flag(KHTTP_CACHE_A_ALL);
	return purge(impl_->session, request, how);
}

std::vector<limit_info> control::limits()
{
	return list<limit_info>(impl_->session, KHTTP_CMD_LIMITS_GET, true);
}

void control::set_limits(const std::vector<limit_setting> &settings)
{
	message request = impl_->session.request(KHTTP_CMD_LIMITS_SET);

	detail::to_uapi(settings, request);
	impl_->session.call(request);
}

feature_info control::features()
{
	message request = impl_->session.request(KHTTP_CMD_FEATURES_GET);
	feature_info found;

	const byte_vector answer = impl_->session.call(request);
	detail::from_uapi(answer, found);
	return found;
}

event_stream control::subscribe() const
{
	auto state = std::make_unique<event_stream::impl>();

	state->port = detail::open_group(impl_->place, KHTTP_GENL_MCGRP_EVENTS);
	state->family = impl_->place.family;
	return event_stream(std::move(state));
}

} // namespace khttp
