# SPDX-License-Identifier: MIT
"""The lines of tests/bench/lines, and what was found for them as a table."""
import collections
import os
import re

HERE = os.path.dirname(os.path.realpath(__file__))
Line = collections.namedtuple("Line", "name load server client goal check")
Row = collections.namedtuple("Row", "line figure idle ratio net net_ratio goal met")


def read_lines():
    lines = []
    with open(HERE + "/lines") as f:
        for text in f:
            if not text.strip() or text.startswith("#"):
                continue
            name, client, goal, check = re.split(r"  +", text.strip())
            lines.append(Line(name, *name.split("/"), client, goal, check))
    return lines


def figure(found, name):
    return found[name]["figure"] if name in found else None


def client_share(line, found):
    """What of the figure is the client's: see "The client's share" in README.md.
    None where the load has another shape than those that were taken apart."""
    m = re.fullmatch(r"(wrk -c16|bench-client -n \d+) /(\w+)", line.client)
    if not m:
        return None
    both_ends = figure(found, "client-%s/none" % m[2])
    if both_ends is None or not m[1].startswith("wrk"):
        return both_ends and both_ends / 2
    wrk = figure(found, "hit-%s/khttp-hit" % m[2])
    bare = figure(found, "bare-%s/khttp-hit" % m[2])
    return wrk and bare and both_ends / 2 + wrk - bare


def reference(line, lines, found):
    """The first nginx of the same load."""
    for other in lines:
        if other.load == line.load and other.server.startswith("nginx"):
            return found.get(other.name) and other
    return None


def goal(line, found):
    """The largest figure allowed: the least of those that can be told, or None."""
    most = []
    for text in line.goal.split(","):
        factor, _, other = text.partition("*")
        if not other and text != "-":
            most.append(float(factor))
        if other in found:
            most.append(float(factor) * found[other]["figure"])
    return min(most, default=None)


def rows(lines, found):
    result = []
    for line in lines:
        own, share, ratio, net_ratio = figure(found, line.name), client_share(line, found), None, None
        net = own - share if share else None
        other = reference(line, lines, found)
        if other:
            ratio = own / figure(found, other.name)
        if other and net is not None:
            net_ratio = net / (figure(found, other.name) - share)
        most = goal(line, found)
        result.append(Row(line, own, found[line.name]["idle"], ratio, net, net_ratio, most,
                          None if most is None else own <= most))
    return result


def number(value):
    return "" if value is None else "{:,.0f}".format(value)


def ratio_text(value):
    return "" if value is None else "%.3f" % value


def as_text(lines, found):
    """Instructions for each request; of the whole machine, then of the server."""
    form = "%-16s %-24s %12s %7s %12s %7s  %-16s"
    out = [form % ("LOAD", "SERVER", "INSTRUCTIONS", "TO NGINX", "LESS CLIENT", "TO NGINX",
                   "GOAL")]
    load = None
    for row in rows(lines, found):
        if load not in (None, row.line.load):
            out.append("")
        met = "" if row.met is None else "met" if row.met else "MISSED"
        out.append(form % ("" if row.line.load == load else row.line.load, row.line.server,
                           number(row.figure), ratio_text(row.ratio) + " ", number(row.net),
                           ratio_text(row.net_ratio) + " ", number(row.goal) + " " + met))
        if row.idle > 0.01 * row.figure:
            out[-1] += " + %s idle" % number(row.idle)
        load = row.line.load
    return "\n".join(text.rstrip() for text in out) + "\n"


def as_json(lines, found, args):
    return {
        "kernel": args.kernel,
        "mitigations": "default" if args.mitigations else "off",
        "lines": [{
            "name": row.line.name, "client": row.line.client, "instructions": row.figure,
            "to_nginx": row.ratio, "less_client": row.net, "less_client_to_nginx": row.net_ratio,
            "goal": row.goal, "met": row.met, "raw": found[row.line.name],
        } for row in rows(lines, found)],
    }
