/* SPDX-License-Identifier: MIT */
#include "process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <khttp/error.hpp>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

/* glibc 2.36 does not say so itself */
extern "C" {
#include <sys/pidfd.h>
}

extern char **environ;

namespace khttpctl::supervision {

namespace {

/* What a child tells of the step that failed, through a pipe that exec closes */
struct complaint {
	int error;
	const char *step; /* a literal, which is at the same place in the parent */
};

std::vector<char *> pointers(const std::vector<std::string> &words)
{
	std::vector<char *> list;

	for (const std::string &word : words)
		list.push_back(const_cast<char *>(word.c_str()));
	list.push_back(nullptr);
	return list;
}

bool same_name(std::string_view a, std::string_view b)
{
	return a.substr(0, a.find('=')) == b.substr(0, b.find('='));
}

/* Ours, without what speaks of ourselves, and what is asked for over it */
std::vector<std::string> environment_of(const launch &how)
{
	std::vector<std::string> list;
	auto set = [&](const std::string &entry) {
		std::erase_if(list, [&](const auto &old) { return same_name(old, entry); });
		list.push_back(entry);
	};

	for (char **entry = environ; *entry; entry++)
		if (!same_name(*entry, "NOTIFY_SOCKET") && !same_name(*entry, "WATCHDOG_USEC") &&
		    !same_name(*entry, "WATCHDOG_PID"))
			list.emplace_back(*entry);
	for (const std::string &entry : how.environment)
		set(entry);
	return list;
}

/*
 * Between fork and exec: everything is prepared, and only system calls are made,
 * for another thread may have held any lock.
 */
struct child {
	const launch &how;
	int cgroup;
	khttp::unique_fd netns;
	khttp::unique_fd null;
	khttp::unique_fd report;
	std::vector<std::string> environment;
	std::vector<char *> arguments;
	std::vector<char *> variables;

	[[noreturn]] void fail(const char *step) const
	{
		const complaint told{errno, step};

		if (write(report.get(), &told, sizeof(told)) < 0)
			_exit(126);
		_exit(127);
	}

	void become() const
	{
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, nullptr);
		setsid();
		dup2(null.get(), STDIN_FILENO);
		if (cgroup >= 0 && write(cgroup, "0", 1) < 0)
			fail("cannot enter its cgroup");
		if (netns && setns(netns.get(), CLONE_NEWNET) < 0)
			fail("cannot enter the network namespace");
		if (how.gid && (setgroups(how.groups.size(), how.groups.data()) < 0 ||
				setresgid(*how.gid, *how.gid, *how.gid) < 0))
			fail("cannot take the group");
		if (how.uid && setresuid(*how.uid, *how.uid, *how.uid) < 0)
			fail("cannot take the user");
	}

	[[noreturn]] void run() const
	{
		become();
		execvpe(arguments[0], arguments.data(), variables.data());
		fail("cannot execute it");
	}
};

khttp::unique_fd open_or_throw(const std::string &path, int flags)
{
	khttp::unique_fd fd{open(path.c_str(), flags | O_CLOEXEC)};

	if (!fd)
		throw khttp::error(errno, fmt::format("cannot open {}: {}", path,
						      std::strerror(errno)));
	return fd;
}

[[noreturn]] void cannot_start(const std::string &what, int error, const char *step)
{
	throw khttp::error(error, fmt::format("cannot start '{}': {}: {}", what, step,
					      std::strerror(error)));
}

} // namespace

std::string netns_path(const std::string &netns)
{
	if (netns.empty())
		return "/proc/self/ns/net";
	return netns.find('/') == std::string::npos ? "/run/netns/" + netns : netns;
}

process::process(pid_t pid, khttp::unique_fd fd, bool ours)
	: pid_(pid), fd_(std::move(fd)), ours_(ours)
{
}

process process::start(const launch &how, int cgroup)
{
	std::array<int, 2> ends{};
	complaint told{};

	if (pipe2(ends.data(), O_CLOEXEC) < 0)
		cannot_start(how.command[0], errno, "cannot make a pipe");
	khttp::unique_fd reader{ends[0]};
	child c{how, cgroup, {}, open_or_throw("/dev/null", O_RDONLY), khttp::unique_fd{ends[1]},
		environment_of(how), pointers(how.command), {}};
	c.variables = pointers(c.environment);
	if (!how.netns.empty())
		c.netns = open_or_throw(netns_path(how.netns), O_RDONLY);
	pid_t made = fork();
	if (!made)
		c.run();
	if (made < 0)
		cannot_start(how.command[0], errno, "cannot fork");
	c.report.reset();
	khttp::unique_fd watch{pidfd_open(made, 0)};
	ssize_t n = read(reader.get(), &told, sizeof(told));
	if (!watch || n == sizeof(told)) {
		int error = watch ? told.error : errno;

		kill(made, SIGKILL);
		waitpid(made, nullptr, 0);
		cannot_start(how.command[0], error, watch ? told.step : "cannot watch it");
	}
	return {made, std::move(watch), true};
}

std::optional<process> process::adopt(pid_t there)
{
	khttp::unique_fd watch{pidfd_open(there, 0)};

	if (!watch)
		return std::nullopt;
	return process{there, std::move(watch), false};
}

bool process::has(pid_t other) const
{
	return other == pid_ || (ours_ && getsid(other) == pid_);
}

/* Its group is there at least until we take note of its end */
void process::signal(int number) const
{
	if (ours_)
		kill(-pid_, number);
	else
		pidfd_send_signal(fd_.get(), number, nullptr, 0);
}

std::optional<ending> process::ended() const
{
	pollfd look{fd_.get(), POLLIN, 0};
	siginfo_t info{};

	if (poll(&look, 1, 0) <= 0)
		return std::nullopt;
	if (!ours_)
		return ending{false, "ended"};
	/* While it is a zombie nobody else has its number */
	kill(-pid_, SIGTERM);
	if (waitid(P_PIDFD, static_cast<id_t>(fd_.get()), &info, WEXITED) < 0)
		return ending{true, "lost"};
	if (info.si_code == CLD_EXITED)
		return ending{info.si_status != 0, fmt::format("status {}", info.si_status)};
	return ending{true,
		      fmt::format("signal {} ({})", info.si_status, strsignal(info.si_status))};
}

bool process::stopped() const
{
	std::ifstream file(fmt::format("/proc/{}/stat", pid_));
	std::string line;

	std::getline(file, line);
	/* The name before it may hold anything */
	std::size_t at = line.rfind(") ");
	return at != std::string::npos && (line[at + 2] == 'T' || line[at + 2] == 't');
}

std::uint64_t process::memory() const
{
	std::ifstream file(fmt::format("/proc/{}/statm", pid_));
	std::uint64_t size = 0, resident = 0;

	file >> size >> resident;
	return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

} // namespace khttpctl::supervision
