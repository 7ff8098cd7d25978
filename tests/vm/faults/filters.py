# SPDX-License-Identifier: MIT
"""Changes of filters, sets of networks and rates, of which nothing may stay when
they fail but what was there before."""
import contextlib

from faults import Step
from genl import *

FILTER_SET, FILTER_GET = uapi("CMD_FILTER_SET"), uapi("CMD_FILTER_GET")
LOAD, NETWORKS_DEL, NETWORKS_GET = (uapi("CMD_NETWORKS_" + n) for n in ("LOAD", "DEL", "GET"))
RATE_SET, RATE_DEL, RATE_GET = (uapi("CMD_RATE_" + n) for n in ("SET", "DEL", "GET"))
GROUP, RULE, TEXT = (uapi("FILTER_A_" + n) for n in ("GROUP", "RULE", "TEXT"))
NAME, IPV4, IPV6, MORE, START, COUNT4, COUNT6 = (uapi("NETWORKS_A_" + n) for n in (
    "NAME", "IPV4", "IPV6", "MORE", "START", "COUNT4", "COUNT6"))
COUNT, BITS4, ADDRESSES = (uapi("RATE_A_" + n) for n in ("COUNT", "BITS4", "ADDRESSES"))
# Of the group that gets the traffic: rules that let it through
RULES = ["rate fr path /none", "deny path /nowhere"]
NEXT_RULES = ["deny 404 from @fs segment none", *RULES, "close field x-none=1 not from ::/0"]


def rules(texts):
    return string(GROUP, "site") + b"".join(nest(RULE, string(TEXT, t)) for t in texts)


def networks(count):
    """In an order that needs nodes at all depths."""
    four = b"".join(bytes((10 + i % 3, i % 3, i // 256, i % 256, 32)) for i in range(count))
    packed = sorted(four[i:i + 5] for i in range(0, len(four), 5))
    six = b"".join(bytes((32, 1, i // 256, i % 256)) + b"\0" * 12 + b"\x30" for i in range(count))
    return attribute(IPV4, b"".join(packed)) + attribute(IPV6, six)


def load(c, name, count):
    """In two messages, of which the second one counts."""
    c.ask(LOAD, string(NAME, name) + attribute(IPV4, b"\1\2\3\4\x20") + attribute(MORE, b""))
    c.ask(LOAD, string(NAME, name) + networks(count - 1))


def rate(name, *more):
    return string(NAME, name) + number(COUNT, 1000) + b"".join(more)


def prepare(c):
    c.ask(RATE_SET, rate("fr", number(ADDRESSES, 64)))
    load(c, "fs", 3)
    c.ask(FILTER_SET, rules(RULES))


def clean(c):
    c.rows(FILTER_SET, rules([]))
    c.rows(NETWORKS_DEL, string(NAME, "fs"))
    c.rows(RATE_DEL, string(NAME, "fr"))


class WholeStep(Step):
    """What is in force is what was there or what comes, never a part of it."""

    def __init__(self, c, check, what, do, undo, seen, allowed):
        def before():
            failed = not c.family
            c.refresh()
            now = seen()
            check("%s: %s is whole" % (what, now), now in allowed, True)
            if failed:
                with contextlib.suppress(OSError):
                    undo()
                c.refresh()

        super().__init__(what, do, undo, before=before)


def filter_steps(c, check):
    def texts():
        return [row[TEXT].rstrip(b"\0").decode() for row in c.rows(FILTER_GET, dump=True)]

    def sizes():
        return {row[NAME].rstrip(b"\0").decode(): tuple(
            int.from_bytes(row[count], "little") for count in (COUNT4, COUNT6))
            for row in c.rows(NETWORKS_GET, dump=True)}

    yield WholeStep(c, check, "FILTER_SET", lambda: c.ask(FILTER_SET, rules(NEXT_RULES)),
                    lambda: c.ask(FILTER_SET, rules(RULES)), texts, (RULES, NEXT_RULES))
    yield WholeStep(c, check, "NETWORKS_LOAD", lambda: load(c, "fs", 300),
                    lambda: load(c, "fs", 3), sizes,
                    tuple({"fs": (n, n - 1)} for n in (3, 300)))
    yield WholeStep(c, check, "NETWORKS_LOAD of a new one", lambda: load(c, "new", 9),
                    lambda: c.ask(NETWORKS_DEL, string(NAME, "new")), sizes,
                    ({"fs": (3, 2)}, {"fs": (3, 2), "new": (9, 8)}))
    yield c.step("RATE_SET", RATE_SET, rate("new", number(ADDRESSES, 300)),
                 undo=lambda: c.ask(RATE_DEL, string(NAME, "new")))
    yield c.step("RATE_SET in place", RATE_SET, rate("fr", number(BITS4, 24)))
    yield c.step("NETWORKS_GET", NETWORKS_GET, string(NAME, "fs") + number(START, 0))
    for command in FILTER_GET, NETWORKS_GET, RATE_GET:
        yield c.step("dump %d" % command, command, dump=True)
