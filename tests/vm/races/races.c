/* SPDX-License-Identifier: MIT */
/*
 * Every end meets every state. A request is brought into a state; then the
 * event strikes while the request moves on, each at a random moment around the
 * same time, so that both orders come up. Whatever happens, the client gets a
 * whole right answer, another one that the table allows, or the connection's
 * end; the queue is left empty and the next request is served.
 *
 *	races [-s SEED] ROUNDS [EVENT [STATE]]
 *
 * EVENT and STATE are names of the table, "-" is all of them. KHTTP_MODULE
 * names the module's file, to insert it again. Nobody else may use khttp.
 */
#include "races.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a client may get. 503 and 408 stand where the event may come first */
const struct meeting table[N_EVENTS] = {
	[CLIENT_CLOSES] = { "client-closes", {
		ANY, ANY, ANY, ANY, ANY, ANY, ANY } },
	[CLIENT_RESETS] = { "client-resets", {
		ANY, ANY, ANY, ANY, ANY, ANY, ANY } },
	[WORKER_KILLED] = { "worker-killed", {
		OK, OK, OK, OK | BAD_GATEWAY, OK, OK | CUT, OK } },
	[WORKER_CLOSES] = { "worker-closes", {
		OK, OK, OK, OK | BAD_GATEWAY, OK, OK | CUT, OK } },
	[WORKER_DRAINS] = { "worker-drains", {
		OK, OK, OK, OK, OK, OK, OK } },
	[PURGES] = { "purge", {
		OK, OK, OK, OK, OK, OK, OK } },
	[PREFIX_DELETED] = { "prefix-deleted", {
		OK | NOT_FOUND, OK, OK, OK, OK, OK, OK } },
	[QUEUE_DELETED] = { "queue-deleted", {
		OK | NOT_FOUND | UNAVAILABLE, OK | UNAVAILABLE,
		OK | UNAVAILABLE, OK | UNAVAILABLE | BAD_GATEWAY,
		OK, OK | CUT, OK } },
	[TIMER_FIRES] = { "timer-fires", {
		OK | TIMEOUT, OK | UNAVAILABLE, OK, OK | TIMEOUT,
		SLOW | OK | CUT, SLOW | OK | CUT, SLOW | OK | CUT } },
	[NAMESPACE_ENDS] = { "namespace-ends", {
		ANY, ANY, ANY, ANY, ANY, ANY, ANY } },
	[RMMOD] = { "rmmod", {
		CUT | UNAVAILABLE | NOT_FOUND, CUT | UNAVAILABLE,
		REFUSED | OK, REFUSED | OK, OK | CUT, REFUSED | OK,
		OK | CUT } },
};

const char *const state_names[N_STATES] = {
	"received", "waiting", "in-hand", "reading", "sending", "streaming",
	"hit",
};

unsigned int rounds;
static struct site here;
unsigned int outcomes[UNAVAILABLE + 1];

void must(const char *what, int err)
{
	if (err)
		fail("%s: %s", what, strerror(-err));
}

/* How often each order came up shows in what the clients got */
void report(enum event event, const char *state, uint64_t begun)
{
	printf("%s, %s: %llu ms; 200 %u, 404 %u, 408 %u, 502 %u, 503 %u, cut %u\n",
	       table[event].name, state,
	       (unsigned long long)((now_ns() - begun) / MS), outcomes[OK],
	       outcomes[NOT_FOUND], outcomes[TIMEOUT], outcomes[BAD_GATEWAY],
	       outcomes[UNAVAILABLE], outcomes[CUT]);
	fflush(stdout);
	memset(outcomes, 0, sizeof(outcomes));
}

/* ---- cells ---- */

static void wait_until_none(const char *what, bool slab)
{
	uint64_t end = now_ns() + PATIENCE_MS * MS;
	long n;

	while ((n = slab ? module_objects() : connections(&here)))
		if (now_ns() > end)
			fail("%ld %s are left", n, what);
}

static void play_cell(enum event event, enum state state)
{
	struct crew crew = { 0 };
	uint64_t begun = now_ns();
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		struct round r = {
			.event = event, .state = state, .number = i,
			.site = &here, .crew = &crew,
		};

		snprintf(where, sizeof(where), "%s, %s, round %u",
			 table[event].name, state_names[state], i);
		r.plan = plan_of(&r);
		if (event == NAMESPACE_ENDS)
			play_namespace(&r);
		else if (event == RMMOD)
			play_rmmod(&r);
		else
			play(&r);
	}
	crew_end(&crew);
	check_queue(&here, 0);
	must("purge", cache_purge(&here));
	wait_until_none("connections", false);
	report(event, state_names[state], begun);
}

static bool wanted(const char *filter, const char *name)
{
	return !filter || !strcmp(filter, "-") || !strcmp(filter, name);
}

static void play_all(const char *event_name, const char *state_name)
{
	bool slow = wanted(event_name, table[TIMER_FIRES].name);
	pid_t pid = slow ? begin_slow_timers() : 0;
	unsigned int e, s, cells = 0;

	for (e = 0; e < N_EVENTS; e++) {
		if (e == RMMOD) {
			/* Only now does nobody else use the module */
			if (pid)
				end_slow_timers(pid);
			wait_until_none("objects", true);
		}
		for (s = 0; s < N_STATES; s++) {
			if (!wanted(event_name, table[e].name) ||
			    !wanted(state_name, state_names[s]))
				continue;
			cells++;
			if (!(table[e].allowed[s] & SLOW))
				play_cell(e, s);
		}
	}
	printf("%u cells\n", cells);
}

int main(int argc, char **argv)
{
	uint64_t seed = (uint64_t)getpid() ^ now_ns();
	int option;

	while ((option = getopt(argc, argv, "+s:")) == 's')
		seed = strtoull(optarg, NULL, 0);
	argv += optind;
	rounds = *argv ? (unsigned int)atoi(*argv++) : 0;
	if (option != -1 || !rounds) {
		fprintf(stderr, "usage: races [-s SEED] ROUNDS [EVENT [STATE]]\n");
		return 2;
	}
	printf("seed %llu\n", (unsigned long long)seed);
	chance_begin(seed);
	control_begin();
	site_here(&here);
	site_set_up(&here);
	play_all(argv[0], argv[0] ? argv[1] : NULL);
	must("queue", queue_del(&here));
	site_close(&here);
	return 0;
}
