/* SPDX-License-Identifier: MIT */
/*
 * Adds many URL prefixes to a queue, of several hosts and depths.
 *
 *	bench-prefixes NUMBER QUEUE
 */
#include <cstdio>
#include <cstdlib>
#include <string>

#include <khttp/khttp.hpp>

int main(int argc, char **argv)
{
	if (argc != 3) {
		std::fputs("usage: bench-prefixes NUMBER QUEUE\n", stderr);
		return 2;
	}
	try {
		khttp::control control;

		for (int i = 0; i < std::atoi(argv[1]); i++) {
			const std::string n = std::to_string(i);
			const std::string urls[] = {
				"http://n" + n + ".example:8080/",
				"http://*:8080/p/" + n + "/q/",
				"http://*.s" + n + ".example:8080/",
				"http://127.0.0.1:8080/p/" + n + "/",
			};

			control.add_url(urls[i % 4], argv[2]);
		}
	} catch (const khttp::error &e) {
		std::fprintf(stderr, "bench-prefixes: %s\n", e.what());
		return 1;
	}
}
