/* SPDX-License-Identifier: MIT */
/*
 * How many requests a serving thread takes up ahead of its handler: as many as it
 * handles in a few milliseconds. What it holds beyond that another thread, or
 * another process, could have answered meanwhile.
 */
#pragma once

#include <chrono>
#include <cstddef>

namespace khttp::detail {

class lookahead {
public:
	using duration = std::chrono::nanoseconds;

	/* MOST: never more; TICK: what the times are multiples of. */
	lookahead(unsigned most, duration tick) noexcept;

	unsigned room() const noexcept { return room_; }
	/* A turn begins. True: with a reading of the clock; else the end of the last one,
	 * not a tick after its own beginning, stands for it. */
	bool begins_anew() const noexcept { return anew_; }
	void begin(duration now) noexcept { begun_ = now; }
	/* It is over, and COUNT requests were handled in it. */
	void end(std::size_t count, duration now) noexcept;

private:
	void handled(std::size_t count, duration between) noexcept;

	const unsigned most_;
	const duration tick_;
	duration begun_{};
	bool anew_ = true;
	/* The first one tells how long they take. */
	unsigned room_ = 1;
};

/* CLOCK_MONOTONIC_COARSE: some ten instructions, where an exact time may cost a
 * system call, and its resolution. */
lookahead::duration coarse_now() noexcept;
lookahead::duration coarse_tick() noexcept;

} // namespace khttp::detail
