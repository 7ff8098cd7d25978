/* SPDX-License-Identifier: MIT */
#include "fake_device.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

using khttp::detail::slot_layout;

fake_device::fake_device(unsigned slots, std::uint32_t area)
	: readable_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)}, slots_{slots},
	  layout_{area, area},
	  memory_{std::make_unique<std::byte[]>(slots * layout_.size())},
	  used_(slots, false)
{
}

int fake_device::map(std::size_t) noexcept
{
	return 0;
}

std::byte *fake_device::memory() const noexcept
{
	return memory_.get();
}

khttp::detail::attachment fake_device::attachment() const
{
	return {.layout = layout_, .slots = slots_, .worker = 1,
		.features = KHTTP_FEATURE_URING | KHTTP_FEATURE_CACHE_STREAM |
			    KHTTP_FEATURE_FRAGMENT | KHTTP_FEATURE_FLOW |
			    KHTTP_FEATURE_LOG_FIELDS};
}

std::size_t fake_device::add(fake_request rq)
{
	std::scoped_lock guard{lock_};

	all_.emplace_back().rq = std::move(rq);
	changed();
	return all_.size() - 1;
}

fake_answer fake_device::answer(std::size_t number) const
{
	std::scoped_lock guard{lock_};

	return all_.at(number).out;
}

void fake_device::wait_complete(std::size_t number)
{
	std::unique_lock guard{lock_};

	news_.wait(guard, [&] {
		return all_.at(number).out.complete ||
		       all_.at(number).out.cancelled;
	});
}

void fake_device::set_room(std::size_t number, std::uint64_t room)
{
	std::scoped_lock guard{lock_};
	flight &f = all_.at(number);

	f.room = room;
	if (f.wants_room && room > 0) {
		f.wants_room = false;
		f.events |= KHTTP_EV_WRITABLE;
	}
	changed();
}

void fake_device::feed(std::size_t number, const std::string &bytes, bool end)
{
	std::scoped_lock guard{lock_};
	flight &f = all_.at(number);

	f.rq.body += bytes;
	f.rq.body_ends = end;
	if (std::exchange(f.wants_body, false))
		f.events |= KHTTP_EV_READABLE;
	changed();
}

void fake_device::disconnect(std::size_t number)
{
	std::scoped_lock guard{lock_};

	all_.at(number).gone = true;
	all_.at(number).events |= KHTTP_EV_GONE;
	changed();
}

void fake_device::disconnect_blocked(std::size_t number)
{
	std::unique_lock guard{lock_};

	while (!all_.at(number).wants_room)
		news_.wait_for(guard, std::chrono::milliseconds{1});
	all_.at(number).gone = true;
}

void fake_device::refuse_next_commit(int code)
{
	std::scoped_lock guard{lock_};

	refusal_ = code;
}

void fake_device::set_stored(std::uint8_t what)
{
	std::scoped_lock guard{lock_};

	stored_ = what;
}

void fake_device::drop_fragments()
{
	std::scoped_lock guard{lock_};

	fragments_.clear();
}

void fake_device::end_worker(int code)
{
	std::scoped_lock guard{lock_};

	ended_ = code;
	changed();
}

unsigned fake_device::runs() const
{
	std::scoped_lock guard{lock_};

	return runs_;
}

unsigned fake_device::commands() const
{
	std::scoped_lock guard{lock_};

	return commands_;
}

/* The file polls readable while RUN would have something to say. */
void fake_device::changed()
{
	eventfd_t count;

	if (has_event())
		eventfd_write(readable_.get(), 1);
	else
		eventfd_read(readable_.get(), &count);
	news_.notify_all();
}

bool fake_device::has_event() const
{
	bool slot_free = std::ranges::count(used_, true) < slots_;

	if (ended_ || (draining_ && !drain_told_) ||
	    (!draining_ && delivered_ < all_.size() && slot_free))
		return true;
	return std::ranges::any_of(all_, [](const flight &f) {
		return f.events != 0;
	});
}

fake_device::flight *fake_device::find(std::uint64_t id)
{
	for (flight &f : all_)
		if (id != 0 && f.id == id)
			return &f;
	return nullptr;
}

/* The slot may be another request's at once, whose answer is being written there: who
 * looks for the old one finds that. */
void fake_device::forget(flight &f)
{
	std::byte *at = memory_.get() + f.slot * layout_.size() + layout_.request_area;
	khttp_reply next;

	std::memcpy(&next, at, sizeof(next));
	next.flags = KHTTP_REPLY_HEAD | KHTTP_REPLY_MORE;
	next.body_len = 1000;
	std::memcpy(at, &next, sizeof(next));
	used_[f.slot] = false;
	f.id = 0;
	f.events = 0;
}

/* Lay a request out in the first free slot. */
static void put_peer(const fake_request &rq, std::byte *base, khttp_slot &slot)
{
	khttp_endpoint peer{};

	slot.peer = rq.peer_at;
	if (!rq.peer_port)
		return;
	peer.family = AF_INET;
	peer.addr[0] = 127;
	peer.addr[3] = 1;
	peer.port = rq.peer_port;
	/* Behind all else, and not aligned: nothing is promised */
	slot.peer = slot.fields.off + slot.fields.len + 1;
	std::memcpy(base + slot.peer, &peer, sizeof(peer));
}

bool fake_device::deliver(flight &f)
{
	auto place = std::ranges::find(used_, false);
	if (place == used_.end())
		return false;
	*place = true;
	f.slot = static_cast<std::uint32_t>(place - used_.begin());
	f.id = ++generation_ << 16 | f.slot;

	std::byte *base = memory_.get() + f.slot * layout_.size();
	khttp_slot slot{};
	std::uint32_t at = sizeof(slot);
	auto put = [&](std::string_view text) {
		khttp_ref where{at, static_cast<__u32>(text.size())};
		std::memcpy(base + at, text.data(), text.size());
		at += where.len;
		return where;
	};
	std::vector<khttp_slot_field> table;
	for (const auto &[name, value] : f.rq.fields)
		table.push_back({put(name), put(value)});
	slot.id = f.id;
	slot.method = put(f.rq.method);
	slot.scheme = put("http");
	slot.authority = put(f.rq.authority);
	slot.target = slot.path = put(f.rq.path);
	slot.prefix = put(f.rq.prefix);
	std::size_t head = std::min(f.rq.in_slot, f.rq.body.size());
	slot.body = put(std::string_view{f.rq.body}.substr(0, head));
	f.read = head;
	at = (at + 7) & ~7U;
	slot.fields = {at, static_cast<__u32>(table.size() *
					      sizeof(khttp_slot_field))};
	if (!table.empty())
		std::memcpy(base + at, table.data(), slot.fields.len);
	slot.nfields = static_cast<__u16>(table.size());
	slot.version = 0x0101;
	slot.attempt = slot.stream = 1;
	slot.client.family = slot.local.family = AF_INET;
	put_peer(f.rq, base, slot);
	bool whole = head == f.rq.body.size() && f.rq.body_ends;
	if (f.rq.upgrade)
		slot.flags = KHTTP_REQ_UPGRADE;
	else if (!f.rq.body.empty() || !f.rq.body_ends)
		slot.flags = KHTTP_REQ_BODY | (whole ? 0 : KHTTP_REQ_BODY_MORE);
	if (whole && !f.rq.trailers.empty())
		slot.flags |= KHTTP_REQ_TRAILERS;
	slot.content_length = f.rq.length;
	std::memcpy(base, &slot, sizeof(slot));
	return true;
}

bool fake_device::deliver_next(std::uint32_t &slot)
{
	if (draining_ || delivered_ == all_.size() ||
	    !deliver(all_[delivered_]))
		return false;
	slot = all_[delivered_++].slot;
	return true;
}

void fake_device::take_head(flight &f, const khttp_reply &r, const char *base)
{
	khttp::detail::field_block records{{base + r.fields.off, r.fields.len}};
	khttp::detail::field_block said{{base + r.fields.off + r.fields.len, r.log_len}};
	khttp::field got;
	auto &into = r.flags & KHTTP_REPLY_HEAD ? f.out.fields : f.out.trailers;

	while (records.next(got))
		into.emplace_back(got.name, got.value);
	while (said.next(got))
		f.out.said.emplace_back(got.name, got.value);
	if (!(r.flags & KHTTP_REPLY_HEAD))
		return;
	f.out.heads++;
	f.out.status = r.status;
	f.out.flags = r.flags;
	f.out.ttl = r.ttl;
	if (r.flow)
		std::memcpy(&f.out.flow, base + r.flow, sizeof(f.out.flow));
	f.out.length = r.content_length;
	f.out.taken = r.taken;
}

/* A piece goes on with what it began with. */
long fake_device::open_fragment(flight &f, khttp_reply &r, const char *base)
{
	if (f.fragment.empty()) {
		auto found = fragments_.find(
			std::string(base + r.fragment.off, r.fragment.len));
		if (found == fragments_.end())
			return -ENODATA;
		f.fragment = found->second;
	}
	if (r.body_addr > f.fragment.size())
		return -ENODATA;
	std::uint64_t left = f.fragment.size() - r.body_addr;
	if (r.body_len == KHTTP_LENGTH_UNKNOWN)
		r.body_len = left;
	return r.body_len > left ? -ENODATA : 0;
}

long fake_device::call_fragment(unsigned long request, void *argument)
{
	if (request == KHTTP_IOC_FRAGMENT_ADD) {
		auto *ask = static_cast<khttp_fragment_add *>(argument);
		std::string name(reinterpret_cast<const char *>(ask->name), ask->name_len);

		if (!name.starts_with("http://host/"))
			return -EACCES;
		fragments_[name].assign(reinterpret_cast<const char *>(ask->addr), ask->len);
		return 0;
	}
	auto *ask = static_cast<khttp_fragment_read *>(argument);
	auto found = fragments_.find(
		std::string(reinterpret_cast<const char *>(ask->name), ask->name_len));
	if (found == fragments_.end())
		return -ENODATA;
	ask->length = found->second.size();
	if (ask->offset >= ask->length)
		return 0;
	return static_cast<long>(found->second.copy(reinterpret_cast<char *>(ask->addr),
						    ask->len, ask->offset));
}

long fake_device::take_body(flight &f, const khttp_reply &r, const char *base)
{
	std::uint64_t count = std::min<std::uint64_t>(r.body_len, f.room);
	std::string piece(count, '\0');

	if (r.body_kind == KHTTP_BODY_SLOT)
		piece.assign(base + layout_.request_area + r.body_addr, count);
	else if (r.body_kind == KHTTP_BODY_USER)
		piece.assign(reinterpret_cast<const char *>(r.body_addr),
			     count);
	else if (r.body_kind == KHTTP_BODY_FRAGMENT)
		piece = f.fragment.substr(r.body_addr, count);
	else if (r.body_kind == KHTTP_BODY_FILE &&
		 pread(r.fd, piece.data(), count,
		       static_cast<off_t>(r.body_addr)) < 0)
		return -errno;
	f.out.body += piece;
	if (f.room != ~0ULL)
		f.room -= count;
	return static_cast<long>(count);
}

long fake_device::commit(std::uint64_t id)
{
	flight *f = find(id);
	if (!f)
		return -ESTALE;
	if (f->gone || ended_) {
		forget(*f);
		changed();
		return f->gone ? -ECONNRESET : -ESHUTDOWN;
	}
	if (refusal_)
		return -std::exchange(refusal_, 0);

	const char *base = reinterpret_cast<const char *>(memory_.get()) +
			   f->slot * layout_.size();
	khttp_reply r;
	std::memcpy(&r, base + layout_.request_area, sizeof(r));
	if (r.body_kind == KHTTP_BODY_FRAGMENT) {
		if (long refused = open_fragment(*f, r, base))
			return refused;
		std::memcpy(memory_.get() + f->slot * layout_.size() +
				    layout_.request_area + offsetof(khttp_reply, body_len),
			    &r.body_len, sizeof(r.body_len));
	}
	if (!(r.flags & KHTTP_REPLY_HEAD) && f->room == 0 && r.body_len) {
		f->wants_room = true;
		return -EAGAIN;
	}
	if (r.flags & (KHTTP_REPLY_HEAD | KHTTP_REPLY_TRAILERS))
		take_head(*f, r, base);
	f->out.shut |= (r.flags & KHTTP_REPLY_SHUT) != 0;
	long count = take_body(*f, r, base);
	if (count < 0)
		return count;
	if (r.flags & KHTTP_REPLY_TELL) {
		r.stored = static_cast<__u32>(id >> 16 << 8 | stored_);
		std::memcpy(memory_.get() + f->slot * layout_.size() +
				    layout_.request_area + offsetof(khttp_reply, stored),
			    &r.stored, sizeof(r.stored));
	}
	if (static_cast<std::uint64_t>(count) < r.body_len) {
		f->wants_room = true;
	} else if (f->fragment.clear(); !(r.flags & KHTTP_REPLY_MORE)) {
		f->out.complete = true;
		forget(*f);
	}
	changed();
	return count;
}

long fake_device::read(khttp_read &ask)
{
	flight *f = find(ask.id);
	if (!f)
		return -ESTALE;
	if (f->gone && f->rq.upgrade) {
		forget(*f);
		changed();
		return -ECONNRESET;
	}
	if (f->gone)
		return -EBADMSG;
	const std::string &from = ask.flags & KHTTP_READ_TRAILERS
					  ? f->rq.trailers
					  : f->rq.body;
	std::size_t at = ask.flags & KHTTP_READ_TRAILERS ? 0 : f->read;
	std::size_t count = std::min<std::size_t>(ask.len, from.size() - at);

	if (ask.flags & KHTTP_READ_TRAILERS) {
		if (!f->rq.body_ends)
			count = 0;
		else if (count < from.size())
			return -EMSGSIZE;
		else if (count == 0)
			return 0;
	} else {
		f->read += count;
	}
	if (count == 0 && !f->rq.body_ends) {
		f->wants_body = true;
		return -EAGAIN;
	}
	std::memcpy(reinterpret_cast<void *>(ask.addr), from.data() + at,
		    count);
	return static_cast<long>(count);
}

long fake_device::collect(khttp_event *into, std::size_t room)
{
	std::size_t count = 0;
	std::uint32_t slot;

	if (draining_ && !drain_told_ && count < room) {
		drain_told_ = true;
		into[count++] = {0, KHTTP_EV_DRAIN, 0};
	}
	for (flight &f : all_)
		if (f.events && f.id && count < room)
			into[count++] = {f.id, std::exchange(f.events, 0), 0};
	while (count < room && deliver_next(slot)) {
		flight &f = all_[delivered_ - 1];
		into[count++] = {f.id, KHTTP_EV_REQUEST, 0};
	}
	changed();
	return static_cast<long>(count);
}

long fake_device::run(khttp_run &ask, std::unique_lock<std::mutex> &guard)
{
	auto *commits = reinterpret_cast<khttp_commit *>(ask.commits);
	auto *results = reinterpret_cast<__s64 *>(ask.results);
	auto *events = reinterpret_cast<khttp_event *>(ask.events);

	bool waits = !(ask.flags & KHTTP_RUN_NOWAIT);

	runs_++;
	for (std::uint32_t i = 0; i < ask.n_commits; i++) {
		flight *f = find(commits[i].id);

		results[i] = commit(commits[i].id);
		waits &= results[i] >= 0 && !f->wants_room;
	}
	if (ask.n_events == 0)
		return 0;
	long count = ended_ ? -ended_ : collect(events, ask.n_events);
	while (count == 0 && waits) {
		news_.wait(guard);
		count = ended_ ? -ended_ : collect(events, ask.n_events);
	}
	return count;
}

long fake_device::call(unsigned long request, void *argument) noexcept
{
	std::unique_lock guard{lock_};

	if (request == KHTTP_IOC_RUN)
		return run(*static_cast<khttp_run *>(argument), guard);
	if (request == KHTTP_IOC_DRAIN) {
		draining_ = true;
		changed();
		return 0;
	}
	if (request == KHTTP_IOC_CANCEL) {
		flight *f = find(static_cast<khttp_cancel *>(argument)->id);
		if (!f)
			return -ESTALE;
		f->out.cancelled = true;
		forget(*f);
		changed();
		return 0;
	}
	if (request == KHTTP_IOC_DELEGATE) {
		auto *ask = static_cast<khttp_delegate *>(argument);
		flight *f = find(ask->id);
		if (!f)
			return -ESTALE;
		if (int code = std::exchange(refusal_, 0))
			return -code;
		f->out.delegated = ask->queue;
		forget(*f);
		changed();
		return 0;
	}
	if (request == KHTTP_IOC_PURGE) {
		auto *purge = static_cast<khttp_purge *>(argument);

		purge->purged = purge->flags & KHTTP_PURGE_TAG ? 4 : 3;
		return 0;
	}
	if (request == KHTTP_IOC_FRAGMENT_ADD || request == KHTTP_IOC_FRAGMENT_READ)
		return call_fragment(request, argument);
	bool reads = request == KHTTP_IOC_READ;
	auto *ask = static_cast<khttp_read *>(argument);
	auto *what = static_cast<khttp_commit *>(argument);
	bool wait = !((reads ? ask->flags : what->flags) & KHTTP_OP_NONBLOCK);
	long result;
	while ((result = reads ? read(*ask) : commit(what->id)) == -EAGAIN &&
	       wait)
		news_.wait(guard);
	return result;
}
