# SPDX-License-Identifier: MIT
"""Where the instructions of one line go, from samples of the virtual clock."""
import collections
import re

# The first that matches a symbol of the kernel itself says what it belongs to.
KERNEL = (
    ("scheduler", r"sched|switch|pick_next|put_prev|enqueue_(task|entity)|dequeue_(task|entity)|"
                  r"wake|check_preempt|resched|update_(curr|rq|load|cfs|min)|place_entity|cpuacct|"
                  r"prepare_to_wait|finish_wait|rcu_note|psi_|native_load|select_task|ttwu"),
    ("memory", r"kmem|kmalloc|kfree|slab|alloc_pages|free_pages|__free|page_frag|memcg|"
               r"get_page|put_page|rmqueue|kvmalloc|ksize"),
    ("copying", r"copy|memmove|memset|memcpy|csum|iov_iter"),
    ("TCP/IP", r"tcp|^_*ip_|inet|sock|sk_|_sk|skb|net|dev_|xmit|qdisc|loopback|nf_|ipv4|"
               r"dst_|fib_|rt_|eth_|napi|bpf"),
    ("epoll, polling", r"ep_|poll|eventfd"),
    ("io_uring", r"io_"),
    ("files and pages", r"vfs|file|splice|page|shmem|folio|xas|fget|fput|path|security|dentry"),
    ("system calls", r"syscall|entry|sysret|ksys|sys_|exit_to_user|audit|error_"),
    ("time, timers", r"time|clock|tick|jiffies"),
    ("locks, softirq", r"lock|softirq|rcu|irq|preempt|local_bh|mutex"),
)


def group(comm, dso, symbol):
    if dso == "[khttp]":
        return "khttp.ko"
    if not dso.startswith("["):
        return "%s, user space" % comm
    for name, pattern in KERNEL:
        if re.search(pattern, symbol):
            return "kernel: " + name
    return "kernel: other"


def parse(report):
    """(percent, comm, dso, symbol) of each line of perf report -F overhead,..."""
    for text in report.splitlines():
        m = re.match(r" *([\d.]+)%; *([^;]*?) *; *([^;]*?) *; *\[.\] (.*?) *$", text)
        if m:
            yield float(m[1]), m[2], m[3], m[4]


def as_text(name, figure, report, most=60):
    groups, symbols = collections.Counter(), collections.Counter()
    for percent, comm, dso, symbol in parse(report):
        groups[group(comm, dso, symbol)] += percent
        symbols[symbol, dso] += percent
    total = sum(groups.values()) or 1
    row = lambda n, words: "%8.0f  %5.1f %%  %s" % (figure * n / total, 100 * n / total, words)
    out = ["%s: %.0f instructions for each request" % (name, figure), ""]
    out += [row(n, what) for what, n in groups.most_common()]
    out += [""] + [row(n, "%s %s" % what) for what, n in symbols.most_common(most)]
    return "\n".join(out) + "\n"
