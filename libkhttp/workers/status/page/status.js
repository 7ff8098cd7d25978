// SPDX-License-Identifier: MIT
// Asks for status.json each second and shows it. Names of queues, URLs and commands come
// from others: whatever is shown goes through textContent or setAttribute, never as HTML.
"use strict";

const POLL_MS = 1000;
const TIMEOUT_MS = 5000;
const HISTORY_MS = 5 * 60 * 1000;
const GAP_MS = 5000; // between two looks further apart there is no line

// ---------------------------------------------------------------- numbers with units

function scaled(value, step, units) {
	let at = 0;

	while (value >= step * 0.9995 && at < units.length - 1) {
		value /= step;
		at++;
	}
	const digits = value === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
	return value.toFixed(digits) + units[at];
}

const show = {
	count: (n) => (n < 1e5 ? String(n) : scaled(n, 1000, ["", " k", " M", " G"])),
	rate: (n) => scaled(n, 1000, ["/s", " k/s", " M/s"]),
	bytes: (n) => scaled(n, 1024, [" B", " KiB", " MiB", " GiB", " TiB"]),
	byteRate: (n) => show.bytes(n) + "/s",
	time: (ns) => (ns ? scaled(ns, 1000, [" ns", " µs", " ms", " s"]) : "–"),
	percent: (n) => (Number.isFinite(n) ? n.toFixed(1) + " %" : "–"),
};

// ---------------------------------------------------------------- elements

const SVG = "http://www.w3.org/2000/svg";

function element(tag, attributes = {}, ...children) {
	const svg = ["svg", "polyline", "line"].includes(tag);
	const made = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);

	for (const [name, value] of Object.entries(attributes))
		made.setAttribute(name, value);
	made.append(...children); // strings become text
	return made;
}

function byId(id) {
	return document.getElementById(id);
}

// What did not change is left alone, so that a selection stays.
function setText(where, text) {
	if (where.textContent !== text)
		where.textContent = text;
}

// ---------------------------------------------------------------- figures at a glance

function hitRatio(totals) {
	return (100 * totals.hits_per_s) / (totals.hits_per_s + totals.misses_per_s);
}

// Each: its name, its value and a note below; of what this user may not see, nothing.
function tilesOf(now) {
	const t = now.totals;
	const queues = now.all_queues; // the list may be cut
	const known = now.seconds > 0;
	const rate = (n) => (known ? show.rate(n) : "–");
	const whole = !t ? [] : [
		["Requests", rate(t.requests_per_s), `${rate(t.accepted_per_s)} accepted`],
		["Errors", rate(t.refused_per_s), "by the kernel", t.refused_per_s > 0],
		["Cache hits", show.percent(hitRatio(t)), `${show.count(t.cache_entries)} responses`],
		["Connections", show.count(t.connections), `of ${show.count(t.max_connections)}`],
		["Memory", show.bytes(t.request_bytes), `of ${show.bytes(t.max_request_bytes)}`],
		["Cache", show.bytes(t.cache_bytes), `of ${show.bytes(t.max_cache_bytes)}`],
		["Sent", known ? show.byteRate(t.bytes_sent_per_s) : "–",
		 `${known ? show.byteRate(t.bytes_received_per_s) : "–"} received`],
	];

	return [
		...whole,
		["By workers, p50", show.time(now.miss.p50_ns), `p99 ${show.time(now.miss.p99_ns)}`],
		["From cache, p50", show.time(now.hit.p50_ns), `p99 ${show.time(now.hit.p99_ns)}`],
		["Waiting", show.count(queues.waiting),
		 queues.stuck ? `${queues.stuck} of ${queues.count} queues stuck` : "no queue is stuck",
		 queues.stuck > 0],
		["Workers", show.count(queues.workers), `hold ${show.count(queues.in_hand)} requests`],
	];
}

function drawTiles(now) {
	const list = byId("tiles");
	const tiles = tilesOf(now);

	while (list.children.length > tiles.length)
		list.lastChild.remove();
	while (list.children.length < tiles.length)
		list.append(element("div", {}, element("dt"), element("dd"), element("dd", { class: "note" })));
	tiles.forEach(([name, value, note, bad], i) => {
		const [title, figure, below] = list.children[i].children;

		setText(title, name);
		setText(figure, value);
		setText(below, note);
		figure.classList.toggle("bad", Boolean(bad));
	});
}

// ---------------------------------------------------------------- plots

const LINES = ["one", "two", "three"]; // told apart by their dashes, too

// "of" takes a document to a number, or to null where there is none.
const PLOTS = [
	{ title: "Requests", unit: show.rate, series: [
		["cache", (d) => d.totals?.hits_per_s ?? null],
		["workers", (d) => d.all_queues.answered_per_s],
		["refused", (d) => d.totals?.refused_per_s ?? d.all_queues.refused_per_s],
	] },
	{ title: "Time of answers by workers", unit: show.time, series: [
		["p50", (d) => d.miss.p50_ns || null],
		["p99", (d) => d.miss.p99_ns || null],
	] },
	{ title: "Time of answers from the cache", unit: show.time, series: [
		["p50", (d) => d.hit.p50_ns || null],
		["p99", (d) => d.hit.p99_ns || null],
	] },
	{ title: "Requests in all queues", unit: show.count, series: [
		["waiting", (d) => d.all_queues.waiting],
		["with workers", (d) => d.all_queues.in_hand],
	] },
	{ title: "Open connections", unit: show.count, series: [
		["connections", (d) => d.totals?.connections ?? null],
	] },
	{ title: "Traffic", unit: show.byteRate, base: 1024, series: [
		["sent", (d) => d.totals?.bytes_sent_per_s ?? null],
		["received", (d) => d.totals?.bytes_received_per_s ?? null],
	] },
];

// The next of 1, 2, 5, 10, 20, ... of a unit that is not below.
function niceTop(value, base) {
	const unit = base ** Math.floor(Math.log(value || 1) / Math.log(base));
	const power = 10 ** Math.floor(Math.log10((value || 1) / unit));

	return [1, 2, 5, 10].map((n) => n * power * unit).find((n) => n >= value) ?? value;
}

function makePlot(plot) {
	const legend = element("ul", { class: "legend" });
	const svg = element("svg", { viewBox: "0 0 300 100", preserveAspectRatio: "none", role: "img" });
	const top = element("span");
	const middle = element("span");

	for (const y of [0.5, 50])
		svg.append(element("line", { class: "grid", x1: 0, x2: 300, y1: y, y2: y }));
	plot.lines = plot.series.map(([name], i) => {
		const sample = element("svg", { viewBox: "0 0 24 6", "aria-hidden": "true" },
			element("line", { class: `line ${LINES[i]}`, x1: 0, x2: 24, y1: 3, y2: 3 }));
		const value = element("span");

		legend.append(element("li", {}, sample, name + " ", value));
		return { kind: LINES[i], value };
	});
	Object.assign(plot, { svg, top, middle });
	byId("plots").append(element("figure", {},
		element("figcaption", {}, plot.title), legend,
		element("div", { class: "plot" }, svg,
			element("div", { class: "scale", "aria-hidden": "true" }, top, middle, element("span", {}, "0"))),
		element("div", { class: "span", "aria-hidden": "true" },
			element("span", {}, "5 min ago"), element("span", {}, "now"))));
}

// Points of one line, in pieces where figures are missing between.
function piecesOf(history, of, end, top) {
	const pieces = [];
	let last = -Infinity;

	for (const { at, figures } of history) {
		const value = of(figures);

		if (value === null)
			continue;
		if (at - last > GAP_MS)
			pieces.push([]);
		last = at;
		pieces.at(-1).push([300 * (1 - (end - at) / HISTORY_MS), 100 - (98 * value) / top]);
	}
	return pieces;
}

function drawLine(plot, kind, pieces) {
	for (const piece of pieces) {
		const [x, y] = piece.at(-1);
		const points = [...piece, [x + 0.5, y]]; // one alone is seen, too

		plot.svg.append(element("polyline", { class: `line ${kind}`,
			points: points.map((p) => p.map((n) => n.toFixed(2)).join()).join(" ") }));
	}
}

function drawPlot(plot, history) {
	const end = history.at(-1).at;
	const said = [];
	const all = plot.series.map(([, of]) => history.map((point) => of(point.figures) ?? 0));
	const top = niceTop(Math.max(...all.flat()), plot.base ?? 1000);

	plot.svg.querySelectorAll("polyline").forEach((old) => old.remove());
	plot.series.forEach(([name, of], i) => {
		const now = of(history.at(-1).figures);
		const text = now === null ? "–" : plot.unit(now);

		drawLine(plot, plot.lines[i].kind, piecesOf(history, of, end, top));
		setText(plot.lines[i].value, text);
		said.push(`${name} now ${text}, at most ${plot.unit(Math.max(...all[i]))}`);
	});
	setText(plot.top, plot.unit(top));
	setText(plot.middle, plot.unit(top / 2));
	plot.svg.setAttribute("aria-label", `${plot.title}, last five minutes: ${said.join("; ")}`);
}

// ---------------------------------------------------------------- tables

const number = "number";

// Each column: title, text of a row, class, whether it is bad. The first one names the row.
const TABLES = {
	queues: { none: "There are no queues.", columns: [
		["Name", (q) => q.name],
		["State", (q) => q.state + (q.stuck ? ", stuck" : ""), "", (q) => q.stuck],
		["Waiting", (q) => `${show.count(q.waiting)} of ${show.count(q.length)}`, number],
		["Oldest", (q) => (q.waiting ? show.time(q.oldest_ms * 1e6) : "–"), number],
		["In hand", (q) => show.count(q.in_hand), number],
		["Workers", (q) => show.count(q.workers), number],
		["Received", (q) => show.rate(q.received_per_s), number],
		["Answered", (q) => show.rate(q.answered_per_s), number],
		["Refused", (q) => show.rate(q.refused_per_s), number, (q) => q.refused_per_s > 0],
		["Worker p50", (q) => show.time(q.miss.p50_ns), number],
		["p99", (q) => show.time(q.miss.p99_ns), number],
		["Cache p50", (q) => show.time(q.hit.p50_ns), number],
		["p99", (q) => show.time(q.hit.p99_ns), number],
	] },
	reasons: { none: "Nothing was refused.", columns: [
		["Reason", (r) => r.reason],
		["Status", (r) => (r.status === null ? "?" : r.status ? String(r.status) : "closed"), number],
		["Rate", (r) => show.rate(r.per_s), number, (r) => r.per_s > 0],
		["In all", (r) => show.count(r.total), number],
		["Meaning", (r) => r.text, "long wide"],
	] },
	urls: { none: "Nothing was asked for.", columns: [
		["URL", (u) => u.url, "long wide"],
		["Kind", (u) => (u.stored ? "stored response, hits" : "prefix, requests"), ""],
		["Rate", (u) => show.rate(u.per_s), number],
		["In all", (u) => show.count(u.total), number],
	] },
	workers: { none: "No worker is attached.", columns: [
		["Command", (w) => w.command || "?"],
		["Process", (w) => (w.pid ? String(w.pid) : "not visible"), number],
		["Queue", (w) => w.queue],
		["State", (w) => w.state, ""],
		["Workers", (w) => show.count(w.workers), number],
		["In hand", (w) => `${show.count(w.in_hand)} of ${show.count(w.slots)}`, number],
		["Answered", (w) => show.rate(w.answered_per_s), number],
	] },
};

function makeTable(id) {
	const head = element("tr");

	for (const [title, , kind] of TABLES[id].columns)
		head.append(element("th", { scope: "col", class: kind ?? "" }, title));
	byId(id).setAttribute("aria-labelledby", id + "-title");
	byId(id).append(element("thead", {}, head), element("tbody"));
}

function makeRow(columns) {
	return element("tr", {}, ...columns.map(([, , kind = "long"], i) =>
		(i ? element("td", { class: kind }) : element("th", { scope: "row", class: kind }))));
}

function more(leftOut) {
	return leftOut ? `and ${leftOut} more` : "";
}

function drawTable(id, rows, remark) {
	const { columns, none } = TABLES[id];
	const body = byId(id).tBodies[0];
	const note = remark || (rows.length ? "" : none);

	body.querySelector(".empty")?.closest("tr").remove();
	while (body.rows.length > rows.length)
		body.lastChild.remove();
	while (body.rows.length < rows.length)
		body.append(makeRow(columns));
	rows.forEach((row, at) => columns.forEach(([, text, , bad], i) => {
		const cell = body.rows[at].cells[i];

		setText(cell, text(row));
		cell.classList.toggle("bad", Boolean(bad?.(row)));
	}));
	if (note)
		body.append(element("tr", {}, element("td", { class: "empty", colspan: columns.length }, note)));
}

// ---------------------------------------------------------------- what goes on

let history = [];
let paused = false;
let timer = 0;
let lostSince = "";

function say(text, lost) {
	setText(byId("state"), text);
	document.body.classList.toggle("lost", lost);
}

// Figures of the first look have nothing to be compared with: no rates, no point.
function remember(figures) {
	const at = figures.uptime_ms;

	if (history.length && at < history.at(-1).at)
		history = []; // another machine, or it was started anew
	if (figures.seconds > 0 && at !== history.at(-1)?.at)
		history.push({ at, figures });
	history = history.filter((point) => at - point.at <= HISTORY_MS);
}

function draw(figures) {
	remember(figures);
	setText(byId("version"), figures.version);
	byId("partial").hidden = figures.totals !== null;
	drawTiles(figures);
	if (history.length)
		PLOTS.forEach((plot) => drawPlot(plot, history));
	drawTable("queues", figures.queues, more(figures.left_out.queues));
	drawTable("reasons", figures.reasons, "");
	drawTable("urls", figures.urls, figures.too_many_entries ?
		"More responses are stored than are looked through: khttpctl cache top" :
		more(figures.left_out.urls));
	drawTable("workers", figures.workers, more(figures.left_out.workers));
}

async function ask() {
	const answer = await fetch("status.json",
		{ cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });

	if (!answer.ok)
		throw new Error(`khttp-status answers ${answer.status}`);
	return answer.json();
}

async function poll() {
	clearTimeout(timer);
	try {
		const figures = await ask();

		if (!paused) {
			draw(figures);
			lostSince = "";
			say("Connected", false);
		}
	} catch (failure) {
		lostSince ||= new Date().toLocaleTimeString();
		if (!paused)
			say(`No connection since ${lostSince}: ${failure.message}`, true);
	}
	if (!paused)
		timer = setTimeout(poll, POLL_MS);
}

function togglePause() {
	paused = !paused;
	byId("pause").setAttribute("aria-pressed", String(paused));
	setText(byId("pause"), paused ? "Go on" : "Pause");
	if (paused)
		say("Paused", false);
	else
		poll();
}

PLOTS.forEach(makePlot);
Object.keys(TABLES).forEach(makeTable);
byId("pause").addEventListener("click", togglePause);
poll();
