// SPDX-License-Identifier: GPL-2.0-only
/* What goes through a queue on several CPUs, without clients and workers. */
#include <linux/kthread.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "alloc.h"

#define EXPECT(cond) do {						\
	if (!(cond)) {							\
		pr_err("queue self-test: line %d: %s\n", __LINE__, #cond); \
		return false;						\
	}								\
} while (0)

#define TEST_REQUESTS	128

static struct khttp_request *test_rq;	/* TEST_REQUESTS of them */

static struct khttp_queue *test_queue(struct khttp_net *kn, u32 length)
{
	const struct khttp_queue_policy policy = { .length = length };
	struct khttp_queue *q;

	mutex_lock(&kn->config);
	q = khttp_queue_create(kn, "test", &policy);
	mutex_unlock(&kn->config);
	if (!IS_ERR(q))
		q->n_workers = 1;
	return q;
}

static void test_resize(struct khttp_queue *q, u32 length)
{
	const struct khttp_queue_policy policy = { .length = length };

	mutex_lock(&q->net->config);
	khttp_queue_set(q, &policy, KHTTP_QUEUE_ACTIVE);
	mutex_unlock(&q->net->config);
}

/* What a test that failed has left has no connection, and is not answered */
static void test_kill(struct khttp_queue *q)
{
	while (khttp_queue_pop(q))
		khttp_queue_done(q, false);
	q->n_workers = 0;
	mutex_lock(&q->net->config);
	khttp_queue_kill(q);
	mutex_unlock(&q->net->config);
}

/* ---- one step on one CPU ---- */

struct test_step {
	struct khttp_queue *q;
	struct khttp_request *rq;
	struct khttp_fetcher *f;
};

static long test_push_work(void *data)
{
	struct test_step *t = data;

	return khttp_queue_push(t->q, t->rq);
}

static long test_pop_work(void *data)
{
	struct test_step *t = data;

	t->rq = khttp_queue_pop(t->q);
	return 0;
}

static long test_idle_work(void *data)
{
	struct test_step *t = data;

	return khttp_queue_idle(t->q, t->f);
}

static enum khttp_reason test_push(struct khttp_queue *q, int cpu, unsigned int i)
{
	struct test_step t = { .q = q, .rq = &test_rq[i] };

	return work_on_cpu(cpu, test_push_work, &t);
}

static struct khttp_request *test_pop(struct khttp_queue *q, int cpu)
{
	struct test_step t = { .q = q };

	work_on_cpu(cpu, test_pop_work, &t);
	if (t.rq)
		khttp_queue_done(q, true);
	return t.rq;
}

static bool test_idle(struct khttp_queue *q, int cpu, struct khttp_fetcher *f)
{
	struct test_step t = { .q = q, .f = f };

	return work_on_cpu(cpu, test_idle_work, &t);
}

/* Two CPUs; on a machine with one, that one */
static void test_cpus(int *a, int *b)
{
	*a = cpumask_first(cpu_online_mask);
	*b = cpumask_last(cpu_online_mask);
}

static u32 test_waiting(struct khttp_queue *q)
{
	struct khttp_queue_usage u;

	khttp_queue_usage(q, &u);
	return u.waiting;
}

/*
 * One that goes from one shard to another while they are added up may be counted in
 * both: what looks like too many is counted again where nothing moves.
 */
static bool test_over(struct khttp_queue *q, u32 most)
{
	u32 n = 0;
	int cpu;

	if (test_waiting(q) <= most)
		return false;
	khttp_shards_lock(q);
	for_each_possible_cpu(cpu)
		n += per_cpu_ptr(q->shards, cpu)->n_waiting;
	khttp_shards_unlock(q);
	return n > most;
}

static bool test_empty(struct khttp_queue *q, int cpu)
{
	struct khttp_queue_usage u;

	while (test_pop(q, cpu))
		;
	khttp_queue_usage(q, &u);
	EXPECT(!u.waiting && !u.in_hand);
	EXPECT(u.delivered == u.answered + u.redelivered);
	EXPECT(khttp_queue_empty(q));
	return true;
}

/* ---- what holds at any time ---- */

static bool test_order(struct khttp_queue *q)
{
	unsigned int i;
	int a, b;

	test_cpus(&a, &b);
	for (i = 0; i < 20; i++)
		EXPECT(!test_push(q, a, i));
	for (i = 0; i < 10; i++)
		EXPECT(test_pop(q, a) == &test_rq[i]);
	/* Another CPU has none of its own */
	for (; i < 20; i++)
		EXPECT(test_pop(q, b) == &test_rq[i]);
	EXPECT(!test_pop(q, a) && !test_pop(q, b));
	/* A CPU that always has some does not forget the other */
	EXPECT(!test_push(q, b, 100));
	for (i = 0; i < 2 * KHTTP_SHARD_TURNS; i++)
		EXPECT(!test_push(q, a, i));
	for (i = 0; i < KHTTP_SHARD_TURNS * num_possible_cpus(); i++)
		if (test_pop(q, a) == &test_rq[100])
			break;
	EXPECT(a == b || i < KHTTP_SHARD_TURNS * num_possible_cpus());
	return test_empty(q, b);
}

static bool test_remove(struct khttp_queue *q)
{
	int a, b;

	test_cpus(&a, &b);
	EXPECT(!test_push(q, a, 0) && !test_push(q, b, 1) && !test_push(q, b, 2));
	EXPECT(khttp_queue_remove(q, &test_rq[1]));
	EXPECT(!khttp_queue_remove(q, &test_rq[1]));
	EXPECT(khttp_queue_expire(q, &test_rq[0]));
	EXPECT(!khttp_queue_expire(q, &test_rq[0]));
	EXPECT(test_pop(q, a) == &test_rq[2] && !khttp_queue_remove(q, &test_rq[2]));
	return test_empty(q, a);
}

/* By turns on both CPUs: so many and no more, whoever takes one out */
static bool test_length(struct khttp_queue *q, u32 length)
{
	struct khttp_request *rq;
	int cpu[2];
	u32 i;

	test_cpus(&cpu[0], &cpu[1]);
	test_resize(q, length);
	for (i = 0; i < length; i++)
		EXPECT(!test_push(q, cpu[i % 3 / 2], i));
	for (i = 0; i < 2; i++) {
		EXPECT(test_push(q, cpu[0], length) == KHTTP_REASON_QUEUE_FULL);
		EXPECT(test_push(q, cpu[1], length) == KHTTP_REASON_QUEUE_FULL);
		EXPECT(q->full && test_waiting(q) == length);
		rq = test_pop(q, cpu[i]);
		EXPECT(rq && !q->full);
		EXPECT(!test_push(q, cpu[!i], rq - test_rq));
	}
	/* One that comes back always has room, and is made up for */
	rq = khttp_queue_pop(q);
	EXPECT(rq && !test_push(q, cpu[1], length));
	EXPECT(!khttp_queue_requeue(q, rq) && test_waiting(q) == length + 1);
	EXPECT(test_pop(q, cpu[0]) && test_waiting(q) == length);
	EXPECT(test_push(q, cpu[0], length + 1) == KHTTP_REASON_QUEUE_FULL);
	/* A longer one, and one that is too short for what is there */
	test_resize(q, length + 1);
	EXPECT(!test_push(q, cpu[1], length + 1));
	EXPECT(test_push(q, cpu[0], length + 2) == KHTTP_REASON_QUEUE_FULL);
	test_resize(q, 1);
	for (i = length + 1; i; i--) {
		EXPECT(test_push(q, cpu[0], length + 2) == KHTTP_REASON_QUEUE_FULL);
		EXPECT(test_pop(q, cpu[1]));
	}
	EXPECT(!test_push(q, cpu[1], 0));
	EXPECT(test_push(q, cpu[0], 1) == KHTTP_REASON_QUEUE_FULL);
	return test_empty(q, cpu[0]);
}

struct test_fetcher {
	struct khttp_fetcher f;
	unsigned int woken;
	bool claimed;
};

static bool test_wake(struct khttp_fetcher *f)
{
	struct test_fetcher *t = container_of(f, struct test_fetcher, f);

	if (t->claimed)
		return false;
	t->woken++;
	return true;
}

static void test_fetcher_init(struct test_fetcher *t)
{
	*t = (struct test_fetcher){ .f.wake = test_wake };
	INIT_LIST_HEAD(&t->f.link);
}

static bool test_wakes(struct khttp_queue *q)
{
	struct test_fetcher t[3], poller;
	int a, b, i;

	test_cpus(&a, &b);
	for (i = 0; i < 3; i++)
		test_fetcher_init(&t[i]);
	test_fetcher_init(&poller);
	khttp_queue_poller(q, &poller.f);
	EXPECT(test_idle(q, a, &t[0].f) && test_idle(q, b, &t[1].f));
	EXPECT(test_idle(q, a, &t[2].f) && test_idle(q, a, &poller.f));
	/* From either CPU one is woken, on the same if there is one */
	EXPECT(!test_push(q, b, 0) && t[1].woken + t[2].woken == 1);
	EXPECT(a == b || t[1].woken);
	t[2].claimed = !t[2].woken;
	EXPECT(!test_push(q, b, 1) && t[0].woken + t[1].woken + t[2].woken == 2);
	EXPECT(poller.woken == 1);
	/* Requests wait: nobody lies down but a poller, who was told so */
	EXPECT(!test_idle(q, b, &t[1].f) && !test_idle(q, b, &poller.f));
	for (i = 0; i < 3; i++)
		khttp_queue_unidle(q, &t[i].f);
	khttp_queue_unidle(q, &poller.f);
	EXPECT(test_empty(q, a));
	/* Who leaves without fetching passes it on, and to another CPU, too */
	for (i = 0; i < 2; i++)
		test_fetcher_init(&t[i]);
	EXPECT(test_idle(q, b, &t[1].f) && test_idle(q, a, &t[0].f));
	EXPECT(!test_push(q, a, 0) && t[0].woken + t[1].woken == 1);
	khttp_queue_unidle(q, t[0].woken ? &t[0].f : &t[1].f);
	EXPECT(t[0].woken == 1 && t[1].woken == 1);
	khttp_queue_unidle(q, &t[0].f);
	khttp_queue_unidle(q, &t[1].f);
	/* One that moves does not stand in two lists */
	test_fetcher_init(&t[0]);
	EXPECT(test_empty(q, a) && test_idle(q, a, &t[0].f) && test_idle(q, b, &t[0].f));
	khttp_queue_unidle(q, &t[0].f);
	EXPECT(!test_push(q, a, 0) && !t[0].woken);
	return test_empty(q, a);
}

/* ---- races: requests that go round, and fetchers that sleep ---- */

#define TEST_ROUND	64		/* requests */
#define TEST_LENGTH	40		/* at most may wait */

/* As a connection's lock for its requests: who takes one out or puts it back has it,
 * and so finds it in the shard that it is in
 */
static spinlock_t test_socket[TEST_ROUND];

#define TEST_LOCKED(rq, call) ({					\
	spinlock_t *lock_ = &test_socket[(rq) - test_rq];		\
	int ret_;							\
									\
	spin_lock(lock_);						\
	ret_ = (call);							\
	spin_unlock(lock_);						\
	ret_;								\
})

struct test_race {
	struct khttp_queue *q;
	struct task_struct *task;
	struct test_fetcher fetcher;
	struct wait_queue_head wait;
	unsigned int first;		/* of the requests it pushes */
	unsigned int errors;
	u64 moved;
};

static bool test_race_wake(struct khttp_fetcher *f)
{
	struct test_race *r = container_of(f, struct test_race, fetcher.f);

	WRITE_ONCE(r->fetcher.woken, 1);
	wake_up(&r->wait);
	return true;
}

static int test_pusher(void *data)
{
	struct test_race *r = data;
	struct khttp_request *rq;
	unsigned int i;

	for (i = 0; !kthread_should_stop(); i++) {
		rq = &test_rq[r->first + i % (TEST_ROUND / 2)];
		/* ANSWERED: it is this thread's again */
		if (smp_load_acquire(&rq->state) == KHTTP_RQ_ANSWERED) {
			rq->state = KHTTP_RQ_RECEIVED;
			if (!TEST_LOCKED(rq, khttp_queue_push(r->q, rq)))
				r->moved++;
			else
				rq->state = KHTTP_RQ_ANSWERED;
			if (i % 7 == 0 && TEST_LOCKED(rq, khttp_queue_remove(r->q, rq))) {
				rq->state = KHTTP_RQ_ANSWERED;
				r->moved--;
			}
		}
		if (i % 64 == 0)
			schedule_timeout_interruptible(1);
		cond_resched();
	}
	return 0;
}

static int test_popper(void *data)
{
	struct test_race *r = data;
	struct khttp_request *rq;

	while (!kthread_should_stop()) {
		rq = khttp_queue_pop(r->q);
		if (rq && rq->state != KHTTP_RQ_IN_HAND)
			r->errors++;
		if (rq && ++r->moved % 11 == 0 &&
		    !TEST_LOCKED(rq, khttp_queue_requeue(r->q, rq)))
			continue;
		if (rq) {
			khttp_queue_done(r->q, true);
			smp_store_release(&rq->state, KHTTP_RQ_ANSWERED);
			continue;
		}
		WRITE_ONCE(r->fetcher.woken, 0);
		if (khttp_queue_idle(r->q, &r->fetcher.f))
			wait_event_idle(r->wait, READ_ONCE(r->fetcher.woken) ||
					kthread_should_stop());
		/* Some leave without looking: another has to be woken */
		if (r->moved % 5 == 0)
			khttp_queue_unidle(r->q, &r->fetcher.f);
	}
	khttp_queue_unidle(r->q, &r->fetcher.f);
	return 0;
}

static bool test_start(struct test_race *r, struct khttp_queue *q, int i)
{
	*r = (struct test_race){ .q = q, .first = i / 2 * TEST_ROUND / 2 };
	test_fetcher_init(&r->fetcher);
	r->fetcher.f.wake = test_race_wake;
	init_waitqueue_head(&r->wait);
	r->task = kthread_run(i % 2 ? test_popper : test_pusher, r, "khttp_test");
	return !IS_ERR(r->task);
}

static void test_stop(struct test_race *r)
{
	if (!IS_ERR(r->task))
		kthread_stop(r->task);
}

/* Pushers stop first: what waits then has to be fetched by who is asleep. That it was
 * answered is what ends it: the queue is empty also while one is about to be requeued
 */
static bool test_end(struct khttp_queue *q, struct test_race *r)
{
	unsigned long end = jiffies + 30 * HZ;
	struct khttp_queue_usage u;
	u64 pushed;

	test_stop(&r[0]);
	test_stop(&r[2]);
	pushed = r[0].moved + r[2].moved;
	for (;;) {
		khttp_queue_usage(q, &u);
		if (u.answered == pushed || time_after(jiffies, end))
			break;
		schedule_timeout_uninterruptible(1);
	}
	test_stop(&r[1]);
	test_stop(&r[3]);
	EXPECT(u.answered == pushed);
	EXPECT(!r[1].errors && !r[3].errors && r[1].moved + r[3].moved);
	khttp_queue_usage(q, &u);
	EXPECT(!u.waiting && !u.in_hand && khttp_queue_empty(q));
	EXPECT(u.answered == pushed && u.received >= pushed);
	EXPECT(u.delivered == u.answered + u.redelivered);
	return true;
}

static bool test_held(unsigned int not_started, unsigned int over)
{
	EXPECT(!not_started);
	EXPECT(!over);
	return true;
}

static bool test_races(struct khttp_net *kn)
{
	struct khttp_queue *q = test_queue(kn, TEST_LENGTH);
	unsigned int started = 0, over = 0, i;
	static struct test_race r[4];
	unsigned long end, limit;
	bool ok;

	EXPECT(!IS_ERR(q));
	for (i = 0; i < TEST_ROUND; i++) {
		test_rq[i].state = KHTTP_RQ_ANSWERED;
		spin_lock_init(&test_socket[i]);
	}
	for (i = 0; i < ARRAY_SIZE(r); i++)
		started += test_start(&r[i], q, i);
	end = jiffies + HZ / 8;
	limit = jiffies + 30 * HZ;
	/* On a host that is busy the time may be over before one of them ran */
	for (i = 0; time_before(jiffies, end) ||
		    (!READ_ONCE(r[1].moved) && !READ_ONCE(r[3].moved) &&
		     time_before(jiffies, limit)); i++) {
		/* Requeued ones may come beside, one for each that pops */
		over += test_over(q, TEST_LENGTH + 2);
		test_resize(q, i % 3 ? TEST_LENGTH : 1 + i % TEST_LENGTH);
		cond_resched();
	}
	ok = test_end(q, r) && test_held(ARRAY_SIZE(r) - started, over);
	/* The length came through it whole */
	test_resize(q, 7);
	ok = ok && test_length(q, 7);
	test_kill(q);
	EXPECT(test_push(q, 0, 0) == KHTTP_REASON_APP_SHUTDOWN);
	return ok;
}

static bool test_queues(struct khttp_net *kn)
{
	struct khttp_queue *q = test_queue(kn, 64);
	bool ok;

	EXPECT(!IS_ERR(q));
	ok = test_order(q) && test_remove(q) && test_wakes(q) &&
	     test_length(q, 1) && test_length(q, 5) && test_length(q, 50);
	test_kill(q);
	return ok && test_races(kn);
}

static int khttp_queue_selftest(void)
{
	struct khttp_net *kn;
	int ret = -ENOMEM;

	if (!khttp_selftests)
		return 0;
	kn = kzalloc(sizeof(*kn), GFP_KERNEL);
	test_rq = kcalloc(TEST_REQUESTS, sizeof(*test_rq), GFP_KERNEL);
	if (!kn || !test_rq)
		goto out;
	/* No events come from a namespace that is dead */
	kn->dead = true;
	refcount_set(&kn->ref, 1);
	mutex_init(&kn->config);
	INIT_LIST_HEAD(&kn->queues);
	INIT_LIST_HEAD(&kn->groups);
	xa_init_flags(&kn->shares, XA_FLAGS_LOCK_BH | XA_FLAGS_ACCOUNT);
	khttp_log_init(&kn->log);
	khttp_throttle_init(kn);
	kn->next_queue_id = 1;
	ret = -EINVAL;
	if (test_queues(kn))
		ret = 0;
	/* References become one number, and the queue lets go of its namespace */
	rcu_barrier();
	if (refcount_read(&kn->ref) != 1)
		ret = -EINVAL;
	rcu_barrier();
	khttp_throttle_exit(kn);
	if (!ret)
		pr_info("queue self-test: pass\n");
out:
	kfree(test_rq);
	kfree(kn);
	return ret;
}
