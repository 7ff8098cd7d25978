/* SPDX-License-Identifier: MIT */
/* Why there is no answer of the upstream's. */
#pragma once

#include <string>
#include <string_view>

#include <curl/curl.h>

namespace proxy {

struct failure {
	int status = 502;
	std::string_view word; /* RFC 9209 section 2.3 */
	std::string_view text; /* one sentence, without the final stop */
	std::string detail;    /* for the log: names addresses */
};

failure failure_of(CURLcode code, const char *detail);
/* It did not go on in time. */
failure stalled(bool answer_begun);
/* PROBLEM is a literal. */
failure malformed(std::string_view problem);

} // namespace proxy
