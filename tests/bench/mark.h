/* SPDX-License-Identifier: MIT */
/*
 * Where a count begins and ends: no-ops of eight bytes that mean something to
 * tests/bench/count.c, which watches the machine from outside, and nothing to the
 * processor. The last byte tells which of the two it is.
 */
#ifndef BENCH_MARK_H
#define BENCH_MARK_H

#define BENCH_MARK_BYTES { 0x0f, 0x1f, 0x84, 0x00, 'k', 'h', 't' }
#define BENCH_MARK_BEGIN 'b'
#define BENCH_MARK_END 'e'

static inline void bench_mark_begin(void)
{
	__asm__ volatile(".byte 0x0f, 0x1f, 0x84, 0x00, 'k', 'h', 't', 'b'");
}

static inline void bench_mark_end(void)
{
	__asm__ volatile(".byte 0x0f, 0x1f, 0x84, 0x00, 'k', 'h', 't', 'e'");
}

#endif
