/* SPDX-License-Identifier: MIT */
/*
 * Reads the access log, with all texts of each record, and does nothing with it: what
 * is left is what the log itself costs.
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

		filter.texts = KHTTP_LOG_TEXT_ALL;
		khttp::access_log log = khttp::control{}.open_log(filter);

		while (log.read(room))
			;
	} catch (const khttp::error &e) {
		std::fprintf(stderr, "bench-log: %s\n", e.what());
		return 1;
	}
}
