/* SPDX-License-Identifier: MIT */
/* The error log: one look at it, and following it by the module's bell. */
#include "errors.hpp"

#include <cerrno>

#include <linux/khttp.h>
#include <poll.h>

#include <khttp/error.hpp>

#include "codec.hpp"
#include "control.hpp"

namespace khttp {

namespace {

error_records read_errors(detail::netlink_session &session, const error_filter &filter)
{
	detail::message request = session.dump_request(KHTTP_CMD_ERROR_GET);
	error_records found;

	detail::to_uapi(filter, request);
	/* it always changes meanwhile; the cursor is what keeps it whole */
	static_cast<void>(session.dump(request, [&](detail::byte_view attributes) {
		detail::from_uapi(attributes, found);
	}));
	return found;
}

bool rings(const detail::netlink_port &bell)
{
	pollfd entry{bell.fd(), POLLIN, 0};

	return poll(&entry, 1, 0) > 0;
}

/* What rang until now is answered by the look that follows */
void silence(detail::netlink_port &bell)
{
	while (rings(bell)) {
		try {
			static_cast<void>(bell.receive());
		} catch (const error &failure) {
			if (failure.code().value() != ENOBUFS)
				throw;
		}
	}
}

} // namespace

error_records control::errors(const error_filter &filter)
{
	return read_errors(impl_->session, filter);
}

error_stream control::follow_errors(const error_filter &filter) const
{
	auto bell = detail::open_group(impl_->place, KHTTP_GENL_MCGRP_ERRORS);

	return error_stream(std::make_unique<error_stream::impl>(
		detail::open_another(impl_->place), std::move(bell), filter));
}

error_stream::error_stream(std::unique_ptr<impl> state) noexcept : impl_(std::move(state)) {}
error_stream::error_stream(error_stream &&) noexcept = default;
error_stream &error_stream::operator=(error_stream &&) noexcept = default;
error_stream::~error_stream() = default;

int error_stream::fd() const noexcept
{
	return impl_->bell->fd();
}

error_records error_stream::read()
{
	silence(*impl_->bell);
	error_records found = read_errors(impl_->session, impl_->filter);

	impl_->filter.from = found.next;
	return found;
}

} // namespace khttp
