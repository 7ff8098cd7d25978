/* SPDX-License-Identifier: MIT */
/* A worker's process: started by us, or found. */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <khttp/fd.hpp>
#include <sys/types.h>

namespace khttpctl::supervision {

/* How workers are started */
struct launch {
	std::vector<std::string> command;
	std::vector<std::string> environment; /* NAME=VALUE, over our own */
	std::optional<uid_t> uid;
	std::optional<gid_t> gid;
	std::vector<gid_t> groups;
	std::string netns; /* as khttpctl --netns takes it */
};

struct ending {
	bool failed = false;
	std::string how; /* "status 1", "signal 9 (Killed)" */
};

/* The file that names a network namespace; empty: our own */
[[nodiscard]] std::string netns_path(const std::string &netns);

class process {
public:
	/*
	 * Starts the command in a session of its own, so that whatever it starts is
	 * known by that, and in the cgroup whose cgroup.procs @cgroup is, unless -1.
	 * Nothing ties it to us: it serves on when we are killed. Throws khttp::error
	 * when the command cannot be started.
	 */
	[[nodiscard]] static process start(const launch &how, int cgroup);
	/* Nothing when there is no such process any more */
	[[nodiscard]] static std::optional<process> adopt(pid_t there);

	[[nodiscard]] pid_t pid() const { return pid_; }
	/* Readable when it has ended */
	[[nodiscard]] int fd() const { return fd_.get(); }
	/* Itself, or started by it */
	[[nodiscard]] bool has(pid_t other) const;
	void signal(int number) const;
	/* What it started goes with it */
	[[nodiscard]] std::optional<ending> ended() const;
	/* By a signal or a debugger: a wake-up for a request ends in it */
	[[nodiscard]] bool stopped() const;
	/* Resident bytes */
	[[nodiscard]] std::uint64_t memory() const;

private:
	process(pid_t pid, khttp::unique_fd fd, bool ours);

	pid_t pid_;
	khttp::unique_fd fd_;
	bool ours_;
};

} // namespace khttpctl::supervision
