/* SPDX-License-Identifier: MIT */
/*
 * Rounds that need a namespace of their own, a module that goes and comes back,
 * or half a minute.
 */
#include "races.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define RATE_MS 30000	/* over which the kernel judges a slow client */
#define RATE_LATE_MS 2200	/* a timer so far away is not exact */
#define SLOW_ROUNDS_MAX 32U

void play_namespace(struct round *r)
{
	struct site beyond;

	r->site = &beyond;
	site_beyond(&beyond);
	start_worker(r);
	bring(r);
	choose_moments(r);
	strike(r);
	check_outcome(r, ANY);
	crew_end(r->crew);
}

/* ---- rmmod ---- */

static void wait_unused(void)
{
	uint64_t end = now_ns() + PATIENCE_MS * MS;

	while (module_users())
		if (now_ns() > end)
			fail("the module is in use: %ld", module_users());
}

static void come_back(struct round *r)
{
	crew_end(r->crew);
	module_insert();
	control_begin();
	site_set_up(r->site);
}

/* No file of the module may be open when it goes: so nobody is attached, or
 * attaches at that moment, or it does not go
 */
void play_rmmod(struct round *r)
{
	unsigned int allowed = table[RMMOD].allowed[r->state];
	int err;

	if (r->state == WAITING)
		crew_start(r->crew, r->site, &r->plan, true);
	else if (r->state != RECEIVED)
		start_worker(r);
	if (r->state == WAITING)
		crew_turn(r->crew, &r->plan);
	bring(r);
	if (r->state == SENDING || r->state == HIT)
		crew_end(r->crew);
	if (!r->crew->pid)
		wait_unused();
	choose_moments(r);
	sleep_until(r->strike_at);
	err = module_remove();
	if (err && err != -EWOULDBLOCK)
		fail("rmmod: %s", strerror(-err));
	if (err && !r->crew->pid)
		fail("rmmod is refused though nobody uses the module");
	if (!err && allowed & REFUSED)
		fail("rmmod although a worker is attached");
	check_outcome(r, err && r->state == WAITING ? OK : allowed);
	if (!err) {
		come_back(r);
		return;
	}
	crew_end(r->crew);
	check_queue(r->site, 0);
}

/* ---- timers that take 30 seconds ---- */

/* Many at once: what is slow is only the clock. In a namespace and a process of
 * its own, beside everything else
 */
static void slow_timers(void)
{
	unsigned int n = rounds < SLOW_ROUNDS_MAX ? rounds : SLOW_ROUNDS_MAX;
	struct round *all = calloc(n * 3, sizeof(*all)), *r;
	struct crew *crews = calloc(n * 3, sizeof(*crews));
	unsigned int i, streams = 0;
	uint64_t begun = now_ns();
	struct site site;

	if (!all || !crews)
		fail("no memory");
	site_enter_new(&site);
	for (i = 0; i < 3 * n; i++) {
		r = &all[i];
		*r = (struct round){
			.event = TIMER_FIRES, .state = SENDING + i % 3,
			.number = i / 3, .site = &site, .crew = &crews[i],
		};
		snprintf(where, sizeof(where), "timer-fires, %s, round %u",
			 state_names[r->state], r->number);
		r->plan = plan_of(r);
		start_worker(r);
		bring(r);
		r->client.at = r->begun + RATE_MS * MS +
			       chance(RATE_LATE_MS) * MS;
		r->client.reads = true;
		client_start(&r->client);
		/* The next request must not go to this one */
		if (r->state != STREAMING) {
			crew_end(r->crew);
			while (usage_of(&site).workers != streams)
				sleep_until(now_ns() + MS);
		} else {
			crew_go(r->crew, 0);
			streams++;
		}
	}
	for (i = 0; i < 3 * n; i++) {
		snprintf(where, sizeof(where), "timer-fires, %s, round %u",
			 state_names[all[i].state], all[i].number);
		check_outcome(&all[i], OK | CUT);
		crew_end(all[i].crew);
	}
	check_queue(&site, 0);
	report(TIMER_FIRES, "sending, streaming, hit", begun);
	_exit(0);
}

pid_t begin_slow_timers(void)
{
	pid_t pid, parent = getpid();

	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	slow_timers();
	return 0;
}

void end_slow_timers(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status)
		fail("the timers of 30 s: see above");
}
