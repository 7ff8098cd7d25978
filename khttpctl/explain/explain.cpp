/* SPDX-License-Identifier: MIT */
/* khttpctl explain: the verdict first, then what led to it */
#include <algorithm>

#include <fmt/format.h>

#include "../command.hpp"
#include "../json.hpp"
#include "../reasons.hpp"
#include "../shown.hpp"
#include "../text.hpp"
#include "../units.hpp"
#include "gather.hpp"

namespace khttpctl {

namespace {

constexpr keyword table_of_explain[] = {
	{"from", "ADDRESS", value_kind::text, 0, 0, nullptr,
	 "of a URL: the client that asks for it; 127.0.0.1"},
	{"method", "METHOD", value_kind::text, 0, 0, nullptr, "of a URL: how it is asked for; GET"},
	{"at", "ADDRESS", value_kind::text, 0, 0, nullptr,
	 "of a URL: the local address that the connection comes in at"},
};

/* One screen: what is behind it is in khttpctl stats and errors */
constexpr std::size_t rows_max = 6;

struct explanation {
	std::string subject; /* "queue app" */
	std::optional<url_facts> url;
	std::optional<queue_facts> queue;
	std::vector<finding> findings;
};

question question_of(const arguments &args)
{
	keyword_values values = args.tail(1, explain_keywords);
	question asked;

	asked.url = args.words[0];
	asked.method = values.text("method").value_or(asked.method);
	if (auto text = values.text("from"))
		asked.from = parse_client(*text);
	if (auto text = values.text("at"))
		asked.at = parse_local_address(*text);
	return asked;
}

explanation explain_url(context &ctx, const arguments &args)
{
	explanation all;

	all.subject = args.words[0];
	all.url = gather_url(ctx, question_of(args));
	all.findings = findings_of(*all.url);
	const std::optional<khttp::url_info> &winner = all.url->match.winner;
	if (!winner || winner->redirect)
		return all;
	all.queue = gather_queue(ctx, winner->queue, winner->group);
	for (finding &f : findings_of(*all.queue))
		all.findings.push_back(std::move(f));
	worst_first(all.findings);
	return all;
}

explanation explain_queue(context &ctx, const arguments &args)
{
	explanation all;
	const std::string &name = args.only("queue or URL");

	all.subject = fmt::format("queue {}", name);
	all.queue = gather_queue(ctx, name);
	all.findings = findings_of(*all.queue);
	return all;
}

const char *harm_word(trouble harm)
{
	static constexpr const char *words[] = {"healthy", "delayed", "refused"};

	return words[static_cast<int>(harm)];
}

std::string verdict_of(const explanation &all)
{
	const trouble harm = worst_of(all.findings);

	if (harm != trouble::none)
		return fmt::format("{}: requests are {}: {}", all.subject, harm_word(harm),
				   all.findings[0].text);
	return fmt::format("{}: healthy: nothing is refused or slow", all.subject);
}

std::string hand_text(const queue_facts &facts)
{
	const hands in = hands_of(facts.workers);

	if (!in.serving)
		return fmt::format("{}", facts.queue.in_hand);
	return fmt::format("{} of {} that workers can hold; {} wait for their worker",
			   facts.queue.in_hand, in.slots, in.owed);
}

std::string workers_text(const queue_facts &facts)
{
	std::vector<std::string> parts;

	for (const khttp::worker_info &worker : facts.workers) {
		if (parts.size() == rows_max) {
			parts.push_back("...");
			break;
		}
		parts.push_back(fmt::format("{} {} ({})", pid_text(worker.pid),
					    printable(worker.command),
					    khttp::to_string(worker.state)));
	}
	if (parts.empty())
		return "none";
	return fmt::format("{}: {}", facts.workers.size(), join(parts, ", "));
}

std::string usage_text(const usage &u, bool bytes)
{
	auto text = [&](std::uint64_t n) {
		return bytes ? format_size(n) : fmt::format("{}", n);
	};

	return fmt::format("{} of {}", text(u.used), text(u.limit));
}

void add_group_limit(listing &lines, const khttp::group_info &group)
{
	std::uint64_t limit = group.limit("max_group_connections");

	if (group.connections && limit)
		lines.add("of group " + group.name,
			  usage_text({*group.connections, limit}, false) + " connections");
}

void add_queue_lines(listing &lines, const queue_facts &facts)
{
	const khttp::queue_info &queue = facts.queue;

	lines.add("state", state_cell(queue));
	lines.add("waiting", fmt::format("{} of {}, the oldest for {}", queue.waiting, queue.length,
					 format_time(queue.oldest_ms, time_unit::milliseconds)));
	lines.add("in hand", hand_text(facts));
	lines.add("workers", workers_text(facts));
	if (facts.supervisor)
		lines.add("supervisor",
			  fmt::format("{}, {} failed", facts.supervisor->state,
				      facts.supervisor->failed));
	lines.add("requests",
		  fmt::format("{} received, {} answered, {} refused, {} timed out, {} died",
			      queue.received, queue.answered, queue.refused, queue.timeout,
			      queue.died));
	if (facts.connections.used)
		lines.add("connections", usage_text(facts.connections, false));
	for (const khttp::group_info &group : facts.groups)
		add_group_limit(lines, group);
	if (facts.memory.used)
		lines.add("memory", usage_text(facts.memory, true));
}

std::string listeners_text(const std::vector<khttp::listener_info> &listeners)
{
	std::vector<std::string> parts;

	for (const khttp::listener_info &l : listeners) {
		std::string address = khttp::to_string(l);

		parts.push_back(l.ipv6 ? fmt::format("[{}]:{}", address, l.port) :
					 fmt::format("{}:{}", address, l.port));
	}
	return parts.empty() ? "nothing" : join(parts, ", ");
}

void print_facts(context &ctx, const explanation &all)
{
	listing lines;

	if (all.url && all.url->match.winner) {
		const khttp::url_info &winner = *all.url->match.winner;

		lines.add("listens at", listeners_text(all.url->listeners));
		lines.add("prefix", winner.prefix);
		lines.add("because", all.url->match.because);
		lines.add("group", winner.group);
		lines.add("asked as", all.url->asker);
		if (!winner.redirect)
			lines.add("queue", winner.queue);
	}
	if (all.queue)
		add_queue_lines(lines, *all.queue);
	ctx.out << '\n';
	lines.print(ctx.out, ctx.colour);
}

void print_refusals(context &ctx, const queue_facts &facts)
{
	table t({{"REFUSED"}, {"STATUS", align::right}, {"LAST MINUTE", align::right},
		 {"IN THE LOG", align::right}, {"LATEST"}});

	for (std::size_t i = 0; i < std::min(rows_max, facts.refused.size()); i++) {
		const refusals &r = facts.refused[i];
		unsigned status = khttp_reason_status(khttp_reason_lookup(r.reason.c_str()));

		t.add({r.reason, status ? fmt::format("{}", status) : "close",
		       {fmt::format("{}", r.recent), r.recent ? tint::warn : tint::none},
		       fmt::format("{}", r.all), format_clock(r.latest_ns)});
	}
	if (t.empty())
		return;
	ctx.out << '\n';
	t.print(ctx.out, ctx.colour);
}

void print_stages(context &ctx, const queue_facts &facts)
{
	table t({{"STAGE"}, {"COUNT", align::right}, {"P50", align::right}, {"P90", align::right},
		 {"P99", align::right}, {"LONGEST", align::right}});

	for (const khttp::latency_info &l : facts.stages)
		if (l.count)
			t.add({l.stage, fmt::format("{}", l.count), format_ns(l.p50),
			       format_ns(l.p90), format_ns(l.p99), format_ns(l.longest)});
	if (t.empty())
		return;
	ctx.out << '\n';
	t.print(ctx.out, ctx.colour);
}

void print_findings(context &ctx, const explanation &all)
{
	const trouble harm = worst_of(all.findings);
	static constexpr tint tints[] = {tint::good, tint::warn, tint::bad};

	ctx.out << painted(printable(verdict_of(all)), tints[static_cast<int>(harm)], ctx.colour)
		<< '\n';
	for (const finding &f : all.findings) {
		if (harm == trouble::none || &f != &all.findings[0])
			ctx.out << printable(fmt::format("{}: {}", f.harm == trouble::none ?
							 "note" : harm_word(f.harm), f.text))
				<< '\n';
		if (!f.next.empty())
			ctx.out << "  next: " << printable(f.next) << '\n';
	}
}

json json_of_finding(const finding &f)
{
	return {{"cause", f.cause},
		{"harm", harm_word(f.harm)},
		{"text", f.text},
		{"next", f.next},
		{"reason", f.reason.empty() ? json(nullptr) : json(f.reason)}};
}

json json_of_facts(const queue_facts &facts)
{
	json object = json_of(facts.queue);
	json refused = json::array();

	for (const refusals &r : facts.refused)
		refused.push_back({{"reason", r.reason},
				   {"recent", r.recent},
				   {"all", r.all},
				   {"latest_ns", r.latest_ns}});
	object["attached"] = json_list(facts.workers);
	object["errors"] = refused;
	object["latencies"] = json_list(facts.stages);
	return object;
}

json json_of_explanation(const explanation &all)
{
	json findings = json::array();
	json object = {{"subject", all.subject},
		       {"state", harm_word(worst_of(all.findings))},
		       {"verdict", verdict_of(all)}};

	for (const finding &f : all.findings)
		findings.push_back(json_of_finding(f));
	object["findings"] = findings;
	object["prefix"] = all.url && all.url->match.winner ? json(all.url->match.winner->prefix) :
							      json(nullptr);
	object["queue"] = all.queue ? json_of_facts(*all.queue) : json(nullptr);
	return object;
}

} // namespace

const std::span<const keyword> explain_keywords{table_of_explain};

int explain(context &ctx, const arguments &args)
{
	bool is_url = !args.words.empty() && args.words[0].find("://") != std::string::npos;
	explanation all = is_url ? explain_url(ctx, args) : explain_queue(ctx, args);
	static constexpr int statuses[] = {0, 3, 4};

	if (ctx.json) {
		print_json(ctx.out, json_of_explanation(all));
	} else {
		print_findings(ctx, all);
		print_facts(ctx, all);
		if (all.queue) {
			print_refusals(ctx, *all.queue);
			print_stages(ctx, *all.queue);
		}
	}
	return statuses[static_cast<int>(worst_of(all.findings))];
}

} // namespace khttpctl
