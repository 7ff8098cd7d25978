/* SPDX-License-Identifier: MIT */
#include <khttp/queue.hpp>

#include <algorithm>

#include <poll.h>

#include "engine.hpp"

namespace khttp {

namespace {

options for_queue(std::string_view name)
{
	options wanted;

	wanted.queue = name;
	return wanted;
}

} // namespace

queue::queue(std::string_view name) : queue{for_queue(name)} {}

queue::queue(const granted &by) : queue{options{.queue = {}, .grant = by.socket}} {}

queue::queue(const options &wanted) : engine_{detail::make_engine(wanted)} {}

queue::queue(queue &&) noexcept = default;

queue &queue::operator=(queue &&other) noexcept
{
	std::swap(engine_, other.engine_);
	return *this;
}

queue::~queue()
{
	if (!engine_)
		return;
	try {
		engine_->flush(); /* answers given and not committed yet */
	} catch (const std::system_error &) {
		/* The kernel gives those requests to another worker. */
	}
}

int queue::fd() const noexcept
{
	engine_->set_polled();
	return engine_->fd();
}

std::optional<exchange> queue::next()
{
	engine_->own();
	if (!engine_->has_next()) {
		engine_->pump(false);
		/* What that brought about must not wait for the next call:
		 * the caller may sleep now. */
		engine_->flush();
	}
	detail::delivery *d = engine_->next();
	if (!d)
		return {};
	return engine_->keep(*d);
}

std::optional<exchange> queue::wait()
{
	engine_->own();
	while (!engine_->has_next() && !finished()) {
		engine_->pump(true);
		/* As in next() */
		engine_->flush();
	}
	return next();
}

std::optional<exchange> queue::wait_for(std::chrono::milliseconds limit)
{
	using clock = std::chrono::steady_clock;

	clock::time_point end = clock::now() + limit;
	std::optional<exchange> got = next();
	while (!got && !finished()) {
		auto left = std::chrono::ceil<std::chrono::milliseconds>(
			end - clock::now());
		pollfd set{.fd = engine_->fd(), .events = POLLIN, .revents = 0};

		if (left.count() <= 0)
			break;
		poll(&set, 1, static_cast<int>(std::min<long>(left.count(),
							      60'000)));
		got = next();
	}
	return got;
}

void queue::commit()
{
	engine_->own();
	engine_->flush();
}

void queue::drain() noexcept
{
	engine_->drain();
}

bool queue::draining() const noexcept
{
	return engine_->draining();
}

bool queue::finished() const noexcept
{
	return engine_->finished();
}

std::size_t queue::in_hand() const noexcept
{
	return engine_->in_hand();
}

std::error_code queue::error() const noexcept
{
	return engine_->lost();
}

void queue::on_error(failure_handler function)
{
	engine_->on_failure(std::move(function));
}

namespace {

std::uint32_t flag_of(purge_mode how)
{
	return how == purge_mode::soft ? KHTTP_PURGE_SOFT : 0U;
}

std::error_code purge_by(detail::device &file, std::string_view text, std::uint32_t flags,
			 std::size_t &purged) noexcept
{
	khttp_purge ask{
		.url = reinterpret_cast<std::uintptr_t>(text.data()),
		.url_len = static_cast<__u32>(
			std::min<std::size_t>(text.size(), KHTTP_PREFIX_MAX)),
		.flags = flags,
		.purged = 0,
	};
	long result = file.call(KHTTP_IOC_PURGE, &ask);

	purged = result < 0 ? 0 : ask.purged;
	return result < 0 ? detail::code_of(result) : std::error_code{};
}

} // namespace

std::error_code queue::purge(std::string_view url, bool recursive, std::size_t &purged,
			     purge_mode how) noexcept
{
	return purge_by(engine_->file(), url,
			(recursive ? KHTTP_PURGE_RECURSIVE : 0U) | flag_of(how), purged);
}

std::error_code queue::purge_tag(std::string_view tag, std::size_t &purged,
				 purge_mode how) noexcept
{
	return purge_by(engine_->file(), tag, KHTTP_PURGE_TAG | flag_of(how), purged);
}

khttp::transport queue::transport() const noexcept
{
	return engine_->transport();
}

} // namespace khttp
