/* SPDX-License-Identifier: MIT */
/* What the processes of one worker may take together: a cgroup of version 2 each. */
#pragma once

#include <cstdint>
#include <string>

#include <khttp/fd.hpp>

namespace khttpctl::supervision {

/* 0: no limit */
struct cgroup_limits {
	std::uint64_t memory = 0;  /* bytes */
	std::uint64_t percent = 0; /* of one CPU */
	std::uint64_t tasks = 0;   /* processes and threads */

	[[nodiscard]] bool any() const { return memory || percent || tasks; }
};

/* A worker's; removed with this, when nobody is in it any more */
class cgroup {
public:
	cgroup() = default;
	cgroup(const std::string &path, const cgroup_limits &limits);
	cgroup(cgroup &&other) noexcept;
	cgroup &operator=(cgroup &&other) noexcept;
	~cgroup();

	/* Of its cgroup.procs, or -1: there are no limits */
	[[nodiscard]] int fd() const { return procs_.get(); }

private:
	std::string path_;
	khttp::unique_fd procs_;
};

/* Where they are made: in our own, which we leave for a group beside them */
class cgroup_parent {
public:
	/* Throws khttp::error, which says what has to be delegated to us */
	cgroup_parent(const cgroup_limits &limits, const std::string &queue);
	cgroup_parent(const cgroup_parent &) = delete;
	cgroup_parent &operator=(const cgroup_parent &) = delete;
	~cgroup_parent();

	[[nodiscard]] cgroup make(unsigned id) const;

private:
	cgroup_limits limits_;
	std::string base_;
	std::string prefix_;
	bool root_ = false;
};

} // namespace khttpctl::supervision
