// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a device file has bound for itself: prefixes, and the queue for them if
 * none was named. Made by KHTTP_IOC_REGISTER under a reservation, gone with the
 * file. What is deleted before, by netlink, is only forgotten here: prefixes are
 * known by their ids, which are never used again.
 */

#include <linux/cred.h>

#include "alloc.h"
#include "control.h"
#include "group.h"
#include "net.h"
#include "router.h"
#include "user.h"
#include "who.h"
#include "worker_i.h"

/* Names of queues that are made for a file: "self.1" and so on */
#define MADE_NAME	"self.%llu"

/* Under worker->attach */
struct khttp_registration {
	struct khttp_queue *queue;	/* holds a reference */
	bool made;			/* by us, and ends with us */
	kuid_t counted;			/* as whose queue */
	u32 n;
	u64 urls[KHTTP_REGISTER_MAX];	/* ids */
};

static const char no_memory[] = "out of memory; try again later";

/* A queue of the caller's own, of which the name is new */
static struct khttp_queue *make_queue(struct khttp_net *kn,
				      const struct khttp_who *who,
				      const char **why)
{
	char name[KHTTP_QUEUE_NAME_MAX];
	struct khttp_queue_config cfg;
	struct khttp_queue *q;
	int err;

	khttp_control_queue_defaults(&cfg);
	cfg.policy.mode = 0600;
	err = khttp_user_charge(kn, khttp_who_counts(who), KHTTP_USER_QUEUE, why);
	if (err)
		return ERR_PTR(err);
	do {
		scnprintf(name, sizeof(name), MADE_NAME, ++kn->last_made_queue);
		err = khttp_control_queue_add(kn, name, &cfg, why);
	} while (err == -EEXIST);
	if (!err) {
		q = khttp_queue_find(kn, name);
		q->of_file = true;
		return q;
	}
	khttp_user_uncharge(kn, khttp_who_counts(who), KHTTP_USER_QUEUE);
	return ERR_PTR(err);
}

static struct khttp_queue *queue_to_bind(struct khttp_net *kn, const char *name, const char **why)
{
	struct khttp_queue *q = khttp_queue_find(kn, name);

	if (q)
		return q;
	*why = "no such queue: 'khttpctl queue list', or name none to have one made";
	return ERR_PTR(-ENOENT);
}

/* The first prefix: what the file has from now on, or nothing has changed */
static struct khttp_registration *begin(struct khttp_net *kn,
					const struct khttp_who *who,
					const char *queue, const char **why)
{
	struct khttp_registration *r;

	r = khttp_kzalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);
	if (!r) {
		*why = no_memory;
		return ERR_PTR(-ENOMEM);
	}
	r->made = !*queue;
	r->counted = r->made ? khttp_who_counts(who) : INVALID_UID;
	r->queue = r->made ? make_queue(kn, who, why) : queue_to_bind(kn, queue, why);
	if (IS_ERR(r->queue)) {
		void *err = ERR_CAST(r->queue);

		kfree(r);
		return err;
	}
	return r;
}

/* The namespace is alive, so what is not dead stands in it */
static void take_away(struct khttp_net *kn, struct khttp_registration *r)
{
	struct khttp_url *url;
	const char *why;

	while (r->n) {
		u64 id = r->urls[--r->n];

		url = khttp_router_next(kn->router, id);
		if (url && url->id == id)
			khttp_control_url_end(kn, url);
	}
	if (r->made && !READ_ONCE(r->queue->dead))
		khttp_control_queue_del(r->queue, &why);
}

static void end(struct khttp_net *kn, struct khttp_registration *r)
{
	/* A namespace that ends has taken, or takes, all of its own away */
	if (!READ_ONCE(kn->dead))
		take_away(kn, r);
	khttp_user_uncharge(kn, r->counted, KHTTP_USER_QUEUE);
	khttp_queue_put(r->queue);
	kfree(r);
}

static int bind(struct khttp_registration *r, const struct khttp_url_order *o,
		const char **why)
{
	struct khttp_group *g = r->queue->group;
	int err;

	if (READ_ONCE(r->queue->dead)) {
		*why = "the queue of this file was deleted";
		return -ESHUTDOWN;
	}
	if (r->n == KHTTP_REGISTER_MAX) {
		*why = "a file binds no more than 16 prefixes; open another one";
		return -ENOSPC;
	}
	err = khttp_control_url_add(g, o, why);
	if (err)
		return err;
	r->urls[r->n++] = list_last_entry(&g->urls, struct khttp_url, link)->id;
	return 0;
}

/* Context: net->config held, of a namespace that is alive */
static int add(struct khttp_worker *w, const struct file *file,
	       struct khttp_register *a, const char *url, const char **why)
{
	struct khttp_registration *r = w->registration;
	struct khttp_net *kn = w->net;
	struct khttp_who who;
	const struct khttp_url_order o = {
		.who = &who,
		.prefix = url,
		.len = a->url_len,
		.context = a->context,
		.of_file = true,
	};
	int err;

	khttp_who_by_file(&who, kn, file);
	if (r && *a->queue && strcmp(a->queue, r->queue->name)) {
		*why = "the prefixes of a file have one queue; open another one";
		return -EINVAL;
	}
	/* No queue is made for who is refused then */
	err = khttp_url_check(kn, &o, why);
	if (err)
		return err;
	if (!r)
		r = begin(kn, &who, a->queue, why);
	if (IS_ERR(r))
		return PTR_ERR(r);
	err = bind(r, &o, why);
	if (!err) {
		w->registration = r;
		strscpy_pad(a->queue, r->queue->name, sizeof(a->queue));
	} else if (!w->registration) {
		end(kn, r);
	}
	return err;
}

/**
 * khttp_registration_add - KHTTP_IOC_REGISTER
 * @w: of @file
 * @file: whose opener's rights count beside the caller's
 * @a: the request, checked as far as it can be without looking; its queue is set
 * @url: the prefix, @a->url_len bytes
 * @why: set to a static text when it is refused
 *
 * Context: sleeps. Errors: see struct khttp_register.
 */
int khttp_registration_add(struct khttp_worker *w, const struct file *file,
			   struct khttp_register *a, const char *url,
			   const char **why)
{
	int err;

	/* It says what its file is for */
	if (w->grant) {
		*why = "a file that was opened by a grant attaches, and binds nothing";
		return -EPERM;
	}
	mutex_lock(&w->attach);
	err = khttp_control_lock(w->net);
	if (err)
		goto out;
	err = -ESHUTDOWN;
	if (!READ_ONCE(w->net->dead))
		err = add(w, file, a, url, why);
	khttp_control_unlock(w->net);
out:
	mutex_unlock(&w->attach);
	return err;
}

/**
 * khttp_registration_end - the file is released
 * @w: its worker, which holds no request any more
 *
 * Context: sleeps.
 */
void khttp_registration_end(struct khttp_worker *w)
{
	struct khttp_net *kn = w->net;

	if (!w->registration)
		return;
	mutex_lock(&kn->config);
	end(kn, w->registration);
	mutex_unlock(&kn->config);
	w->registration = NULL;
}
