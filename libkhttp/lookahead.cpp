/* SPDX-License-Identifier: MIT */
#include "lookahead.hpp"

#include <algorithm>

#include <time.h>

namespace khttp::detail {

namespace {

/* What was taken up ahead waits no longer than about this. */
constexpr lookahead::duration longest = std::chrono::milliseconds{4};

lookahead::duration length_of(const timespec &time)
{
	return std::chrono::seconds{time.tv_sec} +
	       std::chrono::nanoseconds{time.tv_nsec};
}

} // namespace

lookahead::lookahead(unsigned most, duration tick) noexcept
	: most_{most}, tick_{tick}
{
}

/*
 * Under load a turn costs one reading. Who waited in between seems slow for that turn,
 * which is no loss: he takes up one request, and then as many as before.
 */
void lookahead::end(std::size_t count, duration now) noexcept
{
	duration between = now - begun_;

	begun_ = now;
	anew_ = between >= tick_;
	handled(count, between);
}

/*
 * Two readings that are N ticks apart may be little more than N - 1 ticks apart:
 * a tick that fell on a short handler says nothing.
 */
void lookahead::handled(std::size_t count, duration between) noexcept
{
	if (between < tick_)
		room_ = std::min(most_, room_ * 2);
	if (between < 2 * tick_)
		return;
	auto fit = static_cast<std::size_t>(longest * count / (between - tick_));
	room_ = static_cast<unsigned>(std::clamp<std::size_t>(fit, 1, room_));
}

lookahead::duration coarse_now() noexcept
{
	timespec time{};

	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	return length_of(time);
}

lookahead::duration coarse_tick() noexcept
{
	timespec time{};

	clock_getres(CLOCK_MONOTONIC_COARSE, &time);
	return length_of(time);
}

} // namespace khttp::detail
