/* SPDX-License-Identifier: MIT */
/* The words for the enums of control.hpp. */
#include <khttp/control.hpp>

#include <iterator>

#include <arpa/inet.h>

namespace khttp {

std::string_view to_string(queue_state state) noexcept
{
	switch (state) {
	case queue_state::active:
		return "active";
	case queue_state::inactive:
		return "inactive";
	case queue_state::offline:
		return "offline";
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

namespace {

/* By number: those of an event_type */
constexpr std::string_view event_names[] = {
	"unknown",
	"queue-added",
	"queue-changed",
	"queue-deleted",
	"queue-needs-worker",
	"queue-full",
	"worker-attached",
	"worker-draining",
	"worker-detached",
	"worker-lost",
	"url-added",
	"url-deleted",
	"limits-changed",
	"cache-purged",
	"listener-changed",
	"group-added",
	"group-changed",
	"group-deleted",
	"filter-changed",
	"reservation-added",
	"reservation-deleted",
};

static_assert(std::size(event_names) ==
	      static_cast<std::size_t>(event_type::reservation_deleted) + 1);

} // namespace

std::string_view to_string(event_type type) noexcept
{
	if (type == event_type::lost)
		return "lost";
	auto number = static_cast<std::size_t>(type);
	return event_names[number < std::size(event_names) ? number : 0];
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
