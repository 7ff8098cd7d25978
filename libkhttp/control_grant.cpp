/* SPDX-License-Identifier: MIT */
/* The part of khttp::control that is about grants. */
#include <cerrno>
#include <cstring>

#include <linux/khttp.h>
#include <sys/ioctl.h>

#include <khttp/control.hpp>
#include <khttp/error.hpp>

#include "codec.hpp"
#include "control.hpp"

namespace khttp {

using detail::byte_vector;
using detail::byte_view;
using detail::message;

namespace {

[[noreturn]] void refused(int code, std::uint32_t workers)
{
	switch (code) {
	case ENOENT:
		throw error(ENOENT, "there is no such queue in this network namespace");
	case EPERM:
		throw error(EPERM, "only the queue's owner and CAP_NET_ADMIN may grant it; "
				   "'khttpctl queue set NAME owner USER' makes somebody its owner");
	case EINVAL:
		throw error(EINVAL, "a grant lets 1 to " +
					    std::to_string(KHTTP_GRANT_WORKERS_MAX) +
					    " workers attach, not " + std::to_string(workers));
	case ENOSPC:
		throw error(ENOSPC, "the queue has " + std::to_string(KHTTP_GRANTS_MAX) +
					    " grants; 'khttpctl queue grants' lists them");
	case ENOTTY:
		throw error(ENOTTY, "the khttp module knows no grants: install matching versions");
	default:
		throw error(code, std::string{"cannot grant the queue: "} + std::strerror(code));
	}
}

grants_revoked revoke(detail::netlink_session &session, message &request, bool detach)
{
	if (detach)
		request.put_flag(KHTTP_GRANT_A_DETACH);
	const byte_vector answer = session.call(request);
	const detail::attribute_table a(answer);
	return {a.u32(KHTTP_GRANT_A_COUNT), a.u32(KHTTP_GRANT_A_WORKERS)};
}

} // namespace

grant control::grant_queue(std::string_view queue, std::uint32_t workers)
{
	khttp_grant_new ask{};
	unique_fd made;

	if (queue.empty() || queue.size() >= sizeof(ask.queue))
		throw error(EINVAL, "a queue's name has 1 to " +
					    std::to_string(sizeof(ask.queue) - 1) + " characters");
	queue.copy(ask.queue, queue.size());
	ask.role = KHTTP_ROLE_WORKER;
	ask.workers = workers;
	unique_fd device = impl_->open_device();
	made.reset(ioctl(device.get(), KHTTP_IOC_GRANT, &ask));
	if (!made)
		refused(errno, workers);
	return grant{std::move(made), ask.id, ask.workers};
}

std::vector<grant_info> control::grants()
{
	message request = impl_->session.dump_request(KHTTP_CMD_GRANT_GET);
	std::vector<grant_info> found;

	/* They come and go with processes: exact they need not be */
	(void)impl_->session.dump(request, [&](byte_view attributes) {
		detail::from_uapi(attributes, found.emplace_back());
	});
	return found;
}

grants_revoked control::revoke_grant(std::string_view queue, std::uint32_t id, bool detach)
{
	message request = impl_->session.request(KHTTP_CMD_GRANT_REVOKE);

	request.put(KHTTP_GRANT_A_QUEUE, queue);
	request.put(KHTTP_GRANT_A_ID, id);
	return revoke(impl_->session, request, detach);
}

grants_revoked control::revoke_grants(std::string_view queue, bool detach)
{
	message request = impl_->session.request(KHTTP_CMD_GRANT_REVOKE);

	request.put(KHTTP_GRANT_A_QUEUE, queue);
	request.put_flag(KHTTP_GRANT_A_ALL);
	return revoke(impl_->session, request, detach);
}

} // namespace khttp
