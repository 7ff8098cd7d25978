/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between the supported kernels (6.1 and 6.12), named by
 * feature. The only file that looks at a kernel version.
 */
#ifndef _KHTTP_COMPAT_H
#define _KHTTP_COMPAT_H

#include <linux/version.h>

#endif
