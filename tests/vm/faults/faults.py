# SPDX-License-Identifier: MIT
"""Ways to let an allocation of the module fail, each a switch that is armed for the
n-th one, and steps that must end cleanly whichever it is."""
import ctypes
import errno
import os
import random
import re
import time

PARAMETERS = "/sys/module/khttp/parameters/"
FAULTS = "/sys/kernel/debug/"
NO_MEMORY = ("ENOMEM", "ENOBUFS", "ENFILE")
libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    """A system call or libc function by its result: 0 or more, or OSError."""
    ret = getattr(libc, name)(*arguments)
    if ret < 0:
        raise OSError(ctypes.get_errno(), "%s: %s" % (name, os.strerror(ctypes.get_errno())))
    return ret


def write(path, value):
    with open(path, "w") as f:
        f.write(str(value))


def insert(path, options):
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        call("syscall", 313, fd, options.encode(), 0)       # finit_module
    finally:
        os.close(fd)


def remove():
    """The module may be in use for a moment by what has just ended."""
    end = time.monotonic() + 20
    while True:
        try:
            return call("syscall", 176, b"khttp", os.O_NONBLOCK)    # delete_module
        except OSError as e:
            if e.errno not in (errno.EBUSY, errno.EAGAIN) or time.monotonic() > end:
                raise
            time.sleep(0.01)


class Log:
    """Where allocations failed, as the module tells the kernel's log."""

    def __init__(self):
        self.fd = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self.fd, 0, os.SEEK_END)

    def places(self):
        found = []
        while True:
            try:
                record = os.read(self.fd, 8192).decode(errors="replace")
            except BlockingIOError:
                return found
            if m := re.search(r"khttp: no memory at (\S+)/", record):
                found.append(m[1])


class Knobs:
    """Files that hold a number each."""

    def __init__(self, folder, *names):
        self.fds = {name: os.open(folder + name, os.O_RDWR) for name in names}

    def set(self, name, value):
        os.pwrite(self.fds[name], b"%d" % value, 0)

    def get(self, name):
        return int(os.pread(self.fds[name], 20, 0))


class Module:
    """The module's own switch: the n-th of its allocations and some behind it."""

    def __init__(self, more=0):
        self.knobs = Knobs(PARAMETERS, "fail_nth", "fail_more", "fail_calls")
        self.more = more

    def arm(self, n):
        self.knobs.set("fail_more", self.more)
        self.knobs.set("fail_nth", n)
        self.knobs.set("fail_calls", 0)

    def fired(self, n):
        """Nothing fails after this."""
        self.knobs.set("fail_nth", 0)
        return self.knobs.get("fail_calls") >= n


class Odds:
    """Any of its allocations may fail, which ones follows from a number."""

    def __init__(self):
        self.knobs = Knobs(PARAMETERS, "fail_odds", "fail_seed", "fail_calls")

    def arm(self, n):
        self.knobs.set("fail_seed", n)
        self.knobs.set("fail_calls", 0)
        self.knobs.set("fail_odds", (2, 3, 5, 10, 30)[n % 5])

    def fired(self, n):
        self.knobs.set("fail_odds", 0)
        return True


def kernel_faults(slab, pages):
    for kind, knobs in (("failslab", slab), ("fail_page_alloc", pages)):
        for name, value in knobs.items():
            write(FAULTS + kind + "/" + name, value)


class Task:
    """The kernel's switch: the n-th allocation of this thread fails, whoever
    makes it: TCP's for an answer as well as ours, or for a page of the caller's
    memory. A bind that TCP has no memory for it calls EADDRINUSE."""
    also = ("EFAULT", "EADDRINUSE")

    def __init__(self):
        self.knobs = Knobs("/proc/thread-self/", "fail-nth")
        kernel_faults({"ignore-gfp-wait": "N", "verbose": 0},
                      {"ignore-gfp-wait": "N", "verbose": 0, "min-order": 0})

    def arm(self, n):
        self.knobs.set("fail-nth", n)

    def fired(self, n):
        left = self.knobs.get("fail-nth")
        self.knobs.set("fail-nth", 0)
        return not left


class Caches:
    """The kernel's switch for slab caches that slub_debug=A,NAME marked: an object
    for each of a list, of which the n-th fails, whoever asks."""

    def __init__(self, names):
        self.sizes = [self.number(name, "object_size") for name in names]
        self.marked = all(self.number(name, "failslab") for name in names)
        kernel_faults({"ignore-gfp-wait": "N", "verbose": 0, "task-filter": "N", "interval": 1},
                      {})

    @staticmethod
    def number(name, what):
        with open("/sys/kernel/slab/%s/%s" % (name, what)) as f:
            return int(f.read())

    def arm(self, n):
        # Bytes before the one that fails, and one more than that
        kernel_faults({"space": sum(self.sizes[:n - 1]) + (n > 1), "cache-filter": "Y",
                       "times": 1, "probability": 100}, {})

    def fired(self, n):
        with open(FAULTS + "failslab/times") as f:
            left = int(f.read())
        kernel_faults({"probability": 0, "cache-filter": "N"}, {})
        return not left


class Group:
    """Any kernel's: the cgroup that we are in has n pages to spare, and what is
    charged beyond them fails. Nobody in it may be killed instead."""
    ROOT = "/sys/fs/cgroup"
    NO_LIMIT = 1 << 60

    def __init__(self):
        with open("/proc/self/cgroup") as f:
            self.path = self.ROOT + f.read().split(":")[2].strip() + "/"
        write(self.ROOT + "/cgroup.subtree_control", "+memory")
        for pid in self.read("cgroup.procs").split():
            write("/proc/%s/oom_score_adj" % pid, -1000)
        # Open from here on: to open one takes memory
        self.knobs = Knobs(self.path, "memory.max", "memory.high")
        self.used = os.open(self.path + "memory.current", os.O_RDONLY)

    def close(self):
        write(self.ROOT + "/cgroup.subtree_control", "-memory")

    def read(self, name):
        with open(self.path + name) as f:
            return f.read()

    def value(self, name, what):
        return int(re.search(r"^%s (\d+)$" % what, self.read(name), re.M)[1])

    def current(self):
        return int(os.pread(self.used, 20, 0))

    def kernel_bytes(self):
        return self.value("memory.stat", "kernel")

    def arm(self, n):
        self.failed = self.value("memory.events", "max")
        # What was freed after a grace period is still charged before its end
        for _ in range(2):
            call("syscall", 324, 1, 0, 0)       # membarrier, MEMBARRIER_CMD_GLOBAL
        # Below what is used: the processor gives back what it holds in advance
        self.knobs.set("memory.high", self.current() - 4096)
        self.knobs.set("memory.high", self.NO_LIMIT)
        self.knobs.set("memory.max", self.current() + n * 4096)

    def fired(self, n):
        self.knobs.set("memory.max", self.NO_LIMIT)
        return self.value("memory.events", "max") > self.failed


class Step:
    """Something that is done, and undone when it worked. It returns None, or in a
    word how it failed, or raises OSError; what it may return is in @fails. Only
    while it is done are allocations made to fail."""

    def __init__(self, what, do, undo=None, fails=(), before=lambda: None):
        self.what = what
        self.do = do
        self.undo = undo
        self.before = before
        self.fails = NO_MEMORY + tuple(fails)

    def attempt(self, switch=None, n=0):
        """(how it failed or None, whether an allocation was made to fail)"""
        fired, failure = False, None
        self.before()
        if switch:
            switch.arm(n)
        try:
            failure = self.do()
        except OSError as e:
            failure = errno.errorcode.get(e.errno, str(e))
        except MemoryError:
            failure = "ENOMEM"
        finally:
            if switch:
                fired = switch.fired(n)
        if not failure and self.undo:
            self.undo()
        return failure, fired


class Run:
    """Steps, one after the other, and what was seen of them."""

    def __init__(self, check, settled, seed):
        self.check = check
        self.settled = settled      # waits until nothing is left of a step
        self.draw = random.Random(seed)
        self.log = Log()
        self.places = set()
        self.attempts = 0
        self.failures = 0

    def once(self, step, switch, n):
        """One attempt; and if it failed, another without failures at once."""
        failure, fired = step.attempt(switch, n)
        places = self.log.places()
        self.places.update(places)
        self.attempts += 1
        self.failures += failure is not None
        text = "%s, %d, failing %s" % (step.what, n, " ".join(places) or "somewhere")
        if failure and not fired:
            self.check("%s: nothing was made to fail" % step.what, failure, None)
        elif failure:
            allowed = step.fails + getattr(switch, "also", ())
            self.check("%s: %s is a clean end" % (text, failure), failure in allowed, True)
            self.check("%s: afterwards" % text, step.attempt()[0], None)
        self.settled(text)
        return fired

    def each(self, step, switch, stride=1):
        """The first allocation fails, then the second, until none is left; or
        every so many of them, from any one on."""
        n, count, began = 1 + self.draw.randrange(stride), 0, time.monotonic()
        before = self.failures
        while self.once(step, switch, n):
            n += stride
            count += 1
        print("%-45s %3d made to fail up to %d, %d did, %4.1f s" % (
            step.what, count, n, self.failures - before, time.monotonic() - began), flush=True)

    def at_random(self, steps, seconds):
        count, end, switch = 0, time.monotonic() + seconds, Odds()
        while time.monotonic() < end:
            self.once(self.draw.choice(steps), switch, self.draw.randrange(1 << 31))
            count += 1
        print("%d steps at random" % count, flush=True)
