# SPDX-License-Identifier: MIT
"""What Grafana asks Prometheus to draw a dashboard, asked as Grafana asks it.

Its variables are resolved, the queries of its panels filled in and evaluated over a
range, and the legends made of what comes back. What Grafana would show as an error is
an exception here.
"""
import json
import math
import re
import time
import urllib.error
import urllib.parse
import urllib.request

ALL = "$__all"
# Units of Grafana's list that we use, and what is measured in them
UNITS = {
    "s": r"_seconds(_bucket)?\b",
    "bytes": r"_bytes\b",
    "Bps": r"rate\(\w+_bytes_total\b",
    "reqps": r"rate\(",
    "percentunit": r" / ",
    "short": "",
}
# A graph is so many pixels wide, and no more points are asked for
POINTS = 1000


class Refused(Exception):
    """Prometheus or the dashboard is at fault, and Grafana would say so."""


class Prometheus:
    def __init__(self, address):
        self.base = "http://%s" % address

    def ready(self):
        try:
            return urllib.request.urlopen(self.base + "/-/ready", timeout=60).status == 200
        except OSError:
            return False

    def ask(self, path, **parameters):
        url = "%s/api/v1/%s?%s" % (self.base, path, urllib.parse.urlencode(parameters, True))
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                told = json.load(answer)
        except urllib.error.HTTPError as e:
            raise Refused("%s: %s" % (parameters, e.read().decode())) from e
        if told["status"] != "success" or told.get("warnings"):
            raise Refused("%s: %s" % (parameters, told))
        return told["data"]


def seconds(text):
    """now-1h -> 3600"""
    number, unit = re.fullmatch(r"now-(\d+)([smhd])", text).groups()
    return int(number) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]


def escape(value):
    """For a regular expression in a string: twice."""
    return re.sub(r"[$^*{}\[\]+?.()|]", r"\\\\\g<0>", value.replace("\\", "\\\\\\\\"))


class Panel:
    def __init__(self, model):
        self.title = model["title"]
        self.targets = model["targets"]
        self.defaults = model["fieldConfig"]["defaults"]
        self.datasources = [model["datasource"]] + [t["datasource"] for t in self.targets]


class Dashboard:
    """A view of it: for how long, and for which values of its variables."""

    def __init__(self, path, prometheus, scrape_interval):
        with open(path) as f:
            self.model = json.load(f)
        self.prometheus = prometheus
        self.scrape_interval = scrape_interval
        self.variables = {v["name"]: v for v in self.model["templating"]["list"]}
        self.chosen = {name: v["current"]["value"] for name, v in self.variables.items()
                       if v["type"] == "query"}
        self.panels = [Panel(p) for p in self.model["panels"]]
        self.show(seconds(self.model["time"]["from"]))

    def show(self, span):
        self.span = span
        # Grafana takes a round one, and none that is shorter than a scrape
        steps = (1, 2, 5, 10, 15, 20, 30, 60)
        self.step = next(s for s in steps if s >= max(span / POINTS, self.scrape_interval))
        self.rate_interval = max(self.step + self.scrape_interval, 4 * self.scrape_interval)

    def check_sources(self):
        """Each panel and each query is for the Prometheus that is chosen above."""
        for panel in self.panels:
            for source in panel.datasources:
                name = re.fullmatch(r"\$\{(\w+)\}", source["uid"])
                variable = self.variables.get(name and name[1], {"type": None})
                if (variable["type"], variable.get("query")) != ("datasource", source["type"]):
                    raise Refused("%s: no source %s" % (panel.title, source))

    def range(self):
        end = time.time() // self.step * self.step
        return {"start": end - self.span, "end": end}

    def values(self, name):
        """Those that may be chosen for a variable."""
        variable = self.variables[name]
        asked = re.fullmatch(r"label_values\((?:(.+),\s*)?([a-zA-Z_]\w*)\)",
                             variable["query"]["query"])
        if not asked or variable["datasource"]["uid"] != "${source}":
            raise Refused("%s: %s" % (name, variable))
        match = {"match[]": asked[1]} if asked[1] else {}
        return self.prometheus.ask("label/%s/values" % asked[2], **match, **self.range())

    def choose(self, name, values):
        if len(values) > 1 and not self.variables[name]["multi"]:
            raise Refused("%s: only one can be chosen" % name)
        self.chosen[name] = values

    def text(self, name):
        """What stands for a variable in a query."""
        variable, values = self.variables[name], self.chosen[name]
        if values == [ALL]:
            if not variable["includeAll"]:
                raise Refused("%s: not all can be chosen" % name)
            if variable.get("allValue"):
                return variable["allValue"]
            values = self.values(name)
        escaped = [escape(value) for value in values]
        return escaped[0] if len(escaped) == 1 else "(%s)" % "|".join(escaped)

    def query(self, target):
        text = target["expr"].replace("$__rate_interval", "%ds" % self.rate_interval)
        for name in self.chosen:
            text = re.sub(r"\$(\{%s\}|%s\b)" % (name, name), lambda _: self.text(name), text)
        if "$" in text:
            raise Refused("%s: a variable that there is not" % text)
        return text

    def series(self, target):
        """[(legend, labels, values)]: what is drawn for a query of a panel."""
        data = self.prometheus.ask("query_range", query=self.query(target), step=self.step,
                                   **self.range())
        if data["resultType"] != "matrix":
            raise Refused("%s: %s" % (target["expr"], data["resultType"]))
        return [(legend(target, row["metric"]), row["metric"],
                 [float(value) for _, value in row["values"] if math.isfinite(float(value))])
                for row in data["result"]]


def legend(target, labels):
    names = re.findall(r"\{\{\s*(\w+)\s*\}\}", target["legendFormat"])
    if not set(names) <= set(labels):
        raise Refused("%s: {{%s}} of %s" % (target["expr"], "}}, {{".join(names), labels))
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda m: labels[m[1]], target["legendFormat"])


def check_unit(panel, target):
    """A query measures what its panel's axis says."""
    unit = panel.defaults["unit"]
    if unit not in UNITS or not re.search(UNITS[unit], target["expr"]):
        raise Refused("%s: in %s: %s" % (panel.title, unit, target["expr"]))


def check_bounds(panel, name, values):
    low, high = panel.defaults.get("min", -math.inf), panel.defaults.get("max", math.inf)
    if values and not low <= min(values) <= max(values) <= high:
        raise Refused("%s: %s: %s, on an axis from %s to %s" % (
            panel.title, name, (min(values), max(values)), low, high))
