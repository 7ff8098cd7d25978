# SPDX-License-Identifier: MIT
"""Where the instructions of one line go: what count.c counted in one run, by part of
the system and by function, with the calls of each."""
import bisect
import collections
import re
import subprocess

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


# What a request should have few of: the functions that all ways to it go through.
COUNTED = (
    ("system calls", r"do_syscall_64"),
    ("  of which io_uring_enter", r"__x64_sys_io_uring_enter"),
    ("  of which ioctl", r"__x64_sys_ioctl"),
    ("tasks woken", r"ttwu_do_activate.*"),
    ("switches between tasks", r"finish_task_switch.*"),
    ("objects allocated", r"kmem_cache_alloc|kmem_cache_alloc_lru|kmem_cache_alloc_node|"
                          r"kmem_cache_alloc_noprof|kmem_cache_alloc_node_noprof|"
                          r"kmem_cache_alloc_lru_noprof|kmem_cache_alloc_bulk.*|"
                          r"__kmalloc|__kmalloc_node|__kmalloc_node_track_caller|kmalloc_trace|"
                          r"kmalloc_node_trace|__kmalloc_noprof|__kmalloc_node_noprof|"
                          r"__kmalloc_cache_noprof|__kmalloc_node_track_caller_noprof"),
    ("pages allocated", r"__alloc_pages|__alloc_pages_noprof|__alloc_pages_bulk"),
    ("packets (skb)", r"__alloc_skb"),
    ("copies to and from user space", r"_copy_to_user|_copy_from_user|_copy_to_iter|"
                                      r"_copy_from_iter"),
    ("copies in the kernel", r"memcpy|__memcpy|memmove|__memmove"),
    ("clocks read", r"ktime_get.*"),
)


class Table:
    """Functions by address: the one that begins at or below it."""

    def __init__(self, rows):
        self.rows = sorted(rows)
        self.begins = [row[0] for row in self.rows]

    def at(self, address):
        i = bisect.bisect(self.begins, address) - 1
        return self.rows[i] if i >= 0 else (0, "?")


def kernel_table(folder):
    rows = []
    with open(folder + "/kallsyms") as f:
        for text in f:
            address, kind, name, *module = text.split()
            if kind in "tTwW":
                rows.append((int(address, 16), name, module[0] if module else "[kernel]"))
    return Table(rows)


def program_table(path):
    """Functions by offset in the file, which is what a mapping tells."""
    run = lambda *command: subprocess.run(command, text=True, stdout=subprocess.PIPE,
                                          stderr=subprocess.DEVNULL).stdout
    shift = 0
    for text in run("readelf", "-lW", path).splitlines():
        words = text.split()
        if words[:1] == ["LOAD"] and "E" in words[6:8]:
            shift = int(words[2], 16) - int(words[1], 16)
    rows = []
    for option in ("--demangle", "--dynamic"):
        for text in run("nm", option, path).splitlines():
            words = text.split(None, 2)
            if len(words) == 3 and words[1] in "tTwWi":
                rows.append((int(words[0], 16) - shift, words[2].split("@")[0]))
    return Table(rows)


def read_maps(folder):
    """(begin, end, offset, program, file) of what can be executed."""
    maps = []
    with open(folder + "/maps") as f:
        for text in f:
            m = re.match(r"(.*?) ([0-9a-f]+)-([0-9a-f]+) ..x. ([0-9a-f]+) \S+ \d+ *(.*)", text)
            if m:
                maps.append((int(m[2], 16), int(m[3], 16), int(m[4], 16), m[1], m[5]))
    return Table(maps)


class Namer:
    def __init__(self, folder):
        self.kernel = kernel_table(folder)
        self.maps = read_maps(folder)
        self.programs = {}

    def name(self, address):
        """(part, function, whether the address is where it begins)"""
        if address >> 63:
            begin, name, module = self.kernel.at(address)
            return module, name, address == begin
        begin, end, *mapping = self.maps.at(address)
        if not mapping or address >= end:
            return "programs that came and went", "?", False
        offset, program, path = mapping
        if path not in self.programs:
            self.programs[path] = program_table(path)
        at = address - begin + offset
        start, name, *_ = self.programs[path].at(at)
        return program, name, at == start


def group(part, name):
    if part == "[khttp]":
        return "khttp.ko"
    if not part.startswith("["):
        return "%s, user space" % part
    for what, pattern in KERNEL:
        if re.search(pattern, name):
            return "kernel: " + what
    return "kernel: other"


def as_text(line, figure, folder, most=120):
    """The count of FOLDER, scaled to the FIGURE that was measured without counting."""
    groups, functions = collections.Counter(), collections.Counter()
    calls = collections.Counter()
    namer = Namer(folder)
    with open(folder + "/counts") as f:
        for text in f:
            address, times = text.split()
            part, name, begins = namer.name(int(address, 16))
            groups[group(part, name)] += int(times)
            functions[name, part] += int(times)
            calls[name, part] += int(times) if begins else 0
    total = sum(groups.values())
    scale = figure / total
    out = ["%s: %.0f instructions for each request" % (line, figure), ""]
    out += ["%8.0f  %5.1f %%  %s" % (scale * n, 100 * n / total, what)
            for what, n in groups.most_common()]
    out += ["", "times for each request:"]
    for what, pattern in COUNTED:
        n = sum(times for (name, part), times in calls.items()
                if part == "[kernel]" and re.fullmatch(pattern, name))
        out.append("%8.3f  %s" % (scale * n, what))
    out += ["", "instructions, calls:"]
    out += ["%8.0f %8.2f  %s %s" % (scale * n, scale * calls[key], *key)
            for key, n in functions.most_common(most)]
    return "\n".join(out) + "\n"
