/* SPDX-License-Identifier: MIT */
#include <khttp/khttp_grant.h>

#include <fcntl.h>

#include "control_c.hpp"

using khttp::detail::done;
using khttp::detail::guarded;

namespace {

/* A copy, for the caller keeps its own */
khttp::grant borrowed(int fd)
{
	khttp::unique_fd copy{fcntl(fd, F_DUPFD_CLOEXEC, 0)};

	if (!copy)
		throw khttp::error(errno, "not a descriptor");
	return khttp::grant{std::move(copy)};
}

void check(std::error_code error)
{
	if (error)
		throw khttp::error(error, error.message());
}

} // namespace

int khttp_control_grant_queue(khttp_control *ctl, const char *queue, uint32_t workers,
			      uint32_t *id)
{
	return guarded([&] {
		khttp::grant made = ctl->control.grant_queue(queue, workers);

		if (id)
			*id = made.id();
		return fcntl(made.fd(), F_DUPFD_CLOEXEC, 0);
	});
}

int khttp_control_each_grant(khttp_control *ctl, int (*each)(const khttp_grant_info *, void *),
			     void *arg)
{
	return guarded([&] {
		for (const khttp::grant_info &g : ctl->control.grants()) {
			const khttp_grant_info shown{
				g.queue.c_str(), g.command.c_str(), g.id,
				g.pid,		 g.uid,		    g.max_workers,
				g.workers,	 g.attached,	    g.since,
				g.revoked};

			if (int stop = each(&shown, arg))
				return stop;
		}
		return 0;
	});
}

int khttp_control_revoke_grant(khttp_control *ctl, const char *queue, uint32_t id, int detach)
{
	return guarded([&] {
		khttp::grants_revoked done =
			id ? ctl->control.revoke_grant(queue, id, detach)
			   : ctl->control.revoke_grants(queue, detach);

		return static_cast<int>(done.grants);
	});
}

int khttp_control_set_delegates(khttp_control *ctl, const char *queue, const char *names)
{
	return done([&] {
		khttp::queue_settings settings;

		settings.delegates = names;
		ctl->control.set_queue(queue, settings);
	});
}

int khttp_grant_pass(int grant, int connection)
{
	return done([&] { check(borrowed(grant).pass(connection)); });
}

int khttp_grant_receive(const char *path)
{
	return guarded([&] {
		return fcntl(khttp::grant::receive(path).fd(), F_DUPFD_CLOEXEC, 0);
	});
}

int khttp_grant_state(int grant)
{
	return done([&] { check(borrowed(grant).state()); });
}
