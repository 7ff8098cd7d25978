/* SPDX-License-Identifier: MIT */
#include "state.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <khttp/error.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "../text.hpp"
#include "process.hpp"

namespace khttpctl::supervision {

namespace {

constexpr const char *system_folder = "/run/khttp";
constexpr std::size_t state_bytes = 1 << 20; /* far above what a supervisor tells */

/* Where a user who is not root may write, known to whoever looks for it */
std::string folder_of_user(uid_t uid)
{
	std::string runtime = fmt::format("/run/user/{}", uid);
	struct stat found {};

	if (!uid)
		return system_folder;
	if (stat(runtime.c_str(), &found) == 0 && found.st_uid == uid)
		return runtime + "/khttp";
	return fmt::format("/tmp/khttp-{}", uid);
}

bool belongs_to(const std::string &folder, uid_t uid)
{
	struct stat found {};

	return lstat(folder.c_str(), &found) == 0 && S_ISDIR(found.st_mode) &&
	       found.st_uid == uid;
}

/* The namespace is known by its inode, as in /proc/PID/ns/net */
std::string folder_of(const std::string &folder, const std::string &netns)
{
	std::string path = netns_path(netns);
	struct stat found {};

	if (stat(path.c_str(), &found) < 0)
		throw khttp::error(errno,
				   fmt::format("cannot look at the network namespace {}: {}", path,
					       std::strerror(errno)));
	return fmt::format("{}/{}", folder, found.st_ino);
}

/* No more than the bound: what is longer than that is cut off */
std::string read_all(int fd)
{
	std::string text;
	char piece[4096];

	while (text.size() < state_bytes) {
		ssize_t got = pread(fd, piece, sizeof(piece), static_cast<off_t>(text.size()));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		text.append(piece, static_cast<std::size_t>(got));
	}
	return text;
}

/* Root looks into folders of others: what lies there must not hold it up, nor lead it
 * elsewhere.
 */
khttp::unique_fd open_of(const std::string &path, uid_t owner)
{
	khttp::unique_fd fd{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
	struct stat found {};

	if (fd && (fstat(fd.get(), &found) < 0 || !S_ISREG(found.st_mode) ||
		   found.st_uid != owner))
		fd.reset();
	return fd;
}

[[noreturn]] void cannot_use(const std::string &path)
{
	throw khttp::error(errno, fmt::format("cannot use {}: {}; does it belong to another user?",
					      path, std::strerror(errno)));
}

/* The whole file's, and its descriptor's alone. Who only asks takes nothing: else a
 * supervisor that starts meanwhile would find its seat taken.
 */
struct flock whole(short type)
{
	struct flock lock {};

	lock.l_type = type;
	lock.l_whence = SEEK_SET;
	return lock;
}

bool take(int fd)
{
	struct flock wanted = whole(F_WRLCK);

	return fcntl(fd, F_OFD_SETLK, &wanted) == 0;
}

bool taken(int fd)
{
	struct flock found = whole(F_RDLCK);

	return fcntl(fd, F_OFD_GETLK, &found) == 0 && found.l_type != F_UNLCK;
}

/* In /tmp somebody may have been there before us */
void take_folder(const std::string &path)
{
	if (mkdir(path.c_str(), 0755) < 0 && errno != EEXIST)
		cannot_use(path);
	if (!belongs_to(path, geteuid())) {
		errno = EPERM;
		cannot_use(path);
	}
}

} // namespace

seat::seat(const std::string &netns, const std::string &queue)
{
	std::string folder = folder_of_user(geteuid()), place = folder_of(folder, netns);

	for (const std::string &path : {folder, place})
		take_folder(path);
	path_ = place + "/" + queue;
	std::string name = path_ + ".lock";
	lock_.reset(open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
	if (!lock_)
		cannot_use(name);
	if (!take(lock_.get())) {
		std::string holder = read_all(lock_.get());

		throw khttp::error(EBUSY,
				   fmt::format("queue '{}' has a supervisor already, process {}: "
					       "end that one, or have it replace its workers "
					       "by SIGHUP",
					       queue, printable(holder)));
	}
	std::string pid = fmt::format("{}", getpid());
	if (ftruncate(lock_.get(), 0) < 0 ||
	    pwrite(lock_.get(), pid.data(), pid.size(), 0) < 0)
		cannot_use(name);
}

/* The lock's file stays: who unlinks it might take another one's place away */
seat::~seat()
{
	unlink((path_ + ".json").c_str());
}

bool seat::publish(const json &state)
{
	std::string text = state.dump(), name = path_ + ".json", fresh = name + ".new";

	if (text == last_)
		return false;
	last_ = text;
	{
		std::ofstream file(fresh, std::ios::trunc);

		file << text << '\n';
	}
	if (std::rename(fresh.c_str(), name.c_str()) < 0)
		cannot_use(name);
	return true;
}

namespace {

using kind = json::value_t;

/* What json_of() below makes of a policy */
constexpr std::pair<const char *, kind> state_members[] = {
	{"pid", kind::number_unsigned},
	{"state", kind::string},
	{"target", kind::number_unsigned},
	{"min", kind::number_unsigned},
	{"max", kind::number_unsigned},
	{"on_demand", kind::boolean},
	{"started", kind::number_unsigned},
	{"failed", kind::number_unsigned},
	{"recent_failures", kind::number_unsigned},
	{"hung", kind::number_unsigned},
	{"recycled", kind::number_unsigned},
	{"last_failure", kind::string},
	{"workers", kind::array},
};

bool is_flat(const json &object)
{
	return object.is_object() && std::ranges::all_of(object, &json::is_primitive);
}

/* The text is a user's, who may have written anything; the rest of it is left out */
std::optional<json> read_state(const std::string &text)
{
	const json told = json::parse(text, nullptr, false);
	json state = json::object();

	if (!told.is_object())
		return std::nullopt;
	for (const auto &[name, type] : state_members) {
		auto member = told.find(name);

		if (member == told.end())
			continue;
		if (member->type() != type)
			return std::nullopt;
		if (type == kind::array && !std::ranges::all_of(*member, is_flat))
			return std::nullopt;
		state[name] = *member;
	}
	return state;
}

std::optional<json> supervisor_in(const std::string &folder, const std::string &netns,
				  const std::string &queue, uid_t owner)
{
	std::string path = folder_of(folder, netns) + "/" + queue;
	khttp::unique_fd lock = open_of(path + ".lock", owner);

	if (!lock || !taken(lock.get()))
		return std::nullopt;
	khttp::unique_fd file = open_of(path + ".json", owner);
	return file ? read_state(read_all(file.get())) : std::nullopt;
}

} // namespace

std::optional<json> supervisor_of(const std::string &netns, const std::string &queue, uid_t owner)
{
	std::string folder = folder_of_user(owner);

	if (auto state = supervisor_in(system_folder, netns, queue, 0))
		return state;
	if (owner && belongs_to(folder, owner))
		return supervisor_in(folder, netns, queue, owner);
	return std::nullopt;
}

std::string supervisor_text(const json &state)
{
	auto number = [&](const char *name) { return state.value(name, std::uint64_t{0}); };
	std::string text = fmt::format(
		"process {}, {}: {} of {} to {} workers; started {}, failed {}, recycled {}",
		number("pid"), printable(state.value("state", "")), number("target"),
		number("min"), number("max"), number("started"), number("failed"),
		number("recycled"));

	if (number("failed"))
		text += fmt::format("; last failure: {}",
				    printable(state.value("last_failure", "")));
	return text;
}

json json_of(const policy &p)
{
	json workers = json::array();
	const totals &sums = p.sums();

	for (const auto &[id, m] : p.members())
		workers.push_back({{"id", id},
				   {"phase", to_string(m.phase)},
				   {"replaced", m.worn},
				   {"adopted", m.adopted},
				   {"why", m.why}});
	return {{"pid", getpid()},
		{"state", p.state()},
		{"target", p.target()},
		{"min", p.rules().min},
		{"max", p.rules().max},
		{"on_demand", p.rules().on_demand},
		{"started", sums.started},
		{"failed", sums.failed},
		{"recent_failures", p.recent_failures()},
		{"hung", sums.hung},
		{"recycled", sums.recycled},
		{"last_failure", p.last_failure()},
		{"workers", workers}};
}

} // namespace khttpctl::supervision
