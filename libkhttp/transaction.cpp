/* SPDX-License-Identifier: MIT */
#include <khttp/transaction.hpp>

#include <linux/khttp.h>

#include "codec.hpp"
#include "control.hpp"

namespace khttp {

namespace {

/* As newer kernels put it before the reason; older ones leave that to us */
std::string text_of(const std::string &reason, std::uint32_t index)
{
	const std::string which = "change " + std::to_string(index) + ": ";

	return reason.starts_with(which) ? reason : which + reason;
}

} // namespace

change_refused::change_refused(std::error_code code, const std::string &text, std::uint32_t index)
	: error(code, text_of(text, index)), index_(index)
{
}

change_refused::~change_refused() = default;

transaction::transaction(khttp::control &control) : control_(control)
{
	detail::netlink_session &session = control_.impl_->session;
	detail::message request = session.request(KHTTP_CMD_TRANSACTION_BEGIN);

	session.call(request);
	before_ = session.calls();
	open_ = true;
}

transaction::~transaction()
{
	try {
		if (open_)
			abort();
	} catch (...) {
		/* then the end of the socket ends it */
	}
}

std::uint32_t transaction::staged() const noexcept
{
	return control_.impl_->session.calls() - before_;
}

committed transaction::commit(std::optional<std::uint64_t> generation)
{
	detail::netlink_session &session = control_.impl_->session;
	detail::message request = session.request(KHTTP_CMD_TRANSACTION_COMMIT);
	detail::byte_vector told;

	if (generation)
		request.put_u64(KHTTP_TRANSACTION_A_GENERATION, *generation);
	open_ = false;
	try {
		const detail::byte_vector answer = session.call(request, &told);
		const detail::attribute_table a(answer);

		return {a.u64(KHTTP_TRANSACTION_A_GENERATION), a.u32(KHTTP_TRANSACTION_A_CHANGES)};
	} catch (const error &failure) {
		const detail::attribute_table a(told);

		if (!a.has(KHTTP_TRANSACTION_A_INDEX))
			throw;
		throw change_refused(failure.code(), failure.what(),
				     a.u32(KHTTP_TRANSACTION_A_INDEX));
	}
}

void transaction::abort()
{
	detail::netlink_session &session = control_.impl_->session;
	detail::message request = session.request(KHTTP_CMD_TRANSACTION_ABORT);

	open_ = false;
	session.call(request);
}

} // namespace khttp
