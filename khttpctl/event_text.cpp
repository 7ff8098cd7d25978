/* SPDX-License-Identifier: MIT */
#include "event_text.hpp"

#include <fmt/format.h>

#include "text.hpp"

namespace khttpctl {

namespace {

std::string requests(const khttp::event_info &event)
{
	std::uint64_t count = event.count.value_or(0);

	return fmt::format("{} request{}", count, count == 1 ? "" : "s");
}

std::string queue_of(const khttp::event_info &event)
{
	return fmt::format("queue {}", printable(event.queue.value_or("?")));
}

std::string group_of(const khttp::event_info &event)
{
	return fmt::format("group {} of {}", printable(event.group.value_or("?")),
			   queue_of(event));
}

/* A default group has its queue's name and need not be told */
std::string place_of(const khttp::event_info &event)
{
	return event.group && event.group != event.queue ? group_of(event) : queue_of(event);
}

std::string worker_of(const khttp::event_info &event)
{
	std::string text = fmt::format("{}: worker {}", queue_of(event), event.worker.value_or(0));

	if (event.pid.value_or(0))
		text += fmt::format(" (pid {})", *event.pid);
	return text;
}

std::string prefix_of(const khttp::event_info &event)
{
	return printable(event.url.value_or("?"));
}

std::string purged(const khttp::event_info &event)
{
	std::uint64_t count = event.count.value_or(0);

	std::string what = "everything";
	std::string text;

	if (event.tag)
		what = "tag " + printable(*event.tag);
	else if (event.url)
		what = (event.recursive ? "all below " : "") + prefix_of(event);
	text = fmt::format("cache: {} stored response{} {}, {}", count, count == 1 ? "" : "s",
			   event.soft ? "past their time" : "dropped", what);
	if (event.queue)
		text += ", by " + worker_of(event);
	if (event.missed)
		text += fmt::format("; {} such events before it were left out", event.missed);
	return text;
}

} // namespace

std::string event_text(const khttp::event_info &event)
{
	switch (event.type) {
	case khttp::event_type::queue_added:
		return queue_of(event) + " added";
	case khttp::event_type::queue_changed:
		return queue_of(event) + " changed";
	case khttp::event_type::queue_deleted:
		return queue_of(event) + " deleted";
	case khttp::event_type::queue_needs_worker:
		return queue_of(event) + ": a request waits and no worker is attached";
	case khttp::event_type::queue_full:
		return queue_of(event) + " is full: requests are answered 503";
	case khttp::event_type::worker_attached:
		return worker_of(event) + " attached";
	case khttp::event_type::worker_draining:
		return fmt::format("{} drains, {} in hand", worker_of(event), requests(event));
	case khttp::event_type::worker_detached:
		return worker_of(event) + " left with nothing in hand";
	case khttp::event_type::worker_lost:
		return fmt::format("{} died with {} in hand", worker_of(event), requests(event));
	case khttp::event_type::url_added:
		return fmt::format("prefix {} added to {}", prefix_of(event), place_of(event));
	case khttp::event_type::url_deleted:
		return fmt::format("prefix {} deleted from {}", prefix_of(event), place_of(event));
	case khttp::event_type::limits_changed:
		return "limits changed";
	case khttp::event_type::cache_purged:
		return purged(event);
	case khttp::event_type::listener_changed:
		return fmt::format("settings of listener {} changed",
				   printable(event.listener.value_or("?")));
	case khttp::event_type::group_added:
		return group_of(event) + " added";
	case khttp::event_type::group_changed:
		return group_of(event) + " changed";
	case khttp::event_type::group_deleted:
		return group_of(event) + " deleted";
	case khttp::event_type::filter_changed:
		return event.group ? fmt::format("filter of {} changed", group_of(event))
				   : "a set of networks or a rate changed";
	case khttp::event_type::reservation_added:
		return prefix_of(event) + " is reserved";
	case khttp::event_type::reservation_deleted:
		return prefix_of(event) + " is reserved no more";
	case khttp::event_type::lost:
		return "some events were lost here: they came faster than they were read";
	case khttp::event_type::unknown:
		break;
	}
	return "something that this version of khttpctl has no word for";
}

tint event_tint(khttp::event_type type)
{
	switch (type) {
	case khttp::event_type::worker_lost:
	case khttp::event_type::queue_full:
		return tint::bad;
	case khttp::event_type::queue_needs_worker:
	case khttp::event_type::lost:
		return tint::warn;
	case khttp::event_type::worker_attached:
		return tint::good;
	default:
		return tint::none;
	}
}

} // namespace khttpctl
