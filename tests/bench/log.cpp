/* SPDX-License-Identifier: MIT */
/*
 * Reads the access log, with the texts of the default fields of khttpctl log, or with
 * all of them, and does nothing with it: what is left is what the log itself costs.
 *
 *	bench-log [all]
 */
#include <cstdio>
#include <string_view>
#include <vector>

#include <khttp/khttp.hpp>
#include <linux/khttp.h>

int main(int argc, char **argv)
{
	try {
		khttp::log_filter filter;
		std::vector<char> room(1 << 20);

		filter.texts = 1U << KHTTP_LOG_METHOD | 1U << KHTTP_LOG_TARGET |
			       1U << KHTTP_LOG_USER_AGENT | 1U << KHTTP_LOG_REFERER |
			       1U << KHTTP_LOG_FIELDS;
		if (argc > 1 && std::string_view(argv[1]) == "all")
			filter.texts = KHTTP_LOG_TEXT_ALL;
		khttp::access_log log = khttp::control{}.open_log(filter);

		while (log.read(room))
			;
	} catch (const khttp::error &e) {
		std::fprintf(stderr, "bench-log: %s\n", e.what());
		return 1;
	}
}
