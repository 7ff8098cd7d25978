// SPDX-License-Identifier: GPL-2.0-only
/* What a user-space test cannot have: references, RCU, pages, the budget. */
#include <linux/kthread.h>
#include <linux/wait.h>

#include "http/uri.h"
#include "response.h"
#include "share.h"

#define EXPECT(cond) do {						\
	if (!(cond)) {							\
		pr_err("cache self-test: line %d: %s\n", __LINE__, #cond); \
		return false;						\
	}								\
} while (0)

/* Of the group that stores now */
static struct khttp_share *test_share;

static struct khttp_cache_key test_key(const char *path)
{
	struct khttp_cache_key key = {
		.host = khttp_span_str("example.org"),
		.path = khttp_span_str(path),
		.port = 80,
		.scheme = KHTTP_SCHEME_HTTP,
	};

	return key;
}

/* A stored entry of @len times 'x', with a reference, or an error */
static struct khttp_entry *test_store(struct khttp_cache *c, const char *path,
				      u64 len, u64 url_id, u32 queue_id)
{
	const struct khttp_answer answer = {
		.status = 200, .fields = "", .fields_len = 0,
	};
	struct khttp_cache_key key = test_key(path);
	const struct khttp_entry_plan plan = {
		.key = &key, .answer = &answer, .url_id = url_id,
		.queue_id = queue_id, .body_len = len, .term.ttl = 60,
		.share = test_share,
	};
	struct khttp_entry *e;
	struct iov_iter iter;
	struct kvec vec;
	char *bytes;
	int err;

	e = khttp_entry_create(c, &plan);
	if (IS_ERR(e))
		return e;
	bytes = kvmalloc(len + 1, GFP_KERNEL);
	if (!bytes) {
		khttp_entry_put(e);
		return ERR_PTR(-ENOMEM);
	}
	memset(bytes, 'x', len);
	vec.iov_base = bytes;
	vec.iov_len = len;
	iov_iter_kvec(&iter, ITER_SOURCE, &vec, 1, len);
	err = khttp_entry_fill(e, &iter);
	kvfree(bytes);
	if (err) {
		khttp_entry_put(e);
		return ERR_PTR(err);
	}
	khttp_cache_insert(c, e, khttp_cache_purges(c));
	return e;
}

static bool test_put(struct khttp_cache *c, const char *path, u64 len)
{
	struct khttp_entry *e = test_store(c, path, len, 1, 1);

	if (IS_ERR(e))
		return false;
	khttp_entry_put(e);
	return true;
}

static struct khttp_entry *test_lookup(struct khttp_cache *c, const struct khttp_cache_key *key,
				       u64 url_id)
{
	const struct khttp_cache_asker asker = { .now = ktime_get_seconds() };

	return khttp_cache_lookup(c, key, url_id, &asker);
}

static bool test_has(struct khttp_cache *c, const char *path)
{
	struct khttp_cache_key key = test_key(path);
	struct khttp_entry *e;

	rcu_read_lock();
	e = test_lookup(c, &key, 1);
	if (e)
		khttp_entry_leave(e);
	rcu_read_unlock();
	return e;
}

static long test_purge(struct khttp_cache *c, const char *url, bool recursive)
{
	return khttp_cache_purge(c, url, strlen(url),
				 recursive ? KHTTP_PURGE_RECURSIVE : 0, 0);
}

/* @n times 'x' more of a body that streams */
static int test_stream_add(struct khttp_entry *e, u64 n)
{
	struct iov_iter iter;
	struct kvec vec;
	int err = khttp_entry_grow(e, n);

	if (err)
		return err;
	vec.iov_base = kvmalloc(n, GFP_KERNEL);
	if (!vec.iov_base)
		return -ENOMEM;
	vec.iov_len = n;
	memset(vec.iov_base, 'x', n);
	iov_iter_kvec(&iter, ITER_SOURCE, &vec, 1, n);
	err = khttp_entry_fill(e, &iter);
	kvfree(vec.iov_base);
	return err;
}

/* One that streams, in two pieces of @len, of announced length @told; what is to be
 * stored of it, with a reference, or an error
 */
static struct khttp_entry *test_stream(struct khttp_cache *c, u64 told, u64 len)
{
	const struct khttp_answer answer = { .status = 200, .fields = "" };
	struct khttp_cache_key key = test_key("/stream");
	const struct khttp_entry_plan plan = {
		.key = &key, .answer = &answer, .url_id = 1, .queue_id = 1,
		.body_len = told, .term.ttl = 60, .streams = true,
		.share = test_share,
	};
	struct khttp_entry *e = khttp_entry_create(c, &plan), *whole;
	int err;

	if (IS_ERR(e))
		return e;
	err = test_stream_add(e, len) ?: test_stream_add(e, len);
	whole = err ? ERR_PTR(err) : khttp_entry_finish(e);
	khttp_entry_put(e);
	return whole;
}

static bool test_streams(struct khttp_cache *c)
{
	static const char length[] = "Content-Length: 16000\r\n";
	struct khttp_entry *e;

	e = test_stream(c, KHTTP_LENGTH_UNKNOWN, 8000);
	EXPECT(!IS_ERR(e) && khttp_entry_full(e) && e->body_len == 16000);
	/* It fits inside, and so it went there */
	EXPECT(e->body && !e->n_pages && !e->pages);
	EXPECT(!memchr_inv(e->body, 'x', 16000));
	EXPECT(!memcmp(e->head.ptr + e->head.len - sizeof(length) + 1, length,
		       sizeof(length) - 1));
	EXPECT(khttp_span_eq(e->key.path, khttp_span_str("/stream")));
	EXPECT(atomic64_read(&c->bytes) == e->charged);
	EXPECT(!khttp_cache_insert(c, e, khttp_cache_purges(c)));
	khttp_entry_put(e);
	EXPECT(test_has(c, "/stream"));

	e = test_stream(c, KHTTP_LENGTH_UNKNOWN, 100000);
	EXPECT(!IS_ERR(e) && !e->body && e->body_len == 200000);
	EXPECT(e->n_pages * PAGE_SIZE < 200000 * 9 / 8 + PAGE_SIZE);
	EXPECT(!khttp_cache_insert(c, e, khttp_cache_purges(c)));
	EXPECT(atomic64_read(&c->bytes) == e->charged);
	khttp_entry_put(e);

	e = test_stream(c, 200000, 100000);
	EXPECT(!IS_ERR(e) && e->n_pages == DIV_ROUND_UP(200000, PAGE_SIZE));
	khttp_entry_put(e);
	EXPECT(test_stream(c, 200001, 100000) == ERR_PTR(-EMSGSIZE));
	EXPECT(test_stream(c, 199999, 100000) == ERR_PTR(-EMSGSIZE));
	EXPECT(test_stream(c, KHTTP_LENGTH_UNKNOWN, 1 << 20) == ERR_PTR(-ENOSPC));
	EXPECT(test_stream(c, KHTTP_LENGTH_UNKNOWN, (1 << 20) + 1) == ERR_PTR(-EFBIG));
	khttp_cache_purge(c, NULL, 0, 0, 0);
	/* Many pages are given back by work */
	khttp_entry_reaper_flush();
	EXPECT(!atomic64_read(&c->bytes));
	return true;
}

static bool test_references(struct khttp_cache *c)
{
	struct khttp_cache_key key = test_key("/a");
	struct khttp_entry *e, *found, *other;

	e = test_store(c, "/a", 20000, 1, 1);
	EXPECT(!IS_ERR(e) && e->n_pages == 5 && !e->body);
	EXPECT(refcount_read(&e->ref) == 2);
	rcu_read_lock();
	found = test_lookup(c, &key, 1);
	rcu_read_unlock();
	EXPECT(found == e && refcount_read(&e->ref) == 3);
	EXPECT(khttp_entry_hits(e) == 1);
	khttp_entry_leave(found);

	/* Replaced: the old one lives while somebody holds it */
	other = test_store(c, "/a", 5, 1, 1);
	EXPECT(!IS_ERR(other) && other != e && other->body);
	EXPECT(refcount_read(&e->ref) == 1 && !e->linked);
	EXPECT(khttp_cache_entries(c) == 1);
	EXPECT(atomic64_read(&c->bytes) == e->charged + other->charged);
	EXPECT(*(char *)page_address(e->pages[4]) == 'x');
	khttp_entry_put(e);
	EXPECT(atomic64_read(&c->bytes) == other->charged);

	/* Purged during a send */
	EXPECT(test_purge(c, "http://EXAMPLE.org:80/a", false) == 1);
	EXPECT(!test_has(c, "/a"));
	EXPECT(!memcmp(other->body, "xxxxx", 5));
	khttp_entry_put(other);
	EXPECT(!atomic64_read(&c->bytes));

	/* Another prefix answers the URL now */
	EXPECT(test_put(c, "/a", 1));
	rcu_read_lock();
	found = test_lookup(c, &key, 2);
	rcu_read_unlock();
	EXPECT(!found);
	EXPECT(!test_has(c, "/a") && !khttp_cache_entries(c));
	return true;
}

/* All of it, in chunks as large as what is left allows, and nothing else */
static bool test_chunks(struct khttp_cache *c)
{
	const u64 len = (16 + 8 + 2 + 1) * PAGE_SIZE - 5;
	struct khttp_entry *e = test_store(c, "/c", len, 1, 1);
	unsigned int pages = 0, runs = 0;
	u64 pos, last = len - 1;
	struct page *page;
	u32 off, n, i;

	EXPECT(!IS_ERR(e) && e->n_pages == 27);
	for (pos = 0; pos < len; pos += n) {
		page = khttp_entry_chunk(e, pos, &off, &n);
		EXPECT(page == compound_head(page) && !off && n);
		pages += compound_nr(page);
		runs++;
		for (i = 0; i < n; i++)
			EXPECT(((char *)page_address(page))[i] == 'x');
	}
	EXPECT(pos == len && pages == 27 && runs >= 4);
	/* The same byte, whichever chunks memory had for it */
	page = khttp_entry_chunk(e, last, &off, &n);
	EXPECT(n == 1 && off == (last & (page_size(page) - 1)));
	page = khttp_entry_chunk(e, PAGE_SIZE + 1, &off, &n);
	EXPECT(page_address(page) + off == page_address(e->pages[1]) + 1);
	khttp_entry_put(e);
	EXPECT(test_purge(c, "http://example.org/c", false) == 1);
	EXPECT(!atomic64_read(&c->bytes));
	return true;
}

static bool test_purges(struct khttp_cache *c)
{
	struct khttp_entry *e;
	char url[64];

	EXPECT(test_put(c, "/a", 1) && test_put(c, "/a/b", 1));
	EXPECT(test_put(c, "/ab", 1) && test_put(c, "///A/c", 1));
	EXPECT(test_purge(c, "http://example.org/a/", true) == 3);
	EXPECT(test_has(c, "/ab"));
	EXPECT(test_purge(c, "http://example.org:81/", true) == 0);
	EXPECT(test_purge(c, "http://*.org/", true) == 1);
	EXPECT(test_purge(c, "ftp://example.org/", true) == -EINVAL);
	EXPECT(test_purge(c, "http://example.org/a?b", true) == -EINVAL);

	e = test_store(c, "/a b%2F%", 1, 7, 3);
	EXPECT(!IS_ERR(e));
	EXPECT(khttp_entry_url(e, url, sizeof(url)) == 30);
	EXPECT(!strcmp(url, "http://example.org/a%20b%2F%25"));
	khttp_entry_put(e);
	EXPECT(khttp_cache_purge(c, url, strlen(url), 0, 4) == 0);
	EXPECT(khttp_cache_purge(c, url, strlen(url), 0, 3) == 1);

	EXPECT(!IS_ERR_OR_NULL(e = test_store(c, "/p", 1, 7, 3)));
	khttp_entry_put(e);
	EXPECT(test_put(c, "/q", 1));
	khttp_cache_purge_prefix(c, 7);
	EXPECT(khttp_cache_entries(c) == 1);
	EXPECT(khttp_cache_purge(c, NULL, 0, 0, 0) == 1);
	EXPECT(!atomic64_read(&c->bytes));
	return true;
}

/* Made before the purge, stored after it */
static bool test_late(struct khttp_cache *c)
{
	struct khttp_entry *e = test_store(c, "/late", 1, 1, 1);
	u64 purges = khttp_cache_purges(c);
	struct khttp_purged other = {};
	int i;

	EXPECT(!IS_ERR(e));
	EXPECT(test_purge(c, "http://example.org/late", false) == 1);
	khttp_cache_insert(c, e, purges);
	EXPECT(!test_has(c, "/late"));
	purges = khttp_cache_purges(c);
	test_purge(c, "http://example.org/other", false);
	khttp_cache_insert(c, e, purges);
	EXPECT(test_has(c, "/late"));
	EXPECT(khttp_cache_purge(c, NULL, 0, 0, 1) == 1);
	khttp_cache_insert(c, e, purges);
	EXPECT(!test_has(c, "/late"));
	purges = khttp_cache_purges(c);
	khttp_cache_purge(c, NULL, 0, 0, 2);
	khttp_cache_purge_prefix(c, 2);
	khttp_cache_insert(c, e, purges);
	EXPECT(test_has(c, "/late"));
	EXPECT(khttp_cache_purge(c, NULL, 0, 0, 0) == 1);
	purges = khttp_cache_purges(c);
	/* However many there were that are not about it */
	for (i = 0; i < 1000; i++)
		khttp_cache_purge(c, NULL, 0, 0, 2 + i % 50);
	khttp_cache_insert(c, e, purges);
	EXPECT(test_has(c, "/late"));
	EXPECT(khttp_cache_purge(c, NULL, 0, 0, 1) == 1);
	/* Nor is it forgotten where others take its place, as many of these will */
	for (i = 0; i < 4096; i++) {
		other.queue_id = 2 + i;
		khttp_cache_note_purge(c, &other);
	}
	khttp_cache_insert(c, e, purges);
	EXPECT(!test_has(c, "/late"));
	khttp_entry_put(e);
	EXPECT(!atomic64_read(&c->bytes));
	return true;
}

static bool test_walk(struct khttp_cache *c)
{
	struct khttp_entry *e;
	unsigned int seen = 0;
	u64 cursor = 0;
	char path[16];
	int i;

	for (i = 0; i < 300; i++) {
		scnprintf(path, sizeof(path), "/w/%d", i);
		EXPECT(test_put(c, path, 1));
	}
	while ((e = khttp_cache_walk(c, &cursor))) {
		khttp_entry_put(e);
		if (++seen == 100)
			EXPECT(test_purge(c, "http://+/w/", true) == 300);
	}
	EXPECT(seen == 100);
	EXPECT(!atomic64_read(&c->bytes));
	return true;
}

static bool test_expiry(struct khttp_cache *c)
{
	struct khttp_entry *e = test_store(c, "/old", 1, 1, 1);

	EXPECT(!IS_ERR(e));
	EXPECT(test_has(c, "/old"));
	e->ttl = 0;
	EXPECT(!test_has(c, "/old") && !e->linked);
	khttp_entry_put(e);
	EXPECT(!atomic64_read(&c->bytes));
	return true;
}

/* 64 entries of 64 KiB for a budget of 1 MiB, one of them in use */
static bool test_budget(struct khttp_cache *c, struct khttp_net *kn)
{
	struct khttp_entry *held, *e;
	char path[16];
	int i;

	WRITE_ONCE(kn->limits.cache_bytes, 1 << 20);
	held = test_store(c, "/held", 65536, 1, 1);
	EXPECT(!IS_ERR(held));
	for (i = 0; i < 64; i++) {
		scnprintf(path, sizeof(path), "/b/%d", i);
		EXPECT(test_put(c, path, 65536));
		EXPECT(atomic64_read(&c->bytes) <= 1 << 20);
		/* In use twice between evictions: it is promoted */
		EXPECT(test_has(c, "/b/0") && test_has(c, "/b/0"));
	}
	EXPECT(test_has(c, "/held") && !test_has(c, "/b/20"));
	e = test_store(c, "/large", 1 << 20, 1, 1);
	EXPECT(IS_ERR(e) && PTR_ERR(e) == -ENOSPC);
	khttp_entry_put(held);

	WRITE_ONCE(kn->limits.cache_bytes, 200000);
	khttp_cache_shrink(c);
	EXPECT(atomic64_read(&c->bytes) <= 200000 && khttp_cache_entries(c));
	WRITE_ONCE(kn->limits.cache_bytes, 0);
	khttp_cache_shrink(c);
	EXPECT(!khttp_cache_entries(c) && !atomic64_read(&c->bytes));
	e = test_store(c, "/none", 1, 1, 1);
	EXPECT(IS_ERR(e) && PTR_ERR(e) == -ENOSPC);
	WRITE_ONCE(kn->limits.cache_bytes, 1 << 20);
	return true;
}

/* A group that may have 300000 bytes, beside one that may have all */
static bool test_group(struct khttp_cache *c, struct khttp_share *other)
{
	struct khttp_share *all = test_share;
	u64 evicted = khttp_share_sum(all, KHTTP_SHARE_evicted);
	struct khttp_entry *e;
	char path[16];
	int i;

	for (i = 0; i < 5; i++) {
		scnprintf(path, sizeof(path), "/all/%d", i);
		EXPECT(test_put(c, path, 65536));
	}
	test_share = other;
	other->limit = 300000;
	for (i = 0; i < 64; i++) {
		scnprintf(path, sizeof(path), "/own/%d", i);
		EXPECT(test_put(c, path, 65536));
		EXPECT(atomic64_read(&other->bytes) <= 300000);
		EXPECT(test_has(c, "/own/0") && test_has(c, "/own/0"));
	}
	/* What is used stays of its own, and all that is another's */
	EXPECT(!test_has(c, "/own/20") && khttp_pool_responses(&other->pool) == 4);
	EXPECT(khttp_pool_responses(&all->pool) == 5 && test_has(c, "/all/0"));
	EXPECT(khttp_share_sum(other, KHTTP_SHARE_evicted) == 60);
	EXPECT(khttp_share_sum(other, KHTTP_SHARE_stored) == 64);
	EXPECT(khttp_share_sum(all, KHTTP_SHARE_evicted) == evicted);
	EXPECT(atomic64_read(&c->bytes) ==
	       atomic64_read(&all->bytes) + atomic64_read(&other->bytes));
	e = test_store(c, "/large", 300000, 1, 1);
	EXPECT(e == ERR_PTR(-EDQUOT) && khttp_pool_entries(&other->pool));
	other->limit = 100000;
	khttp_cache_shrink_share(c, other);
	EXPECT(khttp_pool_entries(&other->pool) == 1 && test_has(c, "/all/0"));
	test_share = all;
	khttp_cache_purge(c, NULL, 0, 0, 0);
	EXPECT(!atomic64_read(&other->bytes) && !atomic64_read(&all->bytes));
	return true;
}

struct test_thread {
	struct khttp_cache *cache;
	unsigned int errors;
};

/* Stores and looks up a few keys until told to stop */
static int test_churn(void *data)
{
	struct test_thread *t = data;
	struct khttp_entry *e;
	char path[16];
	unsigned int i;

	for (i = 0; !kthread_should_stop(); i++) {
		cond_resched();
		scnprintf(path, sizeof(path), "/t/%u", i % 50);
		if (test_has(t->cache, path))
			continue;
		e = test_store(t->cache, path, i % 7 * 10000, 1, 1);
		/* What the others have dropped but not freed yet still counts */
		if (!IS_ERR(e))
			khttp_entry_put(e);
		else if (PTR_ERR(e) != -ENOSPC)
			t->errors++;
	}
	return 0;
}

static bool test_races(struct khttp_cache *c)
{
	struct test_thread t[2] = { { c, 0 }, { c, 0 } };
	struct task_struct *task[2];
	unsigned int rounds;
	unsigned long end;
	int i;

	for (i = 0; i < 2; i++)
		task[i] = kthread_run(test_churn, &t[i], "khttp_test");
	end = jiffies + HZ / 2;
	/* On a host that is busy the time may be over at once */
	for (rounds = 0; rounds < 10 || time_before(jiffies, end); rounds++) {
		test_purge(c, rounds % 2 ? "http://example.org/t" :
			   "http://example.org/t/7", rounds % 2);
		cond_resched();
	}
	/* Both, before anything may end this test */
	for (i = 0; i < 2; i++)
		if (!IS_ERR(task[i]))
			kthread_stop(task[i]);
	for (i = 0; i < 2; i++)
		EXPECT(!IS_ERR(task[i]) && !t[i].errors);
	khttp_cache_purge(c, NULL, 0, 0, 0);
	EXPECT(!atomic64_read(&c->bytes) && rounds);
	return true;
}

/* A fragment and a response by one URL: neither is the other, and a purge means both */
static bool test_fragments(struct khttp_cache *c)
{
	struct khttp_fragment_plan plan = {
		.key = test_key("/both"), .len = 4, .queue_id = 7, .ttl = 60,
		.tags = khttp_span_str("a, b"), .share = test_share,
	};
	struct kvec vec = { "abcd", 4 };
	struct khttp_entry *e;
	struct iov_iter iter;

	plan.key.scheme |= KHTTP_KEY_FRAGMENT;
	e = khttp_entry_fragment(c, &plan);
	EXPECT(!IS_ERR(e));
	iov_iter_kvec(&iter, ITER_SOURCE, &vec, 1, 4);
	EXPECT(!khttp_entry_fill(e, &iter));
	EXPECT(!khttp_cache_insert(c, e, khttp_cache_purges(c)));
	khttp_entry_put(e);
	EXPECT(test_put(c, "/both", 4));
	EXPECT(!khttp_cache_fragment(c, &plan.key, 8));
	e = khttp_cache_fragment(c, &plan.key, 7);
	EXPECT(e && !memcmp(e->body, "abcd", 4) && e->n_tags == 2);
	EXPECT(test_purge(c, "http://example.org/both", false) == 2);
	EXPECT(!khttp_cache_fragment(c, &plan.key, 7));
	/* Who has it keeps it */
	EXPECT(!memcmp(e->body, "abcd", 4));
	khttp_entry_put(e);
	EXPECT(!atomic64_read(&c->bytes));
	return true;
}

static void end_share(struct khttp_share *s)
{
	if (IS_ERR(s))
		return;
	khttp_share_unlist(s);
	khttp_share_put(s);
}

static int khttp_cache_selftest(void)
{
	struct khttp_share *own, *other;
	struct khttp_cache *c;
	struct khttp_net *kn;
	int ret = -ENOMEM;

	if (!khttp_selftests)
		return 0;
	kn = kzalloc(sizeof(*kn), GFP_KERNEL);
	if (!kn)
		return ret;
	kn->net = &init_net;
	xa_init_flags(&kn->shares, XA_FLAGS_LOCK_BH | XA_FLAGS_ACCOUNT);
	kn->limits.cache_bytes = 1 << 20;
	kn->limits.cache_object = 1 << 20;
	kn->limits.policy.http = (struct khttp_limits)KHTTP_LIMITS_DEFAULT;
	kn->stats = alloc_percpu(struct khttp_stats);
	if (!kn->stats)
		goto err_net;
	c = khttp_cache_create(kn);
	ret = PTR_ERR_OR_ZERO(c);
	if (ret)
		goto err_stats;
	ret = -ENOMEM;
	own = khttp_share_create(kn, 1);
	other = khttp_share_create(kn, 2);
	test_share = own;
	if (IS_ERR(own) || IS_ERR(other))
		goto err_shares;
	ret = -EINVAL;
	if (test_references(c) && test_streams(c) && test_chunks(c) &&
	    test_purges(c) && test_late(c) && test_walk(c) && test_expiry(c) &&
	    test_budget(c, kn) && test_group(c, other) && test_races(c) &&
	    test_fragments(c) &&
	    test_put(c, "/large", 65 * PAGE_SIZE)) {
		pr_info("cache self-test: pass\n");
		ret = 0;
	}
err_shares:
	/* With an entry in it whose pages are freed by work */
	khttp_cache_destroy(c);
	end_share(own);
	end_share(other);
	xa_destroy(&kn->shares);
err_stats:
	free_percpu(kn->stats);
err_net:
	kfree(kn);
	return ret;
}
