/* SPDX-License-Identifier: MIT */
/*
 * For scripts/cppcheck, which does not read the kernel's headers: the macros
 * that would else be no C to it.
 */
#define list_for_each(at, head) while (((at) = next(head)))
#define list_for_each_entry(e, head, member) while (((e) = next(head)))
#define list_for_each_entry_from(e, head, member) while (((e) = next(head)))
#define list_for_each_entry_rcu(e, head, member, ...) while (((e) = next(head)))
#define list_for_each_entry_safe(e, n, head, member) \
	for ((e) = next(head), (n) = next(e); (n); (e) = (n), (n) = next(e))
#define llist_for_each_entry_safe(e, n, list, member) \
	for ((e) = (list), (n) = next(e); (n); (e) = (n), (n) = next(e))
#define nla_for_each_attr(e, head, len, rem) while (((e) = next(head, len, &(rem))))
#define for_each_cpu_wrap(cpu, mask, start) while (((cpu) = next(mask, start)))
#define for_each_possible_cpu(cpu) while (((cpu) = next(cpu_possible_mask)))
/* Its fields are separated by nothing */
#define TRACE_EVENT(name, ...)
#define DECLARE_EVENT_CLASS(name, ...)
#define DEFINE_EVENT(name, ...)
#define unsafe_get_user(x, from, label) do { if (get_user(x, from)) goto label; } while (0)
#define unsafe_put_user(x, to, label) do { if (put_user(x, to)) goto label; } while (0)
