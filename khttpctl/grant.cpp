/* SPDX-License-Identifier: MIT */
/* khttpctl queue grant|grants|revoke */
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>
#include <khttp/error.hpp>
#include <linux/khttp.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "command.hpp"
#include "failures.hpp"
#include "json.hpp"
#include "people.hpp"
#include "run/journal.hpp"
#include "shown.hpp"
#include "text.hpp"
#include "units.hpp"

namespace khttpctl {

namespace {

using supervision::journal;
using supervision::notify;
using supervision::weight;

/* A socket that somebody serves is not taken from him; one that is left over is */
constexpr int backlog = 128;

struct wishes {
	std::string queue;
	std::string socket;
	mode_t mode = 0660;
	owner socket_owner;
	std::uint32_t workers = 0;
};

[[noreturn]] void cannot(const std::string &what, int error)
{
	throw khttp::error(error, fmt::format("cannot {}: {}", what, std::strerror(error)));
}

std::uint32_t number_of(const char *option, const std::string &text, std::uint64_t max)
{
	std::optional<std::uint64_t> number = parse_number(text);

	if (!number || !*number || *number > max)
		throw usage_error(fmt::format("{} {}: write a number from 1 to {}", option,
					      printable(text), max));
	return static_cast<std::uint32_t>(*number);
}

mode_t mode_of(const std::string &text)
{
	std::size_t end = 0;
	unsigned long mode = 01000;

	if (text.find_first_not_of("01234567") == std::string::npos && text.size() <= 5)
		mode = std::stoul(text, &end, 8);
	if (mode > 0777)
		throw usage_error(fmt::format("--mode {}: write permission bits in octal, "
					      "0 to 0777",
					      printable(text)));
	return static_cast<mode_t>(mode);
}

wishes wishes_of(const arguments &args)
{
	wishes wanted;

	wanted.queue = args.only("name of the queue");
	auto socket = args.value("socket");
	if (!socket)
		throw usage_error("say where with --socket PATH");
	wanted.socket = *socket;
	if (wanted.socket.size() >= sizeof(sockaddr_un::sun_path))
		throw usage_error(fmt::format("the path of a socket has at most {} bytes",
					      sizeof(sockaddr_un::sun_path) - 1));
	if (auto mode = args.value("mode"))
		wanted.mode = mode_of(*mode);
	if (auto text = args.value("owner"))
		wanted.socket_owner = parse_owner(*text);
	if (auto workers = args.value("workers"))
		wanted.workers = number_of("--workers", *workers, KHTTP_GRANT_WORKERS_MAX);
	return wanted;
}

khttp::unique_fd make_socket()
{
	khttp::unique_fd fd{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};

	if (!fd)
		cannot("make a socket", errno);
	return fd;
}

/* The socket in the file system, for as long as this lives */
class listening {
public:
	explicit listening(const wishes &wanted) : path_(wanted.socket), fd_(make_socket())
	{
		to_.sun_family = AF_UNIX;
		path_.copy(to_.sun_path, sizeof(to_.sun_path) - 1);
		clear_away();
		/* Nobody who may not shall get in before the owner is right */
		mode_t before = umask(0777);
		int failed = bind(fd_.get(), address(), sizeof(to_)) < 0 ? errno : 0;
		umask(before);
		if (failed)
			cannot("make " + path_, failed);
		bound_ = true;
		if (lchown(path_.c_str(), wanted.socket_owner.uid.value_or(static_cast<uid_t>(-1)),
			   wanted.socket_owner.gid.value_or(static_cast<gid_t>(-1))) < 0 ||
		    chmod(path_.c_str(), wanted.mode) < 0 || listen(fd_.get(), backlog) < 0)
			cannot("set up " + path_, errno);
	}
	listening(const listening &) = delete;
	listening &operator=(const listening &) = delete;
	~listening()
	{
		if (bound_)
			unlink(path_.c_str());
	}

	[[nodiscard]] int fd() const { return fd_.get(); }

private:
	[[nodiscard]] const sockaddr *address() const
	{
		return reinterpret_cast<const sockaddr *>(&to_);
	}

	void clear_away()
	{
		struct stat there {};

		if (lstat(path_.c_str(), &there) < 0)
			return;
		if (!S_ISSOCK(there.st_mode))
			cannot("make " + path_, EEXIST);
		khttp::unique_fd probe = make_socket();
		if (connect(probe.get(), address(), sizeof(to_)) == 0 || errno != ECONNREFUSED)
			throw khttp::error(EADDRINUSE,
					   fmt::format("somebody serves {} already", path_));
		unlink(path_.c_str());
	}

	std::string path_;
	khttp::unique_fd fd_;
	sockaddr_un to_{};
	bool bound_ = false;
};

khttp::unique_fd watch_signals()
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, nullptr);
	khttp::unique_fd fd{signalfd(-1, &set, SFD_CLOEXEC)};
	if (!fd)
		cannot("wait for signals", errno);
	return fd;
}

/* Whoever may connect may have it: the socket's owner and mode have decided */
void pass_on(const khttp::grant &made, const listening &at, journal &log)
{
	khttp::unique_fd connection{
		accept4(at.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};

	if (!connection) {
		if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
			cannot("take a connection", errno);
		return;
	}
	if (std::error_code failed = made.pass(connection.get()))
		log.say(weight::problem, fmt::format("not passed on: {}", failed.message()));
}

/* Until a signal comes or the grant is revoked; throws when its queue has gone */
void serve(const khttp::grant &made, const listening &at, int signals, journal &log)
{
	std::array<pollfd, 3> set{{{signals, POLLIN, 0}, {made.fd(), 0, 0}, {at.fd(), POLLIN, 0}}};

	for (;;) {
		if (poll(set.data(), set.size(), -1) < 0)
			continue;
		if (set[0].revents)
			return;
		if (set[1].revents) {
			std::error_code why = made.state();

			if (why.value() != EKEYREVOKED)
				throw khttp::error(why, "its queue is gone");
			log.say(weight::notice, "was revoked");
			return;
		}
		if (set[2].revents)
			pass_on(made, at, log);
	}
}

std::string state_text(const khttp::grant_info &grant)
{
	return grant.revoked ? "revoked" : "valid";
}

std::vector<khttp::grant_info> grants_of(context &ctx, const std::string &name)
{
	std::vector<khttp::grant_info> grants;

	/* Whether the queue is there; then whose they are */
	on_queue(ctx, name, [&] { (void)ctx.control().find_queue(name); });
	grants = ctx.control().grants();
	std::erase_if(grants, [&](const auto &grant) { return grant.queue != name; });
	return grants;
}

} // namespace

int queue_grant(context &ctx, const arguments &args)
{
	const wishes wanted = wishes_of(args);
	std::optional<khttp::grant> made;
	journal log(ctx.err, wanted.queue);

	on_queue(ctx, wanted.queue,
		 [&] { made = ctx.control().grant_queue(wanted.queue, wanted.workers); });
	/* Its socket would keep a namespace that ends */
	ctx.session.reset();
	khttp::unique_fd signals = watch_signals();
	const listening at(wanted);

	if (ctx.json) {
		print_json(ctx.out, json{{"queue", wanted.queue},
					 {"id", made->id()},
					 {"socket", wanted.socket},
					 {"max_workers", made->workers()}});
		ctx.out.flush();
	}
	log.say(weight::notice, fmt::format("grant {}: up to {} workers by {}", made->id(),
					    made->workers(), wanted.socket));
	notify("READY=1");
	serve(*made, at, signals.get(), log);
	notify("STOPPING=1");
	return 0;
}

int queue_grants(context &ctx, const arguments &args)
{
	const std::vector<khttp::grant_info> grants =
		grants_of(ctx, args.only("name of the queue"));
	table t({{"GRANT", align::right}, {"STATE"}, {"WORKERS", align::right},
		 {"ATTACHED", align::right}, {"PID", align::right}, {"USER"}, {"COMMAND"},
		 {"SINCE"}});

	if (ctx.json) {
		print_json(ctx.out, json_list(grants));
		return 0;
	}
	for (const khttp::grant_info &grant : grants)
		t.add({fmt::format("{}", grant.id),
		       {state_text(grant), grant.revoked ? tint::warn : tint::good},
		       fmt::format("{}/{}", grant.workers, grant.max_workers),
		       fmt::format("{}", grant.attached), pid_text(grant.pid),
		       user_name(grant.uid), printable(grant.command), since_text(grant.since)});
	t.print(ctx.out, ctx.colour);
	return 0;
}

int queue_revoke(context &ctx, const arguments &args)
{
	const bool all = args.has("all");
	const std::size_t words = all ? 1 : 2;
	khttp::grants_revoked done;

	if (args.words.empty())
		throw usage_error("the name of the queue is missing");
	if (args.words.size() < words)
		throw usage_error("which one? Say its number, or --all");
	if (args.words.size() > words)
		throw usage_error(fmt::format("'{}' is one word too many",
					      printable(args.words[words])));
	const std::string &name = args.words[0];
	on_queue(ctx, name, [&] {
		if (all)
			done = ctx.control().revoke_grants(name, args.has("detach"));
		else
			done = ctx.control().revoke_grant(
				name, number_of("grant", args.words[1], UINT32_MAX),
				args.has("detach"));
	});
	if (ctx.json)
		print_json(ctx.out,
			   json{{"grants", done.grants}, {"detached", done.workers}});
	return 0;
}

} // namespace khttpctl
