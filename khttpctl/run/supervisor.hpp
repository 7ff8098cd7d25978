/* SPDX-License-Identifier: MIT */
/*
 * khttpctl run: shows the policy what there is, and does what it says.
 *
 * What it knows of its workers it asks the kernel each time, so that nothing can
 * be missed: events, ends of processes and signals only say when to look.
 */
#pragma once

#include <map>
#include <optional>

#include <khttp/control.hpp>

#include "cgroup.hpp"
#include "journal.hpp"
#include "options.hpp"
#include "policy.hpp"
#include "process.hpp"
#include "state.hpp"

namespace khttpctl::supervision {

class supervisor {
public:
	supervisor(context &ctx, const wishes &wanted);

	/* Until it was told to stop and all workers are gone */
	void run();

private:
	struct worker {
		cgroup group; /* goes after the process */
		std::optional<supervision::process> process;
		bool exited = false;
		ending end;
		std::vector<std::uint32_t> threads; /* as last seen */
	};

	void adopt();
	void look();
	[[nodiscard]] sight see();
	[[nodiscard]] worker_sight see_worker(unsigned id, worker &w,
					      const std::vector<khttp::worker_info> &attached);
	void obey(const action &a);
	void start(unsigned id);
	void drain(const worker &w);
	void told(const action &a);
	void take_signals();
	[[nodiscard]] bool take_events();
	/* Until there is something to look at, or it is time to */
	void wait();

	const wishes wishes_;
	khttp::control &control_;
	journal journal_;
	seat seat_;
	std::optional<cgroup_parent> cgroups_;
	khttp::unique_fd signals_;
	khttp::event_stream events_;
	policy policy_;
	std::map<unsigned, worker> workers_;
	bool ready_told_ = false;
};

} // namespace khttpctl::supervision
