/* SPDX-License-Identifier: MIT */
#pragma once

namespace khttp::detail {

/*
 * While one lives, SIGTERM and SIGINT write to FD, an eventfd, instead of
 * ending the process; several servers may watch at once. What was set before
 * comes back when the last one goes.
 */
class signal_watch {
public:
	explicit signal_watch(int fd);
	~signal_watch();
	signal_watch(const signal_watch &) = delete;
	signal_watch &operator=(const signal_watch &) = delete;

private:
	unsigned place_;
};

} // namespace khttp::detail
