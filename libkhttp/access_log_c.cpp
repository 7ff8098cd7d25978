/* SPDX-License-Identifier: MIT */
#include <khttp/khttp_log.h>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <linux/khttp.h>

#include "control_c.hpp"

using khttp::detail::guarded;

namespace {

khttp::log_outcome outcome_of(std::uint32_t only)
{
	switch (only) {
	case 0:
		return khttp::log_outcome::all;
	case KHTTP_LOG_ONLY_ERRORS:
		return khttp::log_outcome::errors;
	case KHTTP_LOG_ONLY_SUCCESS:
		return khttp::log_outcome::successes;
	default:
		throw khttp::error(EINVAL, "only: one of KHTTP_LOG_ONLY_*, or 0");
	}
}

} // namespace

int khttp_control_open_log(khttp_control *ctl, const khttp_log_wish *wish)
{
	return guarded([&] {
		const khttp::access_log log =
			ctl->control.open_log({.group = wish->group ? wish->group : "",
					       .outcome = outcome_of(wish->only),
					       .sample = wish->sample,
					       .texts = wish->texts,
					       .ring = wish->ring,
					       .queue = wish->queue ? wish->queue : ""});
		const int copy = fcntl(log.fd(), F_DUPFD_CLOEXEC, 0);

		if (copy < 0)
			throw khttp::error(errno, std::strerror(errno));
		return copy;
	});
}
