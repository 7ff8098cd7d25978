// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of the slots: pages that kernel and worker both see.
 *
 * Who maps them is the worker, and the end of that mapping is its death: close
 * is called when an address space goes, whatever else of the process lingers
 * (descriptors that others hold, commands in a ring). A fork does not inherit
 * the mapping; should the owner have asked for it all the same
 * (MADV_DOFORK), the child's copy does not count.
 */

#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/vmalloc.h>

#include "alloc.h"
#include "compat.h"
#include "worker_i.h"

static int alloc_pages_of(struct khttp_worker *w)
{
	u32 i;

	for (i = 0; i < w->n_pages; i++) {
		if (fatal_signal_pending(current))
			return -EINTR;
		w->pages[i] = khttp_alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);
		if (!w->pages[i])
			return -ENOMEM;
		if (i % 64 == 63)
			cond_resched();
	}
	return 0;
}

static void init_hands(struct khttp_worker *w)
{
	u32 i;

	for (i = 0; i < w->n_hands; i++) {
		struct khttp_hand *hand = &w->hands[i];

		hand->worker = w;
		mutex_init(&hand->lock);
		hand->id = i;
		hand->next_free = i + 1;
		khttp_bells_init(hand);
	}
	w->first_free = 0;
	w->n_free = w->n_hands;
}

/**
 * khttp_slots_alloc - memory for all slots, zeroed
 * @w: n_hands and slot_size are set and checked
 *
 * Charged to the calling task's cgroup. Context: sleeps. Returns 0, -ENOMEM,
 * or -EINTR when the caller is being killed; after an error
 * khttp_slots_free() has to follow all the same.
 */
int khttp_slots_alloc(struct khttp_worker *w)
{
	int err;

	w->n_pages = (size_t)w->n_hands * w->slot_size >> PAGE_SHIFT;
	w->hands = khttp_kvcalloc(w->n_hands, sizeof(*w->hands), GFP_KERNEL_ACCOUNT);
	w->pages = khttp_kvcalloc(w->n_pages, sizeof(*w->pages), GFP_KERNEL_ACCOUNT);
	if (!w->hands || !w->pages)
		return -ENOMEM;
	err = alloc_pages_of(w);
	if (err)
		return err;
	w->memory = khttp_vmap(w->pages, w->n_pages, VM_MAP, PAGE_KERNEL);
	if (!w->memory)
		return -ENOMEM;
	init_hands(w);
	return 0;
}

/**
 * khttp_slots_free - give it all back
 * @w: in any state of khttp_slots_alloc(); nothing is in hand
 *
 * Context: sleeps. Who still maps the pages has references of his own.
 */
void khttp_slots_free(struct khttp_worker *w)
{
	u32 i;

	if (w->memory)
		vunmap(w->memory);
	for (i = 0; w->pages && i < w->n_pages && w->pages[i]; i++)
		put_page(w->pages[i]);
	kvfree(w->pages);
	kvfree(w->hands);
	w->memory = NULL;
	w->pages = NULL;
	w->hands = NULL;
}

/* mremap copies the mapping before it asks whether it may */
static void khttp_slots_vma_open(struct vm_area_struct *vma)
{
	struct khttp_worker *w = vma->vm_private_data;

	spin_lock_bh(&w->lock);
	if (vma->vm_mm == w->mm)
		w->maps++;
	spin_unlock_bh(&w->lock);
}

/* Under mmap_lock, which stands above our locks: only mark and queue */
static void khttp_slots_vma_close(struct vm_area_struct *vma)
{
	struct khttp_worker *w = vma->vm_private_data;
	bool last;

	spin_lock_bh(&w->lock);
	last = vma->vm_mm == w->mm && !--w->maps;
	spin_unlock_bh(&w->lock);
	if (last)
		khttp_worker_die(w);
}

static int khttp_slots_vma_split(struct vm_area_struct *vma, unsigned long at)
{
	return -EINVAL;
}

static int khttp_slots_vma_mremap(struct vm_area_struct *vma)
{
	return -EINVAL;
}

static const struct vm_operations_struct khttp_slots_vm_ops = {
	.open = khttp_slots_vma_open,
	.close = khttp_slots_vma_close,
	.may_split = khttp_slots_vma_split,
	.mremap = khttp_slots_vma_mremap,
};

static int check_vma(const struct khttp_worker *w,
		     const struct vm_area_struct *vma)
{
	unsigned long need = VM_SHARED | VM_READ | VM_WRITE;

	if (!smp_load_acquire(&w->attached) || !w->n_hands)
		return -ENXIO;
	if (vma->vm_pgoff || (vma->vm_flags & need) != need ||
	    vma->vm_flags & VM_EXEC ||
	    vma->vm_end - vma->vm_start != (size_t)w->n_pages << PAGE_SHIFT)
		return -EINVAL;
	return 0;
}

/* From ATTACHED to SERVING; only the first one wins */
static int become_serving(struct khttp_worker *w, struct mm_struct *mm)
{
	int err = -EBUSY;

	spin_lock_bh(&w->lock);
	if (w->state > KHTTP_WORKER_SERVING) {
		err = -ESHUTDOWN;
	} else if (!w->mm) {
		w->mm = mm;
		w->maps = 1;
		WRITE_ONCE(w->state, KHTTP_WORKER_SERVING);
		err = 0;
	}
	spin_unlock_bh(&w->lock);
	return err;
}

/**
 * khttp_slots_mmap - the worker maps its slots
 * @w: attached
 * @vma: all of them, shared, for reading and writing
 *
 * Context: mmap_lock held for writing. Returns 0, -ENXIO not attached or
 * nothing to map, -EINVAL not the whole, -EBUSY mapped before, -ESHUTDOWN.
 */
int khttp_slots_mmap(struct khttp_worker *w, struct vm_area_struct *vma)
{
	unsigned long left;
	int err = check_vma(w, vma);

	if (err)
		return err;
	if (READ_ONCE(w->state) != KHTTP_WORKER_ATTACHED)
		return READ_ONCE(w->state) == KHTTP_WORKER_SERVING ?
		       -EBUSY : -ESHUTDOWN;
	khttp_vm_flags(vma, VM_DONTCOPY | VM_DONTEXPAND, VM_MAYEXEC);
	left = w->n_pages;
	err = vm_insert_pages(vma, vma->vm_start, w->pages, &left);
	if (err)
		return err;
	err = become_serving(w, vma->vm_mm);
	if (err)
		return err;
	vma->vm_private_data = w;
	vma->vm_ops = &khttp_slots_vm_ops;
	return 0;
}
