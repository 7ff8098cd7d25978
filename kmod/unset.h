/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KHTTP_UNSET_H
#define _KHTTP_UNSET_H

/*
 * Kernels are built to clear every local variable that is not initialised
 * where it stands (CONFIG_INIT_STACK_ALL_ZERO). For the few large ones on the
 * way of each request, of which is read only what was set, that is most of what
 * they cost.
 */
#ifdef __CHECKER__
#define khttp_unset
#else
#define khttp_unset __attribute__((__uninitialized__))
#endif

#endif
