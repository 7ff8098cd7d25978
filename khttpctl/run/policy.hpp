/* SPDX-License-Identifier: MIT */
/*
 * What a supervisor does next: start a worker, let one go, replace one, give one
 * up, or give up the application. It knows no process, no clock and no kernel: it
 * is shown what there is, and when, and says what to do.
 *
 *   phase      begun by               ends by
 *   starting   action start           attached and mapped: serving
 *   serving    seen so                drain or kill
 *   draining   action drain, or who   its exit; terminate when it holds nothing
 *              else drained it        and stays, kill at the stop limit
 *   killed     action kill            its exit
 *
 * A serving worker that is to be replaced is worn: it does not count for the
 * target any more, so that another one is started, and it is drained when that
 * one serves.
 */
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace khttpctl::supervision {

using msec = std::chrono::milliseconds;

/* What is 0 is off, but for the numbers of workers */
struct rules {
	unsigned min = 1;
	unsigned max = 1;
	bool on_demand = false;		/* none before a request waits */
	unsigned depth = 10;		/* waiting requests that want one more */
	msec idle{0};			/* after which one above min goes */
	msec backoff{200};		/* before the second start in a row */
	msec backoff_max{30'000};	/* it doubles up to that */
	unsigned failures = 5;		/* so many ... */
	msec within{300'000};		/* ... in that time: offline */
	msec start_limit{90'000};
	msec stop_limit{90'000};
	msec hang{0};			/* owes an answer and does nothing */
	msec recycle_time{0};
	std::uint64_t recycle_requests = 0;
	std::uint64_t recycle_memory = 0; /* bytes */
};

enum class phase { starting, serving, draining, killed };
enum class queue_condition { active, paused, offline };

/* One attached file of a process: a thread, mostly */
struct thread_sight {
	std::uint32_t id = 0;
	bool serving = false;
	unsigned in_hand = 0;
	unsigned owed = 0;
	std::uint64_t fetched = 0;
	std::uint64_t progress = 0; /* another number: it did something */
};

struct worker_sight {
	unsigned id = 0;
	bool exited = false;
	bool failed = false; /* by a signal, or with a status */
	std::string how;     /* it ended */
	bool stopped = false; /* comes for nothing, whatever it is called for */
	std::uint64_t memory = 0;
	std::vector<thread_sight> threads;
};

struct sight {
	msec now{0};
	queue_condition queue = queue_condition::active;
	unsigned waiting = 0;
	std::vector<worker_sight> workers;
};

enum class deed { start, drain, terminate, kill, offline };

struct action {
	deed what;
	unsigned id; /* of the worker; 0 for offline */
	std::string why;
};

struct member {
	supervision::phase phase = phase::starting;
	msec since{0};	 /* in this phase */
	msec started{0};
	bool adopted = false;
	bool worn = false;
	bool asked = false; /* to terminate */
	bool left = false;  /* its queue, and nobody had asked it to */
	unsigned in_hand = 0;
	std::uint64_t fetched = 0;
	msec busy{0}; /* when it last was */
	std::string why;
	struct mark {
		std::uint64_t progress;
		bool owes;
		msec at; /* since when both are so */
	};
	std::map<std::uint32_t, mark> threads;
};

struct totals {
	std::uint64_t started = 0;
	std::uint64_t failed = 0;
	std::uint64_t hung = 0;
	std::uint64_t recycled = 0;
};

class policy {
public:
	explicit policy(const rules &wanted);

	/* One that was there before the supervisor; it will be replaced */
	[[nodiscard]] unsigned adopt(msec now);
	void recycle_all();
	/* Everybody finishes and goes; once more: goes */
	void stop();

	[[nodiscard]] std::vector<action> step(const sight &now);

	[[nodiscard]] bool finished() const { return stopping_ && members_.empty(); }
	/* All that shall be there serve */
	[[nodiscard]] bool ready() const;
	/* How long it need not look, if nothing happens */
	[[nodiscard]] msec patience() const;
	[[nodiscard]] std::string_view state() const;
	[[nodiscard]] unsigned target() const { return target_; }
	[[nodiscard]] std::size_t recent_failures() const { return failures_.size(); }
	[[nodiscard]] const std::string &last_failure() const { return last_failure_; }
	[[nodiscard]] const totals &sums() const { return totals_; }
	[[nodiscard]] const std::map<unsigned, member> &members() const { return members_; }
	[[nodiscard]] const supervision::rules &rules() const { return rules_; }

private:
	void look_at(const worker_sight &seen);
	void look_at_threads(unsigned id, member &m, const worker_sight &seen);
	void look_for_end(unsigned id, member &m, const worker_sight &seen);
	void bury(unsigned id, const worker_sight &seen);
	void wear(member &m, const worker_sight &seen);
	void look_at_queue(queue_condition queue);
	void choose_target(unsigned waiting);
	void shrink();
	void start_missing();
	void release_surplus();
	void fail(const std::string &how);
	void act(deed what, unsigned id, const std::string &why);
	void drain(unsigned id, member &m, const std::string &why);
	void kill(unsigned id, member &m, const std::string &why);
	[[nodiscard]] bool worn_out(const member &m) const;
	[[nodiscard]] unsigned count(phase wanted) const;
	[[nodiscard]] unsigned fresh() const;
	[[nodiscard]] bool idle(const member &m) const;

	const supervision::rules rules_;
	std::map<unsigned, member> members_;
	std::vector<action> actions_;
	msec now_{0};
	unsigned last_id_ = 0;
	unsigned target_ = 0;
	bool stopping_ = false;
	bool hurried_ = false;
	bool offline_ = false;	    /* we took it out of service, or found it so */
	bool offline_seen_ = false; /* and it was, so that active means resumed */
	unsigned streak_ = 0;	    /* failures in a row */
	msec last_fail_{0};
	msec not_before_{0};
	std::deque<msec> failures_;
	std::string last_failure_;
	totals totals_;
};

[[nodiscard]] std::string_view to_string(phase value);

} // namespace khttpctl::supervision
