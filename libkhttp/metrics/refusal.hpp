/* SPDX-License-Identifier: MIT */
/* What the words of refusals mean, from the kernel's own list. Pure. */
#pragma once

#include <string>

namespace metrics {

struct refusal {
	unsigned status = 0; /* 0: no answer, the connection ends */
	std::string_view text;
};

/* Of a word that this version does not know, nothing */
[[nodiscard]] refusal refusal_of(const std::string &word) noexcept;

} // namespace metrics
