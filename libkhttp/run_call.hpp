/* SPDX-License-Identifier: MIT */
/* One KHTTP_IOC_RUN: the commits of a batch go in, events come out. */
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <linux/khttp.h>

#include "delivery.hpp"
#include "device.hpp"

namespace khttp::detail {

class run_call {
public:
	/* A result the kernel has not written; no errno and no byte count. */
	static constexpr __s64 unset = std::numeric_limits<__s64>::min();

	/* For so many SLOTS, and at most so many EVENTS of one call. */
	run_call(std::uint32_t slots, unsigned events);

	/* What is in BATCH is committed by the next go(); BATCH is empty then. */
	void take(std::vector<delivery *> &batch);
	/* FLAGS: KHTTP_RUN_*. How many events came, at most ROOM, or -errno. */
	long go(device &file, std::size_t room, std::uint32_t flags) noexcept;

	/* What was taken, and for each of it bytes, -errno or unset. */
	std::span<delivery *const> sent() const noexcept { return sent_; }
	std::span<__s64> results() noexcept { return {results_.data(), sent_.size()}; }
	/* Of the last go(). */
	std::span<const khttp_event> events() const noexcept { return {events_.data(), came_}; }

private:
	std::vector<delivery *> sent_;
	std::vector<khttp_commit> commits_;
	std::vector<__s64> results_;
	std::vector<khttp_event> events_;
	std::size_t came_ = 0;
};

/*
 * May RUN wait with what became of it, of these? It does not when a commit was not taken,
 * but it keeps the news of those that were until the first event. Somebody may wait
 * for that, or a file or much memory be held until then.
 */
bool result_can_wait(const delivery &d) noexcept;
bool results_can_wait(std::span<delivery *const> batch) noexcept;

} // namespace khttp::detail
