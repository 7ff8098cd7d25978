# SPDX-License-Identifier: MIT
"""Load, configuration, traffic and end of khttp, with allocations failing."""
import contextlib
import errno
import os
import random
import signal
import struct
import sys
import time

from device import Worker
from faults import *
import filters
from genl import *
from traffic import *
from wire import check, finish

KO = os.environ["KO"]
FOR = float(os.environ["FOR"])
STRIDE = int(os.environ["STRIDE"])
SEED = int(os.environ.get("KHTTP_SEED") or time.time())
OPTIONS = "selftest=0"
SLACK = 128 << 10        # of kernel memory that a group may be charged with for good
# In the order in which a request that is answered over a ring needs an object of each
CACHES = ("khttp_conn", "khttp_request", "khttp_op")
CLONE_NEWNET = 0x40000000
MCL_CURRENT = 1
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
QUEUE_ADD, QUEUE_SET, QUEUE_DEL, QUEUE_GET, QUEUE_DRAIN, URL_ADD, URL_DEL = range(1, 8)
URL_GET, LISTENER_GET, WORKER_GET, CACHE_GET, PURGE, LIMITS_GET, LIMITS_SET = range(8, 15)
STATS_GET, FEATURES_GET, LATENCY_GET, ERROR_GET = 15, 16, 18, 19
ERROR_A_NEXT = uapi("ERROR_A_NEXT")
LISTENER_SET, LISTENER_RESET, SETTINGS_GET = 21, 22, 23
GROUP_ADD, GROUP_SET, GROUP_DEL, GROUP_GET = range(24, 28)
QUEUE_A_WAITING, QUEUE_A_IN_HAND, LISTENER_A_CONNECTIONS = 13, 14, 6


def limit(name, value):
    return nest(2, string(3, name) + number64(4, value))


BUDGET = limit("cache_bytes", 1 << 22)
# So that clients are counted
CLIENTS = limit("max_client_connections", 1000)
OF_GROUP = nest(4, string(3, "max_body") + number64(4, 1 << 20))
# Too large for a slab: what is vmalloc's can fail in more places
DOOR = string(10, "own") + b"".join(
    nest(11, number(1, status) + string(2, "text/plain") + attribute(3, b"x" * size))
    for status, size in ((503, 40000), (404, 100)))
REDIRECT = string(7, "http://new/")


def queue(name):
    return string(2, name)


def group(name, of=None):
    return string(2, name) + (string(3, of) if of else b"")


def url(prefix, name=None):
    return string(2, "http://%s/" % prefix) + (string(3, name) if name else b"")


def proxied(port, *more):
    """Settings with which 127.0.0.1 has to introduce its clients."""
    return number(4, port) + string(9, "127.0.0.1") + number(8, 3) + b"".join(more)


class Control:
    """Netlink. An error may leave something behind in a socket: after each comes
    another one, but not while allocations fail."""

    def __init__(self):
        self.listener = Family("khttp")
        self.listener.join("events")
        self.listener.join("errors")
        self.family = Family("khttp")

    def ask(self, command, attributes=b"", dump=False):
        """None, or OSError as if it were a system call."""
        try:
            number, text = self.family.ask(command, attributes, dump)
            if number:
                raise OSError(number, text)
        except OSError:
            self.family.sock.close()
            self.family = None
            raise

    def rows(self, command, attributes=b"", dump=False):
        self.refresh()
        self.ask(command, attributes, dump)
        return self.family.rows

    def refresh(self):
        if not self.family:
            self.family = Family("khttp")

    def step(self, what, command, attributes=b"", dump=False, undo=None):
        def before():
            """It may have worked when only the answer found no memory."""
            failed = not self.family
            self.refresh()
            if failed and undo:
                with contextlib.suppress(OSError):
                    undo()
                self.refresh()

        return Step(what, lambda: self.ask(command, attributes, dump), undo, before=before)

    def left(self):
        """Requests and connections that there still are."""
        held = sum(struct.unpack("I", row[kind])[0]
                   for row in self.rows(QUEUE_GET, dump=True)
                   for kind in (QUEUE_A_WAITING, QUEUE_A_IN_HAND))
        return held + sum(struct.unpack("Q", row[LISTENER_A_CONNECTIONS])[0]
                          for row in self.rows(LISTENER_GET, dump=True))

    def settled(self, what):
        end = time.monotonic() + PATIENCE
        while (left := self.left()) and time.monotonic() < end:
            time.sleep(0.005)
        check("%s: requests and connections left" % what, left, 0)


def load_steps():
    """The load has to fail and leave nothing, or to work."""
    n, log, began = 1 + random.Random(SEED).randrange(STRIDE), Log(), time.monotonic()
    count = 0
    while True:
        try:
            insert(KO, "%s fail_nth=%d" % (OPTIONS, n))
            break
        except OSError as e:
            check("load, allocation %d" % n, errno.errorcode[e.errno], "ENOMEM")
        left = [name for name in os.listdir("/sys/kernel/slab") if name.startswith("khttp")]
        check("load, allocation %d: device, slab caches" % n,
              (os.path.exists("/dev/khttp"), left), (False, []))
        n += STRIDE
        count += 1
    print("load: %d failures up to %d, %.1f s" % (count, n, time.monotonic() - began), flush=True)
    remove()
    insert(KO, OPTIONS)
    return set(log.places())


def namespace_step():
    here = os.open("/proc/self/ns/net", os.O_RDONLY)
    return Step("a network namespace", lambda: call("unshare", CLONE_NEWNET) or None,
                lambda: call("setns", here, 0))


def control_steps(c):
    yield c.step("QUEUE_ADD", QUEUE_ADD, queue("new"), undo=lambda: c.ask(QUEUE_DEL, queue("new")))
    yield c.step("QUEUE_SET", QUEUE_SET, queue("q") + number(4, 77))
    for prefix in ("+:81", "127.0.0.1:82"):
        yield c.step("URL_ADD " + prefix, URL_ADD, url(prefix, "q"),
                     undo=lambda p=prefix: c.ask(URL_DEL, url(p)))
    for port, more in (85, b""), (83, string(16, "127.0.0.2,127.0.0.3")), (83, string(15, "lo")):
        yield c.step("LISTENER_SET %d" % port, LISTENER_SET, proxied(port, more),
                     undo=lambda p=port: c.ask(LISTENER_RESET, number(4, p)))
    yield c.step("GROUP_ADD", GROUP_ADD, group("more", "q") + OF_GROUP,
                 undo=lambda: c.ask(GROUP_DEL, group("more")))
    yield c.step("GROUP_SET", GROUP_SET, group("site") + OF_GROUP)
    yield c.step("GROUP_ADD door", GROUP_ADD, group("door", "q") + DOOR,
                 undo=lambda: c.ask(GROUP_DEL, group("door")))
    yield c.step("GROUP_SET door", GROUP_SET, group("site") + DOOR)
    yield c.step("GROUP_SET no door", GROUP_SET, group("site") + string(10, "khttp") +
                 b"".join(nest(11, number(1, status)) for status in (503, 404)))
    yield c.step("URL_ADD redirect", URL_ADD, url("old:80", "q") + REDIRECT,
                 undo=lambda: c.ask(URL_DEL, url("old:80")))
    yield c.step("GROUP_GET", GROUP_GET, group("site"))
    yield c.step("LIMITS_SET", LIMITS_SET, BUDGET)
    yield c.step("LIMITS_SET error_log", LIMITS_SET, limit("error_log", 2000),
                 undo=lambda: c.ask(LIMITS_SET, limit("error_log", 1000)))
    yield c.step("CACHE_PURGE", PURGE, string(2, "http://a/"))
    for command in (QUEUE_GET, URL_GET, LISTENER_GET, WORKER_GET, CACHE_GET, LIMITS_GET,
                    STATS_GET, LATENCY_GET, ERROR_GET, SETTINGS_GET, GROUP_GET):
        yield c.step("dump %d" % command, command, dump=True)
    yield from filters.filter_steps(c, check)
    yield c.step("QUEUE_GET", QUEUE_GET, queue("q"))
    yield c.step("FEATURES_GET", FEATURES_GET)
    yield c.step("URL_DEL", URL_DEL, url("+:83"), undo=lambda: c.ask(URL_ADD, url("+:83", "q")))
    yield c.step("QUEUE_DRAIN", QUEUE_DRAIN, queue("q"))


def attach_step():
    held = []

    def end():
        while held:
            held.pop().close()

    return Step("a worker attaches and maps", lambda: held.append(Worker("q")), end)


def traffic_steps(c, server):
    """The way in, the hand-off, the way out; what is stored, and hits."""
    def empty():
        c.rows(PURGE, attribute(4, b""))
        # With it goes what the cache remembers of entries that left
        c.rows(LIMITS_SET, BUDGET)

    for what, exchange in (EXCHANGES | REFUSALS).items():
        yield Step(what, exchange, fails=ENDS)
    for name, body in STORED.items():
        stored = Exchange(get(name), body)
        yield Step("a %s answer is stored and hit" % name, lambda s=stored: s() or s(), empty,
                   ENDS)
        yield Step("%s hits behind each other" % name,
                   Exchange(get(name, 3), body, count=3), empty, ENDS)
    yield Step("a worker purges", server.purge)


def fragment_step(server):
    return Step("a worker keeps a fragment", server.keep_fragment, server.purge)


def task_steps(server):
    for what, exchange in EXCHANGES.items():
        yield WorkerStep("[worker] " + what, exchange, server)
    for name, body in STORED.items():
        yield WorkerStep("[worker] a %s answer is stored" % name, Exchange(get(name), body),
                         server, server.purge)


def each(run, switch, steps, server=None, stride=STRIDE):
    for step in steps:
        run.each(step, switch, stride)
        if server:
            # As many requests at once as there are slots: none was lost
            check("%s: both slots" % step.what,
                  WorkerStep("", BOTH, server).attempt()[0] if not server.thread else BOTH(), None)


def listen(group):
    listener = Family("khttp")
    listener.join(group)
    listener.sock.setblocking(False)
    return listener


def news(listener):
    """What a listener gets of what has just happened."""
    try:
        listener.sock.recv(65536)
    except BlockingIOError:
        return "nothing"
    except OSError as e:
        return errno.errorcode[e.errno]
    return "an event"


def no_event_is_lost_unsaid(c):
    listener, switch, seen, fired, n = listen("events"), Module(), set(), True, 0
    while fired:
        n += 1
        c.refresh()
        switch.arm(n)
        try:
            # Accepted, even where only its event finds no memory
            c.ask(PURGE, string(2, "http://a/"))
            worked = True
        except OSError:
            worked = False
        fired = switch.fired(n)
        if worked:
            seen.add(news(listener))
    check("of purges", seen, {"an event", "ENOBUFS"})
    listener.sock.close()


def no_error_is_lost_unsaid(c):
    """Who has seen the error log to its end hears that it goes on."""
    listener, switch, seen, fired, n = listen("errors"), Module(), set(), True, 0
    while fired:
        n += 1
        while news(listener) != "nothing":
            pass
        end = c.rows(ERROR_GET, dump=True)[-1][ERROR_A_NEXT]
        switch.arm(n)
        REFUSALS["no prefix"]()
        fired = switch.fired(n)
        if c.rows(ERROR_GET, dump=True)[-1][ERROR_A_NEXT] != end:
            seen.add(news(listener))
    check("of refusals", seen, {"an event", "ENOBUFS"})
    listener.sock.close()


def by_the_module(run, c, server):
    no_event_is_lost_unsaid(c)
    no_error_is_lost_unsaid(c)
    run.each(namespace_step(), Module(), 3)
    each(run, Module(), [*control_steps(c), attach_step()])
    # Each of them: a fragment alone tells its worker by an errno why it is not stored
    run.each(fragment_step(server), Module())
    steps = list(traffic_steps(c, server))
    each(run, Module(), steps, server)
    steps.append(fragment_step(server))
    each(run, Module(more=3), steps, server, 2 * STRIDE)
    run.at_random([*control_steps(c), attach_step(), *steps], FOR)


def by_the_kernel(run, c, server):
    """The thread is the worker: what its calls allocate anywhere fails."""
    caches = Caches(CACHES)
    if caches.marked:
        for n, name in enumerate(CACHES, 1):
            step = Step("an object of " + name, EXCHANGES["an answer over a ring"],
                        fails=ENDS)
            check(step.what, run.once(step, caches, n), True)
    else:
        print("the slab caches are not marked: boot with slub_debug=A,khttp_*", flush=True)
    server.stop()
    run.each(UnreadStep("an upload that nobody reads yet", Exchange(upload(3000), b"3000 0"),
                        server), Module())
    run.each(RunStep("RUN that fails half way", BOTH, server), Module())
    each(run, Task(), [*control_steps(c), attach_step()], stride=2 * STRIDE)
    each(run, Task(), task_steps(server), server, 2 * STRIDE)


def by_the_group(run, c, server):
    """What is charged to the worker's or the administrator's cgroup."""
    server.stop()
    steps = [*control_steps(c), attach_step(), *task_steps(server)]
    # What this program itself needs it has before, and keeps: a page that it lacks
    # at the limit it would ask for again and again
    for option in M_TRIM_THRESHOLD, M_MMAP_THRESHOLD:
        call("mallopt", option, 1 << 30)
    for step in steps:
        check("%s: nothing fails" % step.what, step.attempt()[0], None)
    call("mlockall", MCL_CURRENT)
    signal.alarm(200)
    group = Group()
    before = group.kernel_bytes()
    for step in steps:
        run.each(step, group)
    c.refresh()
    end = time.monotonic() + PATIENCE
    while (more := group.kernel_bytes() - before) > SLACK and time.monotonic() < end:
        time.sleep(0.05)
    # Most of them are survived: an answer goes on with the pages that there are
    refused = group.value("memory.events", "oom")
    print("%d charges refused" % refused, flush=True)
    check("charges are refused at the limit", refused > 0, True)
    check("charged to the group after all that failed: %d bytes" % more, more <= SLACK, True)
    group.close()


def with_traffic(places, parts):
    """@parts have a run, the control and a worker that serves."""
    c = Control()
    for name in ("app", "q"):
        c.ask(QUEUE_ADD, queue(name))
    c.ask(GROUP_ADD, group("site", "app") + OF_GROUP)
    c.ask(URL_ADD, url("a:80") + string(6, "site"))
    c.ask(GROUP_ADD, group("shut", "app") + DOOR + number(12, 1))
    c.ask(URL_ADD, url("shut:80") + string(6, "shut"))
    c.ask(URL_ADD, url("moved:80", "app") + REDIRECT)
    c.ask(URL_ADD, url("+:83", "q"))
    c.ask(URL_ADD, url("+:84", "app"))
    c.ask(LISTENER_SET, proxied(84))
    c.ask(LIMITS_SET, BUDGET + CLIENTS)
    filters.prepare(c)
    run = Run(check, c.settled, SEED)
    run.places |= places
    server = Server("app", check)
    server.start()
    try:
        for part in parts:
            part(run, c, server)
    finally:
        server.close()
    filters.clean(c)
    for name in ("app", "q"):
        c.rows(QUEUE_DEL, queue(name))
    c.rows(LISTENER_RESET, number(4, 84))
    print("%d attempts, %d failed" % (run.attempts, run.failures), flush=True)
    return run.places


def tell_missed(places):
    """Of no use where only some allocations had their turn."""
    from sites import sites
    known = sites(KO)
    print("failed at %d of %d places, not at: %s" % (
        len(places & known), len(known), " ".join(sorted(known - places))), flush=True)


def main():
    print("KHTTP_SEED=%d repeats this run" % SEED, flush=True)
    if not os.path.exists(PARAMETERS + "fail_nth"):
        # A module and a kernel without switches
        with_traffic(set(), [by_the_group])
        finish()
    remove()
    places = with_traffic(load_steps(), [by_the_module, by_the_kernel])
    if STRIDE == 1:
        tell_missed(places)
    remove()
    insert(KO, OPTIONS)
    finish()


main()
