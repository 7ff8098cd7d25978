/* SPDX-License-Identifier: MIT */
#include "cgroup.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <khttp/error.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace khttpctl::supervision {

namespace {

constexpr const char *mount_point = "/sys/fs/cgroup";
/* A group that has members cannot have groups with limits in it */
constexpr const char *beside = "/supervisor";
constexpr std::uint64_t period_us = 100'000;

[[noreturn]] void refuse(const std::string &what)
{
	throw khttp::error(errno, fmt::format("cannot limit workers: {}: {}; a cgroup of version 2 "
					      "has to be delegated (Delegate=yes)",
					      what, std::strerror(errno)));
}

void put(const std::string &path, const std::string &text)
{
	khttp::unique_fd fd{open(path.c_str(), O_WRONLY | O_CLOEXEC)};

	if (!fd || write(fd.get(), text.data(), text.size()) < 0)
		refuse(path);
}

void make_folder(const std::string &path)
{
	if (mkdir(path.c_str(), 0755) < 0 && errno != EEXIST)
		refuse(path);
}

/* The path of the one hierarchy that version 2 has */
std::string own_path()
{
	std::ifstream file("/proc/self/cgroup");
	std::string line;

	while (std::getline(file, line))
		if (line.starts_with("0::/"))
			return line.substr(3);
	errno = ENOENT;
	refuse("/proc/self/cgroup");
}

/*
 * Our own group may have limited ones in it, which nobody may be beside then: we go
 * into one of them. The root may have both.
 */
void open_up(const std::string &base, bool root, const std::string &controllers)
{
	if (!root) {
		make_folder(base + beside);
		put(base + beside + "/cgroup.procs", "0");
	}
	try {
		put(base + "/cgroup.subtree_control", controllers);
	} catch (const khttp::error &) {
		if (!root) {
			put(base + "/cgroup.procs", "0");
			rmdir((base + beside).c_str());
		}
		throw;
	}
}

} // namespace

cgroup::cgroup(const std::string &path, const cgroup_limits &limits) : path_(path)
{
	make_folder(path);
	if (limits.memory)
		put(path + "/memory.max", fmt::format("{}", limits.memory));
	if (limits.percent)
		put(path + "/cpu.max",
		    fmt::format("{} {}", limits.percent * period_us / 100, period_us));
	if (limits.tasks)
		put(path + "/pids.max", fmt::format("{}", limits.tasks));
	procs_.reset(open((path + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
	if (!procs_)
		refuse(path);
}

cgroup::cgroup(cgroup &&other) noexcept
	: path_(std::exchange(other.path_, {})), procs_(std::move(other.procs_))
{
}

cgroup &cgroup::operator=(cgroup &&other) noexcept
{
	std::swap(path_, other.path_);
	std::swap(procs_, other.procs_);
	return *this;
}

cgroup::~cgroup()
{
	if (!path_.empty())
		rmdir(path_.c_str());
}

cgroup_parent::cgroup_parent(const cgroup_limits &limits, const std::string &queue)
	: limits_(limits)
{
	std::string path = own_path();
	std::string controllers;

	if (path.ends_with(beside))
		path.erase(path.size() - std::strlen(beside));
	if (path == "/")
		path.clear();
	base_ = mount_point + path;
	root_ = path.empty();
	controllers += limits.memory ? "+memory " : "";
	controllers += limits.percent ? "+cpu " : "";
	controllers += limits.tasks ? "+pids " : "";
	open_up(base_, root_, controllers);
	prefix_ = fmt::format("{}/{}-{}-", base_, queue, getpid());
}

/* As it was found, if no group of a worker is left: others may start there again */
cgroup_parent::~cgroup_parent()
{
	if (root_)
		return;
	try {
		for (const char *controller : {"-memory", "-cpu", "-pids"})
			put(base_ + "/cgroup.subtree_control", controller);
		put(base_ + "/cgroup.procs", "0");
	} catch (const khttp::error &) {
		return;
	}
	rmdir((base_ + beside).c_str());
}

cgroup cgroup_parent::make(unsigned id) const
{
	return {fmt::format("{}{}", prefix_, id), limits_};
}

} // namespace khttpctl::supervision
