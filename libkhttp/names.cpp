/* SPDX-License-Identifier: MIT */
/* The words for the enums of control.hpp. */
#include <khttp/control.hpp>

#include <arpa/inet.h>

namespace khttp {

std::string_view to_string(queue_state state) noexcept
{
	switch (state) {
	case queue_state::active:
		return "active";
	case queue_state::inactive:
		return "inactive";
	}
	return "unknown";
}

std::string_view to_string(verbosity value) noexcept
{
	switch (value) {
	case verbosity::full:
		return "full";
	case verbosity::limited:
		return "limited";
	case verbosity::basic:
		return "basic";
	}
	return "unknown";
}

std::string_view to_string(worker_state state) noexcept
{
	switch (state) {
	case worker_state::attached:
		return "attached";
	case worker_state::serving:
		return "serving";
	case worker_state::draining:
		return "draining";
	case worker_state::gone:
		return "gone";
	}
	return "unknown";
}

std::string_view to_string(stat_kind kind) noexcept
{
	switch (kind) {
	case stat_kind::counter:
		return "counter";
	case stat_kind::gauge:
		return "gauge";
	}
	return "unknown";
}

std::string_view to_string(event_type type) noexcept
{
	switch (type) {
	case event_type::unknown:
		break;
	case event_type::queue_added:
		return "queue-added";
	case event_type::queue_changed:
		return "queue-changed";
	case event_type::queue_deleted:
		return "queue-deleted";
	case event_type::queue_needs_worker:
		return "queue-needs-worker";
	case event_type::queue_full:
		return "queue-full";
	case event_type::worker_attached:
		return "worker-attached";
	case event_type::worker_draining:
		return "worker-draining";
	case event_type::worker_detached:
		return "worker-detached";
	case event_type::worker_lost:
		return "worker-lost";
	case event_type::url_added:
		return "url-added";
	case event_type::url_deleted:
		return "url-deleted";
	case event_type::limits_changed:
		return "limits-changed";
	case event_type::cache_purged:
		return "cache-purged";
	case event_type::listener_changed:
		return "listener-changed";
	case event_type::lost:
		return "lost";
	}
	return "unknown";
}

std::string_view to_string(proxy_mode mode) noexcept
{
	switch (mode) {
	case proxy_mode::off:
		return "off";
	case proxy_mode::v1:
		return "v1";
	case proxy_mode::v2:
		return "v2";
	case proxy_mode::any:
		return "any";
	}
	return "unknown";
}

std::string_view to_string(client_from field) noexcept
{
	switch (field) {
	case client_from::none:
		return "none";
	case client_from::forwarded:
		return "forwarded";
	case client_from::x_forwarded_for:
		return "x-forwarded-for";
	}
	return "unknown";
}

std::string to_string(const listener_place &place)
{
	const std::string port = std::to_string(place.port);

	if (place.address.empty())
		return port;
	if (place.address.find(':') == std::string::npos)
		return place.address + ":" + port;
	return "[" + place.address + "]:" + port;
}

namespace {

std::string address_text(bool ipv6, const std::array<std::uint8_t, 16> &address)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(ipv6 ? AF_INET6 : AF_INET, address.data(), text, sizeof(text));
	return text;
}

} // namespace

std::string to_string(const listener_info &listener)
{
	return address_text(listener.ipv6, listener.address);
}

std::string to_string(const endpoint_info &endpoint)
{
	std::string text = address_text(endpoint.ipv6, endpoint.address);

	return endpoint.scope ? text + '%' + std::to_string(endpoint.scope) : text;
}

} // namespace khttp
