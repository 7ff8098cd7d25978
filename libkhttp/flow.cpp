/* SPDX-License-Identifier: MIT */
/* At what bandwidth an answer goes out. */
#include <khttp/error.hpp>
#include <khttp/response.hpp>

#include "engine.hpp"

namespace khttp {

static_assert(KHTTP_FLOW_RATE_MIN == 1024 && KHTTP_FLOW_BURST_MIN == 4096,
	      "these are told in words below");

std::string_view flow_rate::mistake() const noexcept
{
	if (!rate)
		return peak || burst ? "without a rate there is no peak and no burst" : "";
	if (rate < KHTTP_FLOW_RATE_MIN)
		return "the rate is 1024 bytes a second at least";
	if (peak && peak < rate)
		return "the peak is not less than the rate, or 0: none";
	if (burst && burst < KHTTP_FLOW_BURST_LEAST(rate))
		return "the burst is the greater of 4096 bytes and a 32nd of the rate at "
		       "least, or 0: that";
	return {};
}

response &response::flow(const flow_rate &at) noexcept
{
	std::error_code refused = of_->can_change_head();

	if (!refused && !at.mistake().empty())
		refused = misuse::bad_flow;
	if (!refused && at.rate && !of_->home.can_flow())
		refused = std::make_error_code(std::errc::not_supported);
	if (!refused && !of_->out.set_flow({at.rate, at.peak, at.burst}))
		refused = misuse::head_too_large;
	of_->remember(refused);
	return *this;
}

} // namespace khttp
