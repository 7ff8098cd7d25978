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
	std::vector<khttp_cache_refusal> refusals;
	std::vector<khttp_error_page_info> pages;

	for (const khttp::group_limit &limit : g.limits)
		limits.push_back(c_of(limit));
	for (const khttp::error_page_info &page : g.pages)
		pages.push_back({page.status, page.type.c_str(), page.length});
	for (const khttp::cache_refusal &refusal : g.cache.not_stored)
		refusals.push_back({refusal.reason.c_str(), refusal.count});
	const khttp_group_info shown = {
		g.name.c_str(),
		g.queue.c_str(),
		g.id,
		g.urls,
		g.is_default,
		g.connections ? std::int64_t{*g.connections} : -1,
		limits.data(),
		limits.size(),
		g.server.c_str(),
		g.maintenance,
		g.retry_after,
		pages.data(),
		pages.size(),
		{g.cache.entries, g.cache.bytes, g.cache.hits, g.cache.misses, g.cache.stale,
		 g.cache.coalesced, g.cache.stored, g.cache.evicted, refusals.data(),
		 refusals.size()},
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

khttp::door_settings door_from(const khttp_door_settings &in)
{
	khttp::door_settings out;

	if (in.server)
		out.server = in.server;
	if (in.maintenance >= 0)
		out.maintenance = in.maintenance != 0;
	if (in.retry_after >= 0)
		out.retry_after = static_cast<std::uint32_t>(in.retry_after);
	for (size_t i = 0; i < in.n_pages; i++) {
		const khttp_error_page &page = in.pages[i];

		out.pages.push_back({page.status, std::nullopt, page.type ? page.type : ""});
		if (page.body)
			out.pages.back().body.emplace(static_cast<const char *>(page.body),
						      page.length);
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

int khttp_control_set_door(khttp_control *ctl, const char *group,
			   const khttp_door_settings *settings)
{
	return done([&] { ctl->control.set_group(group, {}, door_from(*settings)); });
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

int khttp_control_add_redirect(khttp_control *ctl, const char *prefix, const char *group,
			       const char *to, uint32_t status)
{
	return done([&] { ctl->control.add_redirect(prefix, group, {to, status}); });
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
