/* SPDX-License-Identifier: MIT */
#include "codec.hpp"

#include <cerrno>
#include <cstring>

#include <linux/khttp.h>
#include <linux/netlink.h>

#include <khttp/error.hpp>

namespace khttp::detail {

void malformed(const char *what)
{
	throw error(EBADMSG, std::string("the module's answer is malformed (") + what +
				     "): do the module and libkhttp belong together?");
}

namespace {

/* Attributes need not be aligned in a buffer that somebody else made */
template <typename T>
T load(byte_view bytes)
{
	T value;

	if (bytes.size() != sizeof(value))
		malformed("size of a number");
	std::memcpy(&value, bytes.data(), sizeof(value));
	return value;
}

} // namespace

void each_attribute(byte_view rest, const std::function<void(std::size_t, byte_view)> &each)
{
	while (!rest.empty()) {
		nlattr header;

		if (rest.size() < sizeof(header))
			malformed("truncated attribute");
		std::memcpy(&header, rest.data(), sizeof(header));
		if (header.nla_len < sizeof(header) || header.nla_len > rest.size())
			malformed("length of an attribute");
		each(header.nla_type & NLA_TYPE_MASK,
		     rest.first(header.nla_len).subspan(sizeof(header)));
		/* the last one may come without its padding */
		rest = rest.subspan(std::min<std::size_t>(NLA_ALIGN(header.nla_len), rest.size()));
	}
}

attribute_table::attribute_table(byte_view attributes)
{
	each_attribute(attributes, [this](std::size_t type, byte_view value) {
		if (type >= size)
			return;
		values_[type] = value;
		present_[type] = true;
	});
}

bool attribute_table::has(int type) const noexcept
{
	return present_[static_cast<std::size_t>(type)];
}

byte_view attribute_table::raw(int type) const noexcept
{
	return values_[static_cast<std::size_t>(type)];
}

std::uint32_t attribute_table::u32(int type) const
{
	return has(type) ? load<std::uint32_t>(raw(type)) : 0;
}

std::uint64_t attribute_table::u64(int type) const
{
	return has(type) ? load<std::uint64_t>(raw(type)) : 0;
}

std::string attribute_table::text(int type) const
{
	byte_view view = raw(type);
	const char *begin = reinterpret_cast<const char *>(view.data());

	return view.empty() ? std::string() : std::string(begin, strnlen(begin, view.size()));
}

std::string attribute_table::bytes(int type) const
{
	byte_view value = raw(type);

	return {reinterpret_cast<const char *>(value.data()), value.size()};
}

std::string attribute_table::required_text(int type) const
{
	std::string value = text(type);

	if (value.empty())
		malformed("a name is missing");
	return value;
}

void from_uapi(byte_view attributes, queue_info &out)
{
	const attribute_table a(attributes);

	out.name = a.required_text(KHTTP_QUEUE_A_NAME);
	out.id = a.u32(KHTTP_QUEUE_A_ID);
	out.length = a.u32(KHTTP_QUEUE_A_LENGTH);
	out.uid = a.u32(KHTTP_QUEUE_A_UID);
	out.gid = a.u32(KHTTP_QUEUE_A_GID);
	out.mode = a.u32(KHTTP_QUEUE_A_MODE);
	out.redeliver = a.u32(KHTTP_QUEUE_A_REDELIVER);
	out.redeliver_body = a.u32(KHTTP_QUEUE_A_REDELIVER_BODY);
	out.state = static_cast<queue_state>(a.u32(KHTTP_QUEUE_A_STATE));
	out.verbosity = static_cast<verbosity>(a.u32(KHTTP_QUEUE_A_VERBOSITY));
	out.retry_after = a.u32(KHTTP_QUEUE_A_RETRY_AFTER);
	out.waiting = a.u32(KHTTP_QUEUE_A_WAITING);
	out.in_hand = a.u32(KHTTP_QUEUE_A_IN_HAND);
	out.workers = a.u32(KHTTP_QUEUE_A_WORKERS);
	out.oldest_ms = a.u32(KHTTP_QUEUE_A_OLDEST_MS);
	out.received = a.u64(KHTTP_QUEUE_A_RECEIVED);
	out.delivered = a.u64(KHTTP_QUEUE_A_DELIVERED);
	out.answered = a.u64(KHTTP_QUEUE_A_ANSWERED);
	out.refused = a.u64(KHTTP_QUEUE_A_REFUSED);
	out.redelivered = a.u64(KHTTP_QUEUE_A_REDELIVERED);
	out.died = a.u64(KHTTP_QUEUE_A_DIED);
	out.timeout = a.u64(KHTTP_QUEUE_A_TIMEOUT);
	out.upgraded = a.u64(KHTTP_QUEUE_A_UPGRADED);
	out.upgrades = a.u32(KHTTP_QUEUE_A_UPGRADES);
	out.delegates = a.text(KHTTP_QUEUE_A_DELEGATES);
	out.delegated_out = a.u64(KHTTP_QUEUE_A_DELEGATED_OUT);
	out.delegated_in = a.u64(KHTTP_QUEUE_A_DELEGATED_IN);
	out.of_file = a.has(KHTTP_QUEUE_A_OF_FILE);
}

void from_uapi(byte_view attributes, url_info &out)
{
	const attribute_table a(attributes);

	out.prefix = a.required_text(KHTTP_URL_A_PREFIX);
	out.queue = a.text(KHTTP_URL_A_QUEUE);
	out.context = a.u64(KHTTP_URL_A_CONTEXT);
	out.requests = a.u64(KHTTP_URL_A_REQUESTS);
	out.group = a.text(KHTTP_URL_A_GROUP);
	out.redirect.reset();
	if (a.has(KHTTP_URL_A_REDIRECT))
		out.redirect = {a.text(KHTTP_URL_A_REDIRECT), a.u32(KHTTP_URL_A_STATUS)};
	out.user.reset();
	if (a.has(KHTTP_URL_A_USER))
		out.user = a.u32(KHTTP_URL_A_USER);
	out.of_file = a.has(KHTTP_URL_A_OF_FILE);
}

void from_uapi(byte_view attributes, listener_info &out)
{
	const attribute_table a(attributes);
	byte_view address = a.raw(KHTTP_LISTENER_A_ADDR);
	std::uint32_t port = a.u32(KHTTP_LISTENER_A_PORT);

	if (address.size() != 4 && address.size() != 16)
		malformed("size of an address");
	if (port > 65535)
		malformed("port");
	out.ipv6 = address.size() == 16;
	out.address = {};
	std::memcpy(out.address.data(), address.data(), address.size());
	out.port = static_cast<std::uint16_t>(port);
	out.prefixes = a.u32(KHTTP_LISTENER_A_PREFIXES);
	out.connections = a.u64(KHTTP_LISTENER_A_CONNECTIONS);
	out.accepted = a.u64(KHTTP_LISTENER_A_ACCEPTED);
}

void from_uapi(byte_view attributes, worker_info &out)
{
	const attribute_table a(attributes);

	out.queue = a.required_text(KHTTP_WORKER_A_QUEUE);
	out.id = a.u32(KHTTP_WORKER_A_ID);
	out.pid = a.u32(KHTTP_WORKER_A_PID);
	out.uid = a.u32(KHTTP_WORKER_A_UID);
	out.command = a.text(KHTTP_WORKER_A_COMM);
	out.slots = a.u32(KHTTP_WORKER_A_SLOTS);
	out.in_hand = a.u32(KHTTP_WORKER_A_IN_HAND);
	out.state = static_cast<worker_state>(a.u32(KHTTP_WORKER_A_STATE));
	out.fetched = a.u64(KHTTP_WORKER_A_FETCHED);
	out.answered = a.u64(KHTTP_WORKER_A_ANSWERED);
	out.since = a.u64(KHTTP_WORKER_A_SINCE);
	out.owed = a.u32(KHTTP_WORKER_A_OWED);
	out.pieces = a.u32(KHTTP_WORKER_A_PIECES);
	out.grant = a.u32(KHTTP_WORKER_A_GRANT);
}

void from_uapi(byte_view attributes, grant_info &out)
{
	const attribute_table a(attributes);

	out.queue = a.required_text(KHTTP_GRANT_A_QUEUE);
	out.id = a.u32(KHTTP_GRANT_A_ID);
	out.pid = a.u32(KHTTP_GRANT_A_PID);
	out.uid = a.u32(KHTTP_GRANT_A_UID);
	out.command = a.text(KHTTP_GRANT_A_COMM);
	out.max_workers = a.u32(KHTTP_GRANT_A_MAX_WORKERS);
	out.workers = a.u32(KHTTP_GRANT_A_WORKERS);
	out.attached = a.u64(KHTTP_GRANT_A_ATTACHED);
	out.since = a.u64(KHTTP_GRANT_A_SINCE);
	out.revoked = a.has(KHTTP_GRANT_A_REVOKED);
}

void from_uapi(byte_view attributes, cache_entry_info &out)
{
	const attribute_table a(attributes);

	out.url = a.required_text(KHTTP_CACHE_A_URL);
	out.queue = a.text(KHTTP_CACHE_A_QUEUE);
	out.status = a.u32(KHTTP_CACHE_A_STATUS);
	out.age = a.u32(KHTTP_CACHE_A_AGE);
	out.ttl = a.u32(KHTTP_CACHE_A_TTL);
	out.length = a.u64(KHTTP_CACHE_A_LENGTH);
	out.charged = a.u64(KHTTP_CACHE_A_CHARGED);
	out.hits = a.u64(KHTTP_CACHE_A_HITS);
	out.tags = a.text(KHTTP_CACHE_A_TAG);
	out.fragment = a.has(KHTTP_CACHE_A_FRAGMENT);
}

void from_uapi(byte_view attributes, limit_info &out)
{
	const attribute_table a(attributes);

	out.name = a.required_text(KHTTP_LIMIT_A_NAME);
	out.value = a.u64(KHTTP_LIMIT_A_VALUE);
	out.initial = a.u64(KHTTP_LIMIT_A_DEFAULT);
	out.min = a.u64(KHTTP_LIMIT_A_MIN);
	out.max = a.u64(KHTTP_LIMIT_A_MAX_VALUE);
	out.unit = a.text(KHTTP_LIMIT_A_UNIT);
	out.help = a.text(KHTTP_LIMIT_A_HELP);
	out.per_group = a.has(KHTTP_LIMIT_A_GROUP);
}

void from_uapi(byte_view attributes, feature_info &out)
{
	const attribute_table a(attributes);

	out.version = a.text(KHTTP_FEATURE_A_VERSION);
	out.abi = a.u32(KHTTP_FEATURE_A_ABI);
	out.features = a.u64(KHTTP_FEATURE_A_FEATURES);
	out.generation = a.u64(KHTTP_FEATURE_A_GENERATION);
}

namespace {

event_type event_type_from_uapi(std::uint32_t type) noexcept
{
	return type <= KHTTP_EVENT_MAX ? static_cast<event_type>(type) : event_type::unknown;
}

} // namespace

void from_uapi(byte_view attributes, event_info &out)
{
	const attribute_table a(attributes);

	out = {};
	out.type = event_type_from_uapi(a.u32(KHTTP_EVENT_A_TYPE));
	out.time_ns = a.u64(KHTTP_EVENT_A_TIME);
	if (a.has(KHTTP_EVENT_A_QUEUE))
		out.queue = a.text(KHTTP_EVENT_A_QUEUE);
	if (a.has(KHTTP_EVENT_A_URL))
		out.url = a.text(KHTTP_EVENT_A_URL);
	if (a.has(KHTTP_EVENT_A_WORKER))
		out.worker = a.u32(KHTTP_EVENT_A_WORKER);
	if (a.has(KHTTP_EVENT_A_PID))
		out.pid = a.u32(KHTTP_EVENT_A_PID);
	if (a.has(KHTTP_EVENT_A_COUNT))
		out.count = a.u64(KHTTP_EVENT_A_COUNT);
	if (a.has(KHTTP_EVENT_A_LISTENER))
		out.listener = a.text(KHTTP_EVENT_A_LISTENER);
	if (a.has(KHTTP_EVENT_A_GROUP))
		out.group = a.text(KHTTP_EVENT_A_GROUP);
	if (a.has(KHTTP_EVENT_A_TAG))
		out.tag = a.text(KHTTP_EVENT_A_TAG);
	out.recursive = a.has(KHTTP_EVENT_A_RECURSIVE);
	out.soft = a.has(KHTTP_EVENT_A_SOFT);
	out.missed = a.u64(KHTTP_EVENT_A_MISSED);
}

namespace {

void put_optional(message &out, int type, const std::optional<std::uint32_t> &value)
{
	if (value)
		out.put(type, *value);
}

} // namespace

void to_uapi(const queue_settings &settings, message &out)
{
	put_optional(out, KHTTP_QUEUE_A_LENGTH, settings.length);
	put_optional(out, KHTTP_QUEUE_A_UID, settings.uid);
	put_optional(out, KHTTP_QUEUE_A_GID, settings.gid);
	put_optional(out, KHTTP_QUEUE_A_MODE, settings.mode);
	put_optional(out, KHTTP_QUEUE_A_REDELIVER, settings.redeliver);
	put_optional(out, KHTTP_QUEUE_A_REDELIVER_BODY, settings.redeliver_body);
	if (settings.state)
		out.put(KHTTP_QUEUE_A_STATE, static_cast<std::uint32_t>(*settings.state));
	if (settings.verbosity)
		out.put(KHTTP_QUEUE_A_VERBOSITY, static_cast<std::uint32_t>(*settings.verbosity));
	put_optional(out, KHTTP_QUEUE_A_RETRY_AFTER, settings.retry_after);
	if (settings.delegates)
		out.put(KHTTP_QUEUE_A_DELEGATES, *settings.delegates);
}

void to_uapi(std::span<const limit_setting> settings, message &out)
{
	for (const limit_setting &setting : settings)
		out.put_nested(KHTTP_LIMIT_A_ENTRY, [&] {
			out.put(KHTTP_LIMIT_A_NAME, setting.name);
			out.put_u64(KHTTP_LIMIT_A_VALUE, setting.value);
		});
}

/*
 * The public enums are written out and not made from the kernel's, so that no
 * kernel type is in a public header; here the two meet.
 */
static_assert(static_cast<int>(queue_state::active) == KHTTP_QUEUE_ACTIVE);
static_assert(static_cast<int>(queue_state::inactive) == KHTTP_QUEUE_INACTIVE);
static_assert(static_cast<int>(queue_state::offline) == KHTTP_QUEUE_OFFLINE);
static_assert(static_cast<int>(verbosity::full) == KHTTP_VERBOSITY_FULL);
static_assert(static_cast<int>(verbosity::limited) == KHTTP_VERBOSITY_LIMITED);
static_assert(static_cast<int>(verbosity::basic) == KHTTP_VERBOSITY_BASIC);
static_assert(static_cast<int>(worker_state::attached) == KHTTP_WORKER_ATTACHED);
static_assert(static_cast<int>(worker_state::serving) == KHTTP_WORKER_SERVING);
static_assert(static_cast<int>(worker_state::draining) == KHTTP_WORKER_DRAINING);
static_assert(static_cast<int>(worker_state::gone) == KHTTP_WORKER_GONE);
static_assert(static_cast<int>(stat_kind::counter) == KHTTP_STAT_COUNTER);
static_assert(static_cast<int>(stat_kind::gauge) == KHTTP_STAT_GAUGE);
static_assert(static_cast<int>(event_type::queue_added) == KHTTP_EVENT_QUEUE_ADDED);
static_assert(static_cast<int>(event_type::queue_changed) == KHTTP_EVENT_QUEUE_CHANGED);
static_assert(static_cast<int>(event_type::queue_deleted) == KHTTP_EVENT_QUEUE_DELETED);
static_assert(static_cast<int>(event_type::queue_needs_worker) == KHTTP_EVENT_QUEUE_NEEDS_WORKER);
static_assert(static_cast<int>(event_type::queue_full) == KHTTP_EVENT_QUEUE_FULL);
static_assert(static_cast<int>(event_type::worker_attached) == KHTTP_EVENT_WORKER_ATTACHED);
static_assert(static_cast<int>(event_type::worker_draining) == KHTTP_EVENT_WORKER_DRAINING);
static_assert(static_cast<int>(event_type::worker_detached) == KHTTP_EVENT_WORKER_DETACHED);
static_assert(static_cast<int>(event_type::worker_lost) == KHTTP_EVENT_WORKER_LOST);
static_assert(static_cast<int>(event_type::url_added) == KHTTP_EVENT_URL_ADDED);
static_assert(static_cast<int>(event_type::url_deleted) == KHTTP_EVENT_URL_DELETED);
static_assert(static_cast<int>(event_type::limits_changed) == KHTTP_EVENT_LIMITS_CHANGED);
static_assert(static_cast<int>(event_type::cache_purged) == KHTTP_EVENT_CACHE_PURGED);
static_assert(static_cast<int>(event_type::listener_changed) == KHTTP_EVENT_LISTENER_CHANGED);
static_assert(static_cast<int>(event_type::group_added) == KHTTP_EVENT_GROUP_ADDED);
static_assert(static_cast<int>(event_type::group_changed) == KHTTP_EVENT_GROUP_CHANGED);
static_assert(static_cast<int>(event_type::group_deleted) == KHTTP_EVENT_GROUP_DELETED);
static_assert(static_cast<int>(event_type::filter_changed) == KHTTP_EVENT_FILTER_CHANGED);
static_assert(static_cast<int>(event_type::reservation_added) == KHTTP_EVENT_RESERVATION_ADDED);
static_assert(static_cast<int>(event_type::reservation_deleted) == KHTTP_EVENT_RESERVATION_DELETED);

} // namespace khttp::detail
