/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_SHIM_MINMAX_H
#define KHTTP_SHIM_MINMAX_H

#define min_t(type, a, b) ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define max_t(type, a, b) ((type)(a) > (type)(b) ? (type)(a) : (type)(b))

#endif
