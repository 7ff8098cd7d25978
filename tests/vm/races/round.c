/* SPDX-License-Identifier: MIT */
/*
 * One round: a request is brought into a state, the event strikes, what came of
 * it is judged, and everything is put back as it was.
 */
#include "races.h"

#include <errno.h>
#include <string.h>

/* How soon a timer is to fire, and the least that a limit can be */
#define TIMER_SOON_MS 40
#define TIMER_MIN_MS 100

/* ---- into the state ---- */

struct plan plan_of(const struct round *r)
{
	struct plan p = {
		.state = r->state,
		.ring = r->number * 2 >= rounds,
		.takes = chance(2), .cache = chance(2), .chunked = chance(2),
		.pieces = 1, .piece = 500,
	};

	if (r->state == SENDING || r->state == HIT)
		p.piece = 60000;
	if (r->state == HIT)
		p.cache = true;
	if (r->state == STREAMING) {
		p.pieces = 6;
		p.piece = 24000;
	}
	return p;
}

static void reached(const struct round *r, enum stage stage)
{
	if (!await(&r->crew->order->stage, stage, PATIENCE_MS))
		fail("the worker does not get there");
}

struct usage usage_of(struct site *s)
{
	struct usage u = { 0 };
	int err = queue_usage(s, &u);

	if (err)
		fail("the queue: %s", strerror(-err));
	return u;
}

static void wait_for_waiting(struct round *r)
{
	uint64_t end = now_ns() + PATIENCE_MS * MS;

	while (usage_of(r->site).waiting != 1)
		if (now_ns() > end)
			fail("the request does not wait");
}

/* One request that is served as the plan says, up to its last byte. What was
 * under way before it may need a turn first
 */
static void exchange(struct round *r)
{
	uint32_t *stage = &r->crew->order->stage;
	struct client c;
	unsigned int got;

	client_ask(&c, &r->plan, true);
	c.small = false;
	client_connect(&c, r->site);
	client_start(&c);
	while (!await(&c.done, 1, 50))
		if (word_of(stage) == DONE && usage_of(r->site).waiting) {
			crew_turn(r->crew, &r->plan);
			crew_go(r->crew, 0);
		}
	got = client_join(&c);
	if (got != OK)
		fail("a request that nothing disturbs: outcome %u", got);
	client_close(&c, false);
}

/* The answer to another client is there; this one must not need a worker */
static void fill_cache(struct round *r)
{
	struct client first;
	uint64_t before;

	client_ask(&first, &r->plan, true);
	r->client = first;
	first.small = false;
	client_connect(&first, r->site);
	client_start(&first);
	if (client_join(&first) != OK)
		fail("the first answer, to be stored, is not right");
	client_close(&first, false);
	reached(r, DONE);
	before = usage_of(r->site).delivered;
	client_connect(&r->client, r->site);
	r->begun = now_ns();
	client_send(&r->client, r->client.text_len);
	client_readable(&r->client);
	if (usage_of(r->site).delivered != before)
		fail("what was stored was asked of the worker again");
}

void bring(struct round *r)
{
	struct client *c = &r->client;
	size_t n;

	if (r->state == HIT) {
		fill_cache(r);
		return;
	}
	client_ask(c, &r->plan, chance(2));
	client_connect(c, r->site);
	n = c->text_len;
	if (r->state == RECEIVED)
		n /= 2;
	else if (r->state == READING)
		n -= 3000;
	r->begun = now_ns();
	client_send(c, n);
	if (r->state == WAITING)
		wait_for_waiting(r);
	if (r->state == IN_HAND)
		reached(r, TAKEN);
	if (r->state == READING)
		reached(r, READ);
	if (r->state == SENDING)
		reached(r, DONE);
	if (r->state == STREAMING)
		reached(r, PIECE);
	if (r->state == SENDING || r->state == STREAMING)
		client_readable(c);
}

/* ---- the moment ---- */

/* In milliseconds, 0: what they are by default */
static void set_timers(struct site *s, uint64_t value)
{
	must("limit", limit_set(s, "header_timeout", value ? value : 20000));
	must("limit", limit_set(s, "body_timeout", value ? value : 30000));
	must("limit", limit_set(s, "queue_timeout", value ? value : 60000));
}

/* Only once the state is reached, which may take its time on a busy machine */
static void start_timers(struct round *r)
{
	r->timer_ms = (now_ns() - r->begun) / MS + TIMER_SOON_MS;
	if (r->timer_ms < TIMER_MIN_MS)
		r->timer_ms = TIMER_MIN_MS;
	set_timers(r->site, r->timer_ms);
}

/* Three at about the same time: close together, or in a clear order */
void choose_moments(struct round *r)
{
	static const uint64_t spreads[] = { MS / 10, MS, 5 * MS, 20 * MS };
	uint64_t spread = spreads[chance(4)], at = now_ns() + MS / 2;

	if (r->timer_ms)
		at = r->begun + (r->timer_ms - 8 + chance(16)) * MS;
	r->strike_at = at + chance(spread);
	r->client.at = at + chance(spread);
	/* The module's exit begins with long waits */
	if (r->event == RMMOD)
		r->client.at += chance(2) * chance(200 * MS);
	r->client.reads = r->event != CLIENT_CLOSES &&
			  r->event != CLIENT_RESETS &&
			  r->event != NAMESPACE_ENDS;
	if (r->crew->pid)
		crew_go(r->crew, at + chance(spread));
	client_start(&r->client);
}

/* ---- what strikes ---- */

void strike(struct round *r)
{
	bool by_worker = chance(2);

	if (r->event == WORKER_CLOSES ||
	    (by_worker && (r->event == WORKER_DRAINS || r->event == PURGES))) {
		crew_strike(r->crew, r->event == WORKER_CLOSES ? CLOSE :
			    r->event == PURGES ? PURGE : DRAIN, r->strike_at);
		return;
	}
	sleep_until(r->strike_at);
	switch (r->event) {
	case CLIENT_CLOSES:
	case CLIENT_RESETS:
		client_close(&r->client, r->event == CLIENT_RESETS);
		break;
	case WORKER_KILLED:
		crew_end(r->crew);
		break;
	case WORKER_DRAINS:
		must("drain", queue_drain(r->site));
		break;
	case PURGES:
		must("purge", cache_purge(r->site));
		break;
	case PREFIX_DELETED:
		must("prefix", url_del(r->site));
		break;
	case QUEUE_DELETED:
		must("queue", queue_del(r->site));
		break;
	case NAMESPACE_ENDS:
		site_close(r->site);
		break;
	default:
		break;
	}
}

/* ---- what is left ---- */

void check_outcome(struct round *r, unsigned int allowed)
{
	unsigned int got = client_join(&r->client);

	/* What may be repeated is, and so is what nobody looked at */
	if (!strncmp(r->client.text, "PUT", 3) || !r->plan.takes)
		allowed &= ~(unsigned int)BAD_GATEWAY;
	if (r->client.reads && !(got & allowed))
		fail("outcome %u, allowed are %u", got, allowed & ANY);
	outcomes[got]++;
	if (r->client.fd >= 0)
		client_close(&r->client, r->event == NAMESPACE_ENDS);
}

void check_queue(struct site *s, unsigned int workers)
{
	uint64_t end = now_ns() + PATIENCE_MS * MS;
	struct usage u;

	do {
		u = usage_of(s);
		if (!u.waiting && !u.in_hand && u.workers == workers)
			return;
	} while (now_ns() < end);
	fail("left are %u waiting, %u in hand, %u workers, not %u", u.waiting,
	     u.in_hand, u.workers, workers);
}

/* Nothing may be stored of what began before a purge, a prefix' or queue's end */
static void check_cache(const struct round *r)
{
	int n;

	if (r->event != PURGES && r->event != PREFIX_DELETED &&
	    r->event != QUEUE_DELETED)
		return;
	if (r->event == PURGES && r->state == RECEIVED)
		return;
	n = cache_entries(r->site);
	if (n)
		fail("%d entries in the cache", n);
}

void start_worker(struct round *r)
{
	crew_start(r->crew, r->site, &r->plan, false);
	crew_turn(r->crew, &r->plan);
}

/* It finished what it had, if it had something; and it gets nothing more */
static void end_drained(struct crew *old)
{
	if (!await(&old->order->stage, DONE, PATIENCE_MS))
		fail("a drained worker does not come to an end");
	if (old->order->result < 0 && old->order->result != -ESHUTDOWN)
		fail("a drained worker's last result is %ld", old->order->result);
	crew_end(old);
}

static void replace_worker(struct round *r)
{
	struct crew old = *r->crew;

	*r->crew = (struct crew){ 0 };
	start_worker(r);
	crew_go(r->crew, 0);
	check_outcome(r, table[r->event].allowed[r->state]);
	if (r->event == WORKER_DRAINS)
		end_drained(&old);
	else
		crew_end(&old);
}

static void restore(struct round *r)
{
	if (r->event == WORKER_KILLED || r->event == WORKER_CLOSES ||
	    r->event == WORKER_DRAINS) {
		replace_worker(r);
		return;
	}
	check_outcome(r, table[r->event].allowed[r->state]);
	check_cache(r);
	if (r->event == TIMER_FIRES)
		set_timers(r->site, 0);
	if (r->event == PREFIX_DELETED)
		must("prefix", url_add(r->site));
	if (r->event == QUEUE_DELETED) {
		crew_end(r->crew);
		must("queue", queue_add(r->site));
		must("prefix", url_add(r->site));
		start_worker(r);
	}
}

/* The turn that was meant for a request that did not come, or went away */
static void use_up_turn(struct round *r)
{
	crew_go(r->crew, 0);
	check_queue(r->site, 1);
	while (word_of(&r->crew->order->stage) == ASKED)
		exchange(r);
	reached(r, DONE);
	check_queue(r->site, 1);
}

/* ---- rounds ---- */

static void begin_round(struct round *r)
{
	bool other = r->crew->pid &&
		     r->crew->order->plan.ring != r->plan.ring;

	if (other) {
		crew_end(r->crew);
		check_queue(r->site, 0);
	}
	if (!r->crew->pid)
		start_worker(r);
	else
		crew_turn(r->crew, &r->plan);
}

void play(struct round *r)
{
	begin_round(r);
	bring(r);
	if (r->event == TIMER_FIRES)
		start_timers(r);
	choose_moments(r);
	strike(r);
	restore(r);
	use_up_turn(r);
}
