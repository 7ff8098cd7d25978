/* SPDX-License-Identifier: MIT */
/* The C face of control: no exception passes this file. */
#include "control_c.hpp"
#include "purge_mode.hpp"

#include <cerrno>

#include <khttp/error.hpp>

struct khttp_events {
	khttp::event_stream stream;
	khttp::event_info last; /* owns the strings the caller was given */
};

namespace {

thread_local std::string last_error;

} // namespace

int khttp::detail::failed(int code, const char *text) noexcept
{
	try {
		last_error = text;
	} catch (const std::bad_alloc &) {
		last_error.clear();
	}
	return -code;
}

using khttp::detail::done;
using khttp::detail::guarded;
using khttp::detail::purge_mode_of;
using khttp::detail::setting;

namespace {

khttp::queue_settings settings_from(const khttp_queue_settings *in)
{
	khttp::queue_settings out;

	if (!in)
		return out;
	out.length = setting<std::uint32_t>(in->length);
	out.uid = setting<std::uint32_t>(in->uid);
	out.gid = setting<std::uint32_t>(in->gid);
	out.mode = setting<std::uint32_t>(in->mode);
	out.redeliver = setting<std::uint32_t>(in->redeliver);
	out.redeliver_body = setting<std::uint32_t>(in->redeliver_body);
	out.state = setting<khttp::queue_state>(in->state);
	out.verbosity = setting<khttp::verbosity>(in->verbosity);
	out.retry_after = setting<std::uint32_t>(in->retry_after);
	return out;
}

template <typename E>
std::uint32_t number(E value)
{
	return static_cast<std::uint32_t>(value);
}

const char *label(const std::string &text)
{
	return text.empty() ? nullptr : text.c_str();
}

/* Member by member: an added or reordered one does not compile */

khttp_queue_info c_of(const khttp::queue_info &q)
{
	return {q.name.c_str(), q.id,	     q.length,	       q.uid,		q.gid,
		q.mode,		q.redeliver, q.redeliver_body, number(q.state), number(q.verbosity),
		q.retry_after,	q.waiting,   q.in_hand,	       q.workers,	q.oldest_ms,
		q.received,	q.delivered, q.answered,       q.refused,	q.redelivered,
		q.died,		q.timeout,	q.upgraded,	q.upgrades};
}

khttp_url_info c_of(const khttp::url_info &u)
{
	return {u.prefix.c_str(),
		u.queue.c_str(),
		u.context,
		u.requests,
		u.group.c_str(),
		u.redirect ? u.redirect->to.c_str() : nullptr,
		u.redirect ? u.redirect->status : 0};
}

khttp_worker_info c_of(const khttp::worker_info &w)
{
	return {w.queue.c_str(), w.command.c_str(), w.id,      w.pid,	   w.uid,  w.slots,
		w.in_hand,	 number(w.state),   w.fetched, w.answered, w.since, w.owed,
		w.pieces,	 w.grant};
}

khttp_cache_info c_of(const khttp::cache_entry_info &e)
{
	return {e.url.c_str(), e.queue.c_str(), e.status,  e.age,
		e.ttl,	       e.length,	e.charged, e.hits, e.tags.c_str(), e.fragment};
}

khttp_limit_info c_of(const khttp::limit_info &l)
{
	return {l.name.c_str(), l.unit.c_str(), l.help.c_str(), l.value,
		l.initial,	l.min,		l.max,		l.per_group};
}

khttp_stat_info c_of(const khttp::stat_info &s)
{
	return {s.name.c_str(),	 s.help.c_str(), label(s.queue),
		label(s.reason), number(s.kind), s.value};
}

khttp_latency_info c_of(const khttp::latency_info &l)
{
	const khttp::slow_request slow = l.slowest.value_or(khttp::slow_request{});

	return {l.queue.c_str(), l.stage.c_str(), l.count,	   l.p50,
		l.p90,		 l.p99,		  l.p999,	   l.longest,
		l.counts.data(), l.counts.size(), slow.ns,	   slow.connection,
		slow.stream};
}

template <typename T, typename F>
int each_of(const std::vector<T> &items, F each, void *arg)
{
	for (const T &item : items) {
		const auto shown = c_of(item);

		if (int stop = each(&shown, arg))
			return stop;
	}
	return 0;
}

} // namespace

const char *khttp_control_error(void)
{
	return last_error.c_str();
}

int khttp_control_open(const char *netns, khttp_control **out)
{
	*out = nullptr;
	return done([&] { *out = new khttp_control{khttp::control({netns ? netns : ""})}; });
}

void khttp_control_close(khttp_control *ctl)
{
	delete ctl;
}

int khttp_control_add_queue(khttp_control *ctl, const char *name,
			    const khttp_queue_settings *settings)
{
	return done([&] { ctl->control.add_queue(name, settings_from(settings)); });
}

int khttp_control_set_queue(khttp_control *ctl, const char *name,
			    const khttp_queue_settings *settings)
{
	return done([&] { ctl->control.set_queue(name, settings_from(settings)); });
}

int khttp_control_delete_queue(khttp_control *ctl, const char *name)
{
	return done([&] { ctl->control.delete_queue(name); });
}

int khttp_control_drain_queue(khttp_control *ctl, const char *name)
{
	return done([&] { ctl->control.drain_queue(name); });
}

int khttp_control_drain_worker(khttp_control *ctl, const char *queue, uint32_t id)
{
	return done([&] { ctl->control.drain_worker(queue, id); });
}

int khttp_control_find_queue(khttp_control *ctl, const char *name, khttp_queue_info *out)
{
	return done([&] {
		*out = c_of(ctl->control.find_queue(name));
		out->name = name;
	});
}

int khttp_control_add_url(khttp_control *ctl, const char *prefix, const char *queue,
			  uint64_t context)
{
	return done([&] { ctl->control.add_url(prefix, queue, context); });
}

int khttp_control_delete_url(khttp_control *ctl, const char *prefix)
{
	return done([&] { ctl->control.delete_url(prefix); });
}

namespace {

template <typename F>
int purge(uint64_t *dropped, F &&work)
{
	return done([&] {
		std::uint64_t count = work();

		if (dropped)
			*dropped = count;
	});
}

} // namespace

int khttp_control_purge_url(khttp_control *ctl, const char *url, int soft, uint64_t *dropped)
{
	return purge(dropped, [&] { return ctl->control.purge_url(url, purge_mode_of(soft)); });
}

int khttp_control_purge_below(khttp_control *ctl, const char *url, int soft, uint64_t *dropped)
{
	return purge(dropped, [&] { return ctl->control.purge_below(url, purge_mode_of(soft)); });
}

int khttp_control_purge_all(khttp_control *ctl, int soft, uint64_t *dropped)
{
	return purge(dropped, [&] { return ctl->control.purge_all(purge_mode_of(soft)); });
}

int khttp_control_purge_tag(khttp_control *ctl, const char *tag, int soft, uint64_t *dropped)
{
	return purge(dropped, [&] { return ctl->control.purge_tag(tag, purge_mode_of(soft)); });
}

int khttp_control_set_limits(khttp_control *ctl, const khttp_limit_setting *settings, size_t count)
{
	return done([&] {
		std::vector<khttp::limit_setting> list;

		for (size_t i = 0; i < count; i++)
			list.push_back({settings[i].name, settings[i].value});
		ctl->control.set_limits(list);
	});
}

int khttp_control_features(khttp_control *ctl, khttp_feature_info *out)
{
	return done([&] {
		const khttp::feature_info found = ctl->control.features();

		*out = {found.abi, found.features, found.generation};
	});
}

int khttp_control_each_queue(khttp_control *ctl, int (*each)(const khttp_queue_info *, void *),
			     void *arg)
{
	return guarded([&] { return each_of(ctl->control.queues(), each, arg); });
}

int khttp_control_each_url(khttp_control *ctl, int (*each)(const khttp_url_info *, void *),
			   void *arg)
{
	return guarded([&] { return each_of(ctl->control.urls(), each, arg); });
}

int khttp_control_each_listener(khttp_control *ctl,
				int (*each)(const khttp_listener_info *, void *), void *arg)
{
	return guarded([&] {
		for (const khttp::listener_info &l : ctl->control.listeners()) {
			const std::string address = to_string(l);
			const khttp_listener_info shown = {address.c_str(), l.ipv6,
							   l.port,	    l.prefixes,
							   l.connections,   l.accepted};

			if (int stop = each(&shown, arg))
				return stop;
		}
		return 0;
	});
}

int khttp_control_each_worker(khttp_control *ctl, int (*each)(const khttp_worker_info *, void *),
			      void *arg)
{
	return guarded([&] { return each_of(ctl->control.workers(), each, arg); });
}

int khttp_control_each_cached(khttp_control *ctl, int (*each)(const khttp_cache_info *, void *),
			      void *arg)
{
	return guarded([&] { return each_of(ctl->control.cache_entries(), each, arg); });
}

int khttp_control_each_limit(khttp_control *ctl, int (*each)(const khttp_limit_info *, void *),
			     void *arg)
{
	return guarded([&] { return each_of(ctl->control.limits(), each, arg); });
}

int khttp_control_each_stat(khttp_control *ctl, int (*each)(const khttp_stat_info *, void *),
			    void *arg)
{
	return guarded([&] { return each_of(ctl->control.stats(), each, arg); });
}

int khttp_control_each_latency(khttp_control *ctl, int (*each)(const khttp_latency_info *, void *),
			       void *arg)
{
	return guarded([&] { return each_of(ctl->control.latencies(), each, arg); });
}

int khttp_events_open(khttp_control *ctl, khttp_events **out)
{
	*out = nullptr;
	return done([&] { *out = new khttp_events{ctl->control.subscribe(), {}}; });
}

void khttp_events_close(khttp_events *events)
{
	delete events;
}

int khttp_events_fd(const khttp_events *events)
{
	return events->stream.fd();
}

int khttp_events_next(khttp_events *events, khttp_event_info *out)
{
	return guarded([&] {
		std::optional<khttp::event_info> event = events->stream.next();

		if (!event)
			return 0;
		khttp::event_info &last = events->last;
		last = std::move(*event);
		*out = {number(last.type),
			last.worker.value_or(0),
			last.pid.value_or(0),
			last.count.value_or(0),
			last.time_ns,
			last.queue ? last.queue->c_str() : nullptr,
			last.url ? last.url->c_str() : nullptr,
			last.listener ? last.listener->c_str() : nullptr,
			last.group ? last.group->c_str() : nullptr,
			last.tag ? last.tag->c_str() : nullptr,
			last.recursive,
			last.soft,
			last.missed};
		return 1;
	});
}
