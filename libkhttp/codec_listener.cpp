/* SPDX-License-Identifier: MIT */
/* Settings of listeners: attributes <-> structs. */
#include "codec.hpp"

#include <cerrno>

#include <arpa/inet.h>
#include <linux/khttp.h>

#include <khttp/error.hpp>

namespace khttp::detail {

namespace {

constexpr char between = ',';

std::vector<std::string> split(const std::string &text)
{
	std::vector<std::string> items;

	for (std::size_t at = 0; at < text.size();) {
		const std::size_t end = std::min(text.find(between, at), text.size());

		items.push_back(text.substr(at, end - at));
		at = end + 1;
	}
	return items;
}

std::string join(const std::vector<std::string> &items)
{
	std::string text;

	for (const std::string &item : items) {
		/* It would be two for the kernel, or none */
		if (item.empty() || item.find(between) != std::string::npos)
			throw error(EINVAL, "an address is empty or holds a comma");
		if (!text.empty())
			text += between;
		text += item;
	}
	return text;
}

std::string address_of(byte_view bytes)
{
	char text[INET6_ADDRSTRLEN];

	if (bytes.size() != 4 && bytes.size() != 16)
		throw error(EBADMSG, "the kernel's answer makes no sense: size of an address");
	inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof(text));
	return text;
}

void put_optional(message &out, int type, const std::optional<std::uint32_t> &value)
{
	if (value)
		out.put(type, *value);
}

} // namespace

void from_uapi(byte_view attributes, listener_settings_info &out)
{
	const attribute_table a(attributes);
	const std::uint32_t port = a.u32(KHTTP_LISTENER_A_PORT);

	if (!port || port > 65535)
		throw error(EBADMSG, "the kernel's answer makes no sense: port");
	out = {};
	out.place.port = static_cast<std::uint16_t>(port);
	if (a.has(KHTTP_LISTENER_A_ADDR))
		out.place.address = address_of(a.raw(KHTTP_LISTENER_A_ADDR));
	out.proxy = static_cast<proxy_mode>(a.u32(KHTTP_LISTENER_A_PROXY));
	out.client_from = static_cast<client_from>(a.u32(KHTTP_LISTENER_A_CLIENT_FROM));
	out.trusted = split(a.text(KHTTP_LISTENER_A_TRUSTED));
	out.backlog = a.u32(KHTTP_LISTENER_A_BACKLOG);
	out.keep_idle = a.u32(KHTTP_LISTENER_A_KEEP_IDLE);
	out.keep_interval = a.u32(KHTTP_LISTENER_A_KEEP_INTERVAL);
	out.keep_count = a.u32(KHTTP_LISTENER_A_KEEP_COUNT);
	out.device = a.text(KHTTP_LISTENER_A_DEVICE);
	out.addresses = split(a.text(KHTTP_LISTENER_A_ADDRESSES));
}

void to_uapi(const listener_place &place, message &out)
{
	std::array<std::byte, 16> bytes{};

	out.put(KHTTP_LISTENER_A_PORT, std::uint32_t{place.port});
	if (place.address.empty())
		return;
	if (inet_pton(AF_INET, place.address.c_str(), bytes.data()) == 1)
		out.put_bytes(KHTTP_LISTENER_A_ADDR, std::span(bytes).first(4));
	else if (inet_pton(AF_INET6, place.address.c_str(), bytes.data()) == 1)
		out.put_bytes(KHTTP_LISTENER_A_ADDR, bytes);
	else
		throw error(EINVAL, "'" + place.address + "' is not an IP address");
}

void to_uapi(const listener_settings &settings, message &out)
{
	if (settings.proxy)
		out.put(KHTTP_LISTENER_A_PROXY, static_cast<std::uint32_t>(*settings.proxy));
	if (settings.client_from)
		out.put(KHTTP_LISTENER_A_CLIENT_FROM,
			static_cast<std::uint32_t>(*settings.client_from));
	if (settings.trusted)
		out.put(KHTTP_LISTENER_A_TRUSTED, join(*settings.trusted));
	put_optional(out, KHTTP_LISTENER_A_BACKLOG, settings.backlog);
	put_optional(out, KHTTP_LISTENER_A_KEEP_IDLE, settings.keep_idle);
	put_optional(out, KHTTP_LISTENER_A_KEEP_INTERVAL, settings.keep_interval);
	put_optional(out, KHTTP_LISTENER_A_KEEP_COUNT, settings.keep_count);
	if (settings.device)
		out.put(KHTTP_LISTENER_A_DEVICE, *settings.device);
	if (settings.addresses)
		out.put(KHTTP_LISTENER_A_ADDRESSES, join(*settings.addresses));
}

static_assert(static_cast<int>(proxy_mode::v1) == KHTTP_PROXY_V1);
static_assert(static_cast<int>(proxy_mode::v2) == KHTTP_PROXY_V2);
static_assert(static_cast<int>(proxy_mode::any) == KHTTP_PROXY_ANY);
static_assert(static_cast<int>(client_from::forwarded) == KHTTP_CLIENT_FROM_FORWARDED);
static_assert(static_cast<int>(client_from::x_forwarded_for) == KHTTP_CLIENT_FROM_X_FORWARDED_FOR);

} // namespace khttp::detail
