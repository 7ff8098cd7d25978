/* SPDX-License-Identifier: MIT */
/* The reasons, from the kernel's own list. */
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pure.hpp"

namespace khttpctl {

struct reason_info {
	std::string word;
	std::string text;
	unsigned status = 0; /* 0: no answer, the connection ends */
	bool closes = false;
	std::string knob; /* behind "khttpctl", or empty: no setting decides */
};

[[nodiscard]] reason_info reason_of(khttp_reason reason);
[[nodiscard]] std::vector<reason_info> all_reasons();
/* By its word, in whatever case; usage_error with those that come close */
[[nodiscard]] reason_info find_reason(const std::string &word);

} // namespace khttpctl
