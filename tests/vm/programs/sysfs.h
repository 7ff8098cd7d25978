/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>

/* The one number in a file of sysfs; -1 when there is none */
static inline long number_in(const char *path)
{
	FILE *f = fopen(path, "re");
	long n = -1;

	if (f && fscanf(f, "%ld", &n) != 1)
		n = -1;
	if (f)
		fclose(f);
	return n;
}
