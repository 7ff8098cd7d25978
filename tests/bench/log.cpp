/* SPDX-License-Identifier: MIT */
/*
 * Reads the access log, with the texts of the default fields of khttpctl log, and does
 * nothing with it: what is left is what the log itself costs.
 *
 *	bench-log
 */
#include <cstdio>
#include <vector>

#include <khttp/khttp.hpp>
#include <linux/khttp.h>

int main()
{
	try {
		khttp::log_filter filter;
		std::vector<char> room(1 << 20);

		filter.texts = 1U << KHTTP_LOG_METHOD | 1U << KHTTP_LOG_TARGET |
			       1U << KHTTP_LOG_USER_AGENT | 1U << KHTTP_LOG_REFERER;
		khttp::access_log log = khttp::control{}.open_log(filter);

		while (log.read(room))
			;
	} catch (const khttp::error &e) {
		std::fprintf(stderr, "bench-log: %s\n", e.what());
		return 1;
	}
}
