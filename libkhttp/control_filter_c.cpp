/* SPDX-License-Identifier: MIT */
/* The C face of request filters. */
#include <khttp/khttp_control.h>

#include <cstring>

#include "control_c.hpp"

using khttp::detail::done;
using khttp::detail::guarded;
using khttp::detail::setting;

namespace {

std::optional<std::uint64_t> given(const std::uint64_t *generation)
{
	return generation ? std::optional(*generation) : std::nullopt;
}

khttp::network network_from(const khttp_cidr &in)
{
	khttp::network out;

	out.ipv6 = in.ipv6;
	std::memcpy(out.address.data(), in.address, sizeof(in.address));
	out.bits = in.bits;
	return out;
}

khttp_cidr c_of(const khttp::network &n)
{
	khttp_cidr out{};

	out.ipv6 = n.ipv6;
	std::memcpy(out.address, n.address.data(), sizeof(out.address));
	out.bits = n.bits;
	return out;
}

int each_rule(const khttp::filter_info &filter, int (*each)(const khttp_rule_info *, void *),
	      void *arg)
{
	for (const khttp::filter_rule &rule : filter.rules) {
		const khttp_rule_info shown = {filter.group.c_str(), rule.text.c_str(),
					       filter.generation,    rule.id,
					       rule.matched,	     rule.limited};

		if (int stop = each(&shown, arg))
			return stop;
	}
	return 0;
}

} // namespace

int khttp_control_set_filter(khttp_control *ctl, const char *group,
			     const khttp_filter_entry *rules, size_t count,
			     const uint64_t *generation)
{
	return done([&] {
		std::vector<khttp::filter_entry> list;

		for (size_t i = 0; i < count; i++)
			list.push_back({rules[i].id, rules[i].text ? rules[i].text : ""});
		ctl->control.set_filter(group, list, given(generation));
	});
}

int khttp_control_each_rule(khttp_control *ctl, int (*each)(const khttp_rule_info *, void *),
			    void *arg)
{
	return guarded([&] {
		for (const khttp::filter_info &filter : ctl->control.filters())
			if (int stop = each_rule(filter, each, arg))
				return stop;
		return 0;
	});
}

int khttp_control_load_networks(khttp_control *ctl, const char *name, const khttp_cidr *networks,
				size_t count, const uint64_t *generation)
{
	return done([&] {
		std::vector<khttp::network> list;

		for (size_t i = 0; i < count; i++)
			list.push_back(network_from(networks[i]));
		ctl->control.load_networks(name, list, given(generation));
	});
}

int khttp_control_delete_networks(khttp_control *ctl, const char *name)
{
	return done([&] { ctl->control.delete_networks(name); });
}

int khttp_control_in_networks(khttp_control *ctl, const char *name, const khttp_cidr *address)
{
	return guarded([&] {
		return int{ctl->control.in_networks(name, network_from(*address))};
	});
}

int khttp_control_each_networks(khttp_control *ctl,
				int (*each)(const khttp_networks_info *, void *), void *arg)
{
	return guarded([&] {
		for (const khttp::networks_info &set : ctl->control.network_sets()) {
			const khttp_networks_info shown = {set.name.c_str(), set.generation,
							   set.bytes,	     set.ipv4,
							   set.ipv6,	     set.rules};

			if (int stop = each(&shown, arg))
				return stop;
		}
		return 0;
	});
}

int khttp_control_each_network_of(khttp_control *ctl, const char *name,
				  int (*each)(const khttp_cidr *, void *), void *arg)
{
	return guarded([&] {
		for (const khttp::network &n : ctl->control.networks(name).networks) {
			const khttp_cidr shown = c_of(n);

			if (int stop = each(&shown, arg))
				return stop;
		}
		return 0;
	});
}

int khttp_control_set_rate(khttp_control *ctl, const char *name, const khttp_rate_settings *in)
{
	return done([&] {
		khttp::rate_settings settings;

		settings.count = setting<std::uint32_t>(in->count);
		settings.period = setting<std::uint32_t>(in->period);
		settings.burst = setting<std::uint32_t>(in->burst);
		settings.ipv4_bits = setting<std::uint32_t>(in->ipv4_bits);
		settings.ipv6_bits = setting<std::uint32_t>(in->ipv6_bits);
		settings.addresses = setting<std::uint32_t>(in->addresses);
		ctl->control.set_rate(name, settings);
	});
}

int khttp_control_delete_rate(khttp_control *ctl, const char *name)
{
	return done([&] { ctl->control.delete_rate(name); });
}

int khttp_control_each_rate(khttp_control *ctl, int (*each)(const khttp_rate_info *, void *),
			    void *arg)
{
	return guarded([&] {
		for (const khttp::rate_info &r : ctl->control.rates()) {
			const khttp_rate_info shown = {r.name.c_str(), r.count,	    r.period,
						       r.burst,	       r.ipv4_bits, r.ipv6_bits,
						       r.addresses,    r.active,    r.rules,
						       r.bytes};

			if (int stop = each(&shown, arg))
				return stop;
		}
		return 0;
	});
}
