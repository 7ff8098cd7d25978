/* SPDX-License-Identifier: MIT */
#include "refusal.hpp"

extern "C" {
#include "http/reason.h"
}

namespace metrics {

refusal refusal_of(const std::string &word) noexcept
{
	const khttp_reason reason = khttp_reason_lookup(word.c_str());

	if (reason == KHTTP_REASON_NONE)
		return {};
	return {khttp_reason_status(reason), khttp_reason_text(reason)};
}

} // namespace metrics
