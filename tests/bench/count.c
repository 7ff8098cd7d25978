/* SPDX-License-Identifier: MIT */
/*
 * Counts every instruction that the machine executes, by address, between the
 * marks of mark.h: a plugin of the emulator (qemu -plugin FILE,out=COUNTS), loaded
 * by scripts/vm --plugin. At the end mark COUNTS has a line "ADDRESS TIMES", in
 * hexadecimal and decimal, for each address that was executed.
 *
 * The emulator's headers are in no package; what is used of version 1 of its
 * interface is declared here.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mark.h"

#define SHOWN __attribute__((visibility("default")))

struct qemu_plugin_tb;
struct qemu_plugin_insn;

typedef void (*on_translation)(uint64_t id, struct qemu_plugin_tb *tb);
typedef void (*on_execution)(unsigned int cpu, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, on_translation call);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    on_execution call, int flags,
					    void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn,
						int op, void *at, uint64_t add);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb,
						 size_t i);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

extern SHOWN int qemu_plugin_version;
SHOWN int qemu_plugin_version = 1;
SHOWN int qemu_plugin_install(uint64_t id, const void *info, int argc,
			      char **argv);

/* Open addressing. The emulator keeps pointers into it, so it cannot grow. */
#define COUNTERS_BITS 23

struct counter {
	uint64_t address;
	uint64_t times;
};

static struct counter *counters;
static size_t used;
static const char *path;

static struct counter *counter_of(uint64_t address)
{
	size_t mask = ((size_t)1 << COUNTERS_BITS) - 1;
	size_t i = (address * 0x9e3779b97f4a7c15) >> (64 - COUNTERS_BITS);

	while (counters[i].address && counters[i].address != address)
		i = (i + 1) & mask;
	if (!counters[i].address) {
		if (++used > mask / 2) {
			fputs("bench-count: too many addresses\n", stderr);
			exit(1);
		}
		counters[i].address = address;
	}
	return &counters[i];
}

static void begin(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	for (size_t i = 0; i >> COUNTERS_BITS == 0; i++)
		counters[i].times = 0;
}

static void end(unsigned int cpu, void *data)
{
	FILE *f = fopen(path, "w");

	(void)cpu;
	(void)data;
	for (size_t i = 0; f && i >> COUNTERS_BITS == 0; i++)
		if (counters[i].times)
			fprintf(f, "%jx %ju\n", (uintmax_t)counters[i].address,
				(uintmax_t)counters[i].times);
	if (!f || fclose(f))
		perror(path);
}

/* Runs after the mark's own instruction has been counted. */
static void watch_for_marks(struct qemu_plugin_insn *insn)
{
	static const unsigned char mark[] = BENCH_MARK_BYTES;
	const unsigned char *bytes = qemu_plugin_insn_data(insn);

	if (qemu_plugin_insn_size(insn) != sizeof(mark) + 1 ||
	    memcmp(bytes, mark, sizeof(mark)) != 0)
		return;
	if (bytes[sizeof(mark)] == BENCH_MARK_BEGIN)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, begin, 0, NULL);
	if (bytes[sizeof(mark)] == BENCH_MARK_END)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, end, 0, NULL);
}

static void count(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		struct counter *c = counter_of(qemu_plugin_insn_vaddr(insn));

		qemu_plugin_register_vcpu_insn_exec_inline(insn, 0, &c->times, 1);
		watch_for_marks(insn);
	}
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4) != 0) {
		fputs("bench-count: needs out=FILE\n", stderr);
		return 1;
	}
	path = strdup(argv[0] + 4);
	counters = calloc((size_t)1 << COUNTERS_BITS, sizeof(*counters));
	if (!path || !counters)
		return 1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, count);
	return 0;
}
