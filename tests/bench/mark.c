/* SPDX-License-Identifier: MIT */
/*
 * Begins or ends a count, for clients that do not do so themselves.
 *
 *	bench-mark begin|end
 */
#include <stdio.h>
#include <string.h>

#include "mark.h"

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "begin")) {
		bench_mark_begin();
	} else if (argc == 2 && !strcmp(argv[1], "end")) {
		bench_mark_end();
	} else {
		fputs("usage: bench-mark begin|end\n", stderr);
		return 2;
	}
	return 0;
}
