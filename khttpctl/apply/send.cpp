/* SPDX-License-Identifier: MIT */
#include "send.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <khttp/error.hpp>
#include <khttp/transaction.hpp>

#include "../rules.hpp"
#include "../settings.hpp"
#include "../units.hpp"
#include "group.hpp"
#include "words.hpp"

namespace khttpctl::configuration {

namespace {

using maker = std::function<void(khttp::control &)>;

class planner {
public:
	planner(const std::vector<change> &changes, const snapshot &from, const model &wanted,
		const dictionary &words)
		: changes_(changes), from_(from), wanted_(wanted), words_(words)
	{
		for (const auto &[name, keys] : from.now.of(kind::group))
			if (keys.contains("queue") &&
			    queue_of(from.now, name) != queue_of(wanted, name))
				renewed_.insert(name);
	}

	std::vector<step> plan();

private:
	/* Of a group that is no queue's own; else empty */
	static std::string queue_of(const model &m, const std::string &group)
	{
		auto found = m.of(kind::group).find(group);

		if (found == m.of(kind::group).end() || !found->second.contains("queue"))
			return "";
		return found->second.at("queue").text;
	}
	/* Whatever the kernel has of it now will be gone by then */
	bool is_fresh(const std::string &group) const
	{
		if (renewed_.contains(group) || !from_.now.of(kind::group).contains(group))
			return true;
		return queue_of(from_.now, group).empty() && !queue_of(wanted_, group).empty();
	}

	void add(kind k, const std::string &name, maker make)
	{
		steps_.push_back({title(k, name), std::move(make)});
	}
	template <typename F>
	void each(kind k, F &&work)
	{
		for (const change &c : changes_)
			if (c.kind == k)
				work(c);
	}
	const object &wanted(const change &c) const { return wanted_.of(c.kind).at(c.name); }

	void load_sets();
	void set_rates();
	void set_listeners();
	void set_limits();
	void end();
	void set_queues();
	void set_groups();
	void set_urls();
	void set_reservations();
	void end_named();
	bool rate_is_renewed(const change &c) const;

	const std::vector<change> &changes_;
	const snapshot &from_;
	const model &wanted_;
	const dictionary &words_;
	std::set<std::string> renewed_;
	bool rules_anew_ = false; /* they name a rate that is made anew */
	std::vector<step> steps_;
};

void planner::load_sets()
{
	each(kind::networks, [&](const change &c) {
		if (c.what == action::remove)
			return;
		std::vector<khttp::network> list;
		for (const std::string &item : wanted(c).at("networks").list)
			list.push_back(parse_network(item));
		add(c.kind, c.name, [name = c.name, list](khttp::control &control) {
			control.load_networks(name, list);
		});
	});
}

/* How many it knows is said when it is made */
bool planner::rate_is_renewed(const change &c) const
{
	return c.what == action::change &&
	       std::ranges::find(c.keys, "addresses", &key_change::key) != c.keys.end();
}

void planner::set_rates()
{
	each(kind::rate, [&](const change &c) {
		if (c.what == action::remove)
			return;
		if (rate_is_renewed(c)) {
			rules_anew_ = true;
			add(c.kind, c.name, [name = c.name](khttp::control &control) {
				control.delete_rate(name);
			});
		}
		add(c.kind, c.name,
		    [name = c.name, settings = rate_words(wanted(c))](khttp::control &control) {
			    control.set_rate(name, settings);
		    });
	});
}

void planner::set_listeners()
{
	each(kind::listener, [&](const change &c) {
		const khttp::listener_place place = parse_place(c.name);

		if (c.what == action::remove)
			add(c.kind, c.name,
			    [place](khttp::control &control) { control.reset_listener(place); });
		else
			add(c.kind, c.name,
			    [place, settings = listener_words(wanted(c))](khttp::control &control) {
				    control.set_listener(place, settings);
			    });
	});
}

void planner::set_limits()
{
	each(kind::limits, [&](const change &c) {
		std::vector<khttp::limit_setting> settings;

		for (const key_change &k : c.keys)
			if (k.to)
				settings.push_back(
					{k.key, limit_number(words_, k.key, k.to->text)});
		add(c.kind, c.name,
		    [settings](khttp::control &control) { control.set_limits(settings); });
	});
}

/*
 * Prefixes, then what has them: so each is named while it is there. Reservations
 * before what they reserve, which is for others then and not for nobody.
 */
void planner::end()
{
	each(kind::reservation, [&](const change &c) {
		if (c.what != action::add || from_.delegated.contains(c.name))
			add(c.kind, c.name,
			    [name = c.name](khttp::control &control) { control.unreserve(name); });
	});
	each(kind::url, [&](const change &c) {
		if (c.what == action::remove)
			add(c.kind, c.name,
			    [name = c.name](khttp::control &control) { control.delete_url(name); });
	});
	std::set<std::string> ended = renewed_;
	each(kind::group, [&](const change &c) {
		if (c.what == action::remove && !queue_of(from_.now, c.name).empty())
			ended.insert(c.name);
	});
	for (const std::string &name : ended)
		add(kind::group, name,
		    [name](khttp::control &control) { control.delete_group(name, true); });
	each(kind::queue, [&](const change &c) {
		if (c.what == action::remove)
			add(c.kind, c.name, [name = c.name](khttp::control &control) {
				control.delete_queue(name);
			});
	});
}

void planner::set_queues()
{
	each(kind::queue, [&](const change &c) {
		object keys;

		for (const key_change &k : c.keys)
			if (k.to)
				keys[k.key] = *k.to;
		if (c.what == action::remove)
			return;
		const auto settings = queue_words(keys);
		const bool is_new = c.what == action::add;
		add(c.kind, c.name, [=, name = c.name](khttp::control &control) {
			if (is_new)
				control.add_queue(name, settings);
			else
				control.set_queue(name, settings);
		});
	});
}

void planner::set_groups()
{
	for (const auto &[name, keys] : wanted_.of(kind::group)) {
		const bool fresh = is_fresh(name);
		const auto filter = from_.filters.find(name);
		const auto before = from_.now.of(kind::group).find(name);
		group_change g{name,
			       queue_of(wanted_, name),
			       fresh,
			       keys,
			       fresh ? group_at_first() : before->second,
			       {},
			       words_};

		if (!fresh && !rules_anew_ && filter != from_.filters.end())
			g.rules = filter->second.rules;
		for (maker &make : changes_of(g, rules_anew_))
			add(kind::group, name, std::move(make));
	}
}

void planner::set_urls()
{
	std::set<std::string> changed;

	each(kind::url, [&](const change &c) {
		if (c.what != action::remove)
			changed.insert(c.name);
	});
	for (const auto &[name, keys] : wanted_.of(kind::url)) {
		const std::string group =
			keys.contains("group") ? keys.at("group").text : keys.at("queue").text;
		std::optional<khttp::redirect> redirect;
		std::uint64_t number = 0;

		if (!changed.contains(name) && !renewed_.contains(group))
			continue;
		if (keys.contains("redirect"))
			redirect = {keys.at("redirect").text,
				    redirect_status(keys.at("status").text)};
		else
			number = parse_number(keys.at("context").text).value_or(0);
		add(kind::url, name, [=, name = name](khttp::control &control) {
			control.set_url(name, group, number, redirect);
		});
	}
}

/* Behind the prefixes: of two for the same URLs the prefix has the requests */
void planner::set_reservations()
{
	each(kind::reservation, [&](const change &c) {
		if (c.what != action::remove)
			add(c.kind, c.name,
			    [name = c.name, to = reservation_words(wanted(c))](
				    khttp::control &control) { control.reserve(name, to); });
	});
}

void planner::end_named()
{
	each(kind::networks, [&](const change &c) {
		if (c.what == action::remove)
			add(c.kind, c.name, [name = c.name](khttp::control &control) {
				control.delete_networks(name);
			});
	});
	each(kind::rate, [&](const change &c) {
		if (c.what == action::remove)
			add(c.kind, c.name, [name = c.name](khttp::control &control) {
				control.delete_rate(name);
			});
	});
}

std::vector<step> planner::plan()
{
	load_sets();
	set_rates();
	set_listeners();
	set_limits();
	end();
	set_queues();
	set_groups();
	set_urls();
	set_reservations();
	end_named();
	return std::move(steps_);
}

} // namespace

std::vector<step> steps_for(const std::vector<change> &changes, const snapshot &from,
			    const model &wanted, const dictionary &words)
{
	return planner(changes, from, wanted, words).plan();
}

void make_changes(khttp::control &control, const std::vector<step> &steps, std::uint64_t generation)
{
	std::vector<std::uint32_t> ends; /* messages up to the end of each step */
	khttp::transaction all(control);

	for (const step &s : steps) {
		s.make(control);
		ends.push_back(all.staged());
	}
	try {
		all.commit(generation);
	} catch (const khttp::change_refused &refused) {
		const auto at = std::ranges::upper_bound(ends, refused.index());
		const std::string which = at == ends.end() ? "?" : steps[at - ends.begin()].title;
		std::string why = refused.what();

		why.erase(0, why.find(": ") + 2);
		throw khttp::error(refused.code(),
				   fmt::format("{} (change {}): {}; nothing was changed", which,
					       refused.index(), why));
	}
}

} // namespace khttpctl::configuration
