/* SPDX-License-Identifier: MIT */
#include "run_call.hpp"

#include <algorithm>

namespace khttp::detail {

run_call::run_call(std::uint32_t slots, unsigned events)
	: commits_(slots), results_(slots),
	  events_(std::clamp(events, 1U, unsigned{KHTTP_RUN_MAX}))
{
	sent_.reserve(slots);
}

void run_call::take(std::vector<delivery *> &batch)
{
	sent_.clear();
	sent_.swap(batch);
	/* One for each slot is there; answers that come too late add to them. */
	if (sent_.size() > commits_.size()) {
		commits_.resize(sent_.size());
		results_.resize(sent_.size());
	}
	for (std::size_t i = 0; i < sent_.size(); i++) {
		commits_[i] = {.id = sent_[i]->id,
			       .flags = KHTTP_OP_NONBLOCK,
			       .reserved = 0};
		results_[i] = unset;
	}
}

long run_call::go(device &file, std::size_t room, std::uint32_t flags) noexcept
{
	std::size_t most = std::min(room, events_.size());
	khttp_run ask{
		.commits = reinterpret_cast<std::uintptr_t>(commits_.data()),
		.results = reinterpret_cast<std::uintptr_t>(results_.data()),
		.events = reinterpret_cast<std::uintptr_t>(events_.data()),
		.n_commits = static_cast<__u32>(sent_.size()),
		.n_events = static_cast<__u32>(most),
		.flags = flags,
		.reserved = 0,
	};
	long count = file.run(ask);

	came_ = std::min<std::size_t>(std::max(count, 0L), most);
	return count < 0 ? count : static_cast<long>(came_);
}

bool result_can_wait(const delivery &d) noexcept
{
	return !d.sender && !d.holds_body();
}

bool results_can_wait(std::span<delivery *const> batch) noexcept
{
	return std::ranges::all_of(batch,
				   [](const delivery *d) { return result_can_wait(*d); });
}

} // namespace khttp::detail
