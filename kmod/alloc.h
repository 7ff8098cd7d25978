/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Everything the module allocates, directly or through something that returns
 * -ENOMEM, goes through here, so that a debug build can refuse it: see alloc.c.
 * In any other build each of these is the plain call and nothing else.
 * scripts/check-layers keeps the plain calls out of all other files.
 */
#ifndef _KHTTP_ALLOC_H
#define _KHTTP_ALLOC_H

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>

#ifdef KHTTP_DEBUG
/**
 * khttp_alloc_fails - shall this allocation fail?
 *
 * Called once for each allocation, by the wrappers below.
 *
 * Context: any.
 */
bool khttp_alloc_fails(void);

/* Module parameter: files test themselves at load */
extern bool khttp_selftests;
#else
static __always_inline bool khttp_alloc_fails(void)
{
	return false;
}
#endif

static __always_inline void *khttp_kmalloc(size_t size, gfp_t gfp)
{
	return khttp_alloc_fails() ? NULL : kmalloc(size, gfp);
}

static __always_inline void *khttp_kzalloc(size_t size, gfp_t gfp)
{
	return khttp_alloc_fails() ? NULL : kzalloc(size, gfp);
}

static __always_inline void *khttp_kcalloc(size_t n, size_t size, gfp_t gfp)
{
	return khttp_alloc_fails() ? NULL : kcalloc(n, size, gfp);
}

static __always_inline void *khttp_kmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	return khttp_alloc_fails() ? NULL : kmalloc_array(n, size, gfp);
}

static __always_inline void *khttp_krealloc(const void *old, size_t size, gfp_t gfp)
{
	return khttp_alloc_fails() ? NULL : krealloc(old, size, gfp);
}

static __always_inline void *khttp_kvmalloc(size_t size, gfp_t gfp)
{
	return khttp_alloc_fails() ? NULL : kvmalloc(size, gfp);
}

static __always_inline void *khttp_kvzalloc_node(size_t size, gfp_t gfp, int node)
{
	return khttp_alloc_fails() ? NULL : kvzalloc_node(size, gfp, node);
}

static __always_inline void *khttp_kvcalloc(size_t n, size_t size, gfp_t gfp)
{
	return khttp_alloc_fails() ? NULL : kvcalloc(n, size, gfp);
}

static __always_inline void *khttp_slab_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	return khttp_alloc_fails() ? NULL : kmem_cache_alloc(cache, gfp);
}

static __always_inline void *khttp_slab_zalloc(struct kmem_cache *cache, gfp_t gfp)
{
	return khttp_alloc_fails() ? NULL : kmem_cache_zalloc(cache, gfp);
}

static __always_inline struct page *khttp_alloc_pages(gfp_t gfp, unsigned int order)
{
	return khttp_alloc_fails() ? NULL : alloc_pages(gfp, order);
}

static __always_inline struct page *khttp_alloc_page(gfp_t gfp)
{
	return khttp_alloc_pages(gfp, 0);
}

static __always_inline void *khttp_alloc_pages_exact(size_t size, gfp_t gfp)
{
	return khttp_alloc_fails() ? NULL : alloc_pages_exact(size, gfp);
}

#define khttp_alloc_percpu(type, gfp) (khttp_alloc_fails() ? NULL : alloc_percpu_gfp(type, gfp))

static __always_inline struct sk_buff *khttp_genlmsg_new(size_t payload, gfp_t gfp)
{
	return khttp_alloc_fails() ? NULL : genlmsg_new(payload, gfp);
}

static __always_inline struct sk_buff *khttp_skb_clone(struct sk_buff *skb, gfp_t gfp)
{
	return khttp_alloc_fails() ? NULL : skb_clone(skb, gfp);
}

static __always_inline struct sk_buff *khttp_alloc_skb(u32 len, gfp_t gfp)
{
	return khttp_alloc_fails() ? NULL : alloc_skb(len, gfp);
}

static __always_inline struct kmem_cache *khttp_slab_create(const char *name, size_t size,
							    slab_flags_t flags)
{
	return khttp_alloc_fails() ? NULL : kmem_cache_create(name, size, 0, flags, NULL);
}

/* @make is called once for the memory of each object, not for each allocation */
static __always_inline struct kmem_cache *khttp_slab_create_made(const char *name, size_t size,
								 slab_flags_t flags,
								 void (*make)(void *object))
{
	return khttp_alloc_fails() ? NULL : kmem_cache_create(name, size, 0, flags, make);
}

static __always_inline struct workqueue_struct *khttp_alloc_workqueue(const char *name,
								      unsigned int flags)
{
	return khttp_alloc_fails() ? NULL : alloc_workqueue("%s", flags, 0, name);
}

static __always_inline void *khttp_vmap(struct page **pages, unsigned int n, unsigned long flags,
					pgprot_t prot)
{
	return khttp_alloc_fails() ? NULL : vmap(pages, n, flags, prot);
}

static __always_inline void *khttp_memdup_user(const void __user *from, size_t len)
{
	return khttp_alloc_fails() ? ERR_PTR(-ENOMEM) : memdup_user(from, len);
}

/*
 * For what allocates among other things and says so: -ENOMEM, or the result of
 * the call.
 */
#define khttp_may_fail(call) (khttp_alloc_fails() ? -ENOMEM : (call))

#endif
