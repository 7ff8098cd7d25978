/* SPDX-License-Identifier: MIT */
/* The C face of control: settings of listeners. */
#include <algorithm>

#include "control_c.hpp"

#include <khttp/error.hpp>

using khttp::detail::done;
using khttp::detail::guarded;

namespace {

template <typename T>
std::optional<T> setting(std::int64_t value)
{
	if (value < 0)
		return std::nullopt;
	if (value > UINT32_MAX)
		throw khttp::error(ERANGE, "a listener's setting is above 4294967295");
	return static_cast<T>(value);
}

std::optional<std::vector<std::string>> items(const char *text)
{
	std::vector<std::string> list;

	if (!text)
		return std::nullopt;
	const std::string all(text);
	for (std::size_t at = 0; at < all.size();) {
		const std::size_t end = std::min(all.find(',', at), all.size());

		list.push_back(all.substr(at, end - at));
		at = end + 1;
	}
	return list;
}

std::string joined(const std::vector<std::string> &list)
{
	std::string text;

	for (const std::string &item : list)
		text += (text.empty() ? "" : ",") + item;
	return text;
}

khttp::listener_settings settings_from(const khttp_listener_settings &in)
{
	khttp::listener_settings out;

	out.proxy = setting<khttp::proxy_mode>(in.proxy);
	out.client_from = setting<khttp::client_from>(in.client_from);
	out.backlog = setting<std::uint32_t>(in.backlog);
	out.keep_idle = setting<std::uint32_t>(in.keep_idle);
	out.keep_interval = setting<std::uint32_t>(in.keep_interval);
	out.keep_count = setting<std::uint32_t>(in.keep_count);
	out.trusted = items(in.trusted);
	if (in.device)
		out.device = in.device;
	out.addresses = items(in.addresses);
	return out;
}

khttp::listener_place place_of(std::uint16_t port, const char *address)
{
	return {port, address ? address : ""};
}

} // namespace

int khttp_control_set_listener(khttp_control *ctl, uint16_t port, const char *address,
			       const khttp_listener_settings *settings)
{
	return done([&] {
		ctl->control.set_listener(place_of(port, address), settings_from(*settings));
	});
}

int khttp_control_reset_listener(khttp_control *ctl, uint16_t port, const char *address)
{
	return done([&] { ctl->control.reset_listener(place_of(port, address)); });
}

int khttp_control_each_listener_settings(khttp_control *ctl,
					 int (*each)(const khttp_listener_settings_info *, void *),
					 void *arg)
{
	return guarded([&] {
		for (const khttp::listener_settings_info &s : ctl->control.listener_settings()) {
			const std::string trusted = joined(s.trusted);
			const std::string addresses = joined(s.addresses);
			const khttp_listener_settings_info shown = {
				s.place.address.empty() ? nullptr : s.place.address.c_str(),
				s.place.port,
				static_cast<std::uint32_t>(s.proxy),
				static_cast<std::uint32_t>(s.client_from),
				s.backlog,
				s.keep_idle,
				s.keep_interval,
				s.keep_count,
				trusted.c_str(),
				s.device.c_str(),
				addresses.c_str()};

			if (int stop = each(&shown, arg))
				return stop;
		}
		return 0;
	});
}
