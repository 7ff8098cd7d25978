/* SPDX-License-Identifier: MIT */
/* The C face of control: groups. */
#include <khttp/khttp_control.h>

#include <vector>

#include "control_c.hpp"

using khttp::detail::done;
using khttp::detail::guarded;

namespace {

khttp_group_limit c_of(const khttp::group_limit &l)
{
	return {l.name.c_str(), l.value, l.own.value_or(0), l.own.has_value()};
}

int show_group(const khttp::group_info &g, int (*each)(const khttp_group_info *, void *),
	       void *arg)
{
	std::vector<khttp_group_limit> limits;

	for (const khttp::group_limit &limit : g.limits)
		limits.push_back(c_of(limit));
	const khttp_group_info shown = {
		g.name.c_str(),
		g.queue.c_str(),
		g.id,
		g.urls,
		g.is_default,
		g.connections ? std::int64_t{*g.connections} : -1,
		limits.data(),
		limits.size(),
	};
	return each(&shown, arg);
}

std::vector<khttp::group_setting> group_settings_from(const khttp_group_setting *in, size_t count)
{
	std::vector<khttp::group_setting> out;

	for (size_t i = 0; i < count; i++) {
		out.push_back({in[i].name, std::nullopt});
		if (!in[i].inherit)
			out.back().value = in[i].value;
	}
	return out;
}

} // namespace

int khttp_control_add_group(khttp_control *ctl, const char *name, const char *queue,
			    const khttp_group_setting *settings, size_t count)
{
	return done([&] {
		ctl->control.add_group(name, queue, group_settings_from(settings, count));
	});
}

int khttp_control_set_group(khttp_control *ctl, const char *name,
			    const khttp_group_setting *settings, size_t count)
{
	return done([&] { ctl->control.set_group(name, group_settings_from(settings, count)); });
}

int khttp_control_delete_group(khttp_control *ctl, const char *name, int with_urls)
{
	return done([&] { ctl->control.delete_group(name, with_urls); });
}

int khttp_control_add_url_to_group(khttp_control *ctl, const char *prefix, const char *group,
				   uint64_t context)
{
	return done([&] { ctl->control.add_url_to_group(prefix, group, context); });
}

int khttp_control_each_group(khttp_control *ctl, int (*each)(const khttp_group_info *, void *),
			     void *arg)
{
	return guarded([&] {
		for (const khttp::group_info &g : ctl->control.groups())
			if (int stop = show_group(g, each, arg))
				return stop;
		return 0;
	});
}
