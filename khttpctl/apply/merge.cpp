/* SPDX-License-Identifier: MIT */
#include "merge.hpp"

#include <cerrno>

#include <fmt/format.h>
#include <khttp/error.hpp>

#include "../failures.hpp"
#include "../text.hpp"

namespace khttpctl::configuration {

namespace {

std::vector<std::string> names_in(const objects &all)
{
	std::vector<std::string> names;

	for (const auto &[name, keys] : all)
		names.push_back(name);
	return names;
}

class merger {
public:
	merger(const file &from, const model &live, const dictionary &words, bool keep)
		: from_(from), live_(live), words_(words), keep_(keep)
	{
	}

	model merge();

private:
	object whole(kind k, const std::string &name, const object &said) const;
	void fill(kind k);
	void settle_groups();
	void settle_reservations();
	void settle_urls();
	void need(kind k, const std::string &name, kind where, const std::string &what);
	void complain(kind k, const std::string &name, const std::string &text);

	const file &from_;
	const model &live_;
	const dictionary &words_;
	bool keep_;
	model out_;
	std::vector<std::string> complaints_;
};

void merger::complain(kind k, const std::string &name, const std::string &text)
{
	complaints_.push_back(fmt::format("{}{} {}: {}", from_.place_of(k, name), name_of(k),
					  printable(name), text));
}

void merger::need(kind k, const std::string &name, kind where, const std::string &what)
{
	if (!out_.of(where).contains(what))
		complain(k, name,
			 fmt::format("there is no {} '{}'{}", name_of(where), printable(what),
				     did_you_mean(what, names_in(out_.of(where)))));
}

/* Where it belongs is one answer to one question, whichever key gives it */
void drop_place(object &url)
{
	url.erase("queue");
	url.erase("group");
}

object merger::whole(kind k, const std::string &name, const object &said) const
{
	const auto found = live_.of(k).find(name);
	object all = words_.initial(k, said);

	if (keep_ && found != live_.of(k).end())
		all = found->second;
	if (k == kind::url && (said.contains("queue") || said.contains("group")))
		drop_place(all);
	for (const auto &[key, v] : said)
		all[key] = v;
	return all;
}

void merger::fill(kind k)
{
	if (keep_)
		out_.of(k) = live_.of(k);
	for (const auto &[name, said] : from_.said.of(k))
		out_.of(k)[name] = whole(k, name, said);
	if (k == kind::limits && out_.of(k).empty())
		out_.of(k)[""] = words_.initial(k, {});
}

/* A queue has a group of its name, which sets nothing unless it is said */
void merger::settle_groups()
{
	objects &groups = out_.of(kind::group);

	for (const auto &[name, keys] : out_.of(kind::queue))
		if (!groups.contains(name))
			groups[name] = words_.initial(kind::group, {});
	for (auto &[name, keys] : groups) {
		auto queue = keys.find("queue");

		if (out_.of(kind::queue).contains(name)) {
			if (queue != keys.end() && queue->second.text != name)
				complain(kind::group, name,
					 "a queue has this name, and it is its own group");
			keys.erase("queue");
		} else if (queue == keys.end()) {
			complain(kind::group, name, "say which queue it feeds: queue = \"...\"");
		} else {
			need(kind::group, name, kind::queue, queue->second.text);
		}
	}
}

void merger::settle_reservations()
{
	for (const auto &[name, keys] : out_.of(kind::reservation)) {
		if (!keys.contains("user") && !keys.contains("group"))
			complain(kind::reservation, name, "say for whom: user, group or both");
		if (keys.at("listen") == keys.at("delegate") && keys.at("listen").text == "off")
			complain(kind::reservation, name,
				 "it grants nothing: listen, delegate or both");
	}
}

void merger::settle_urls()
{
	for (auto &[name, keys] : out_.of(kind::url)) {
		const bool redirects = keys.contains("redirect");
		const auto said = from_.said.of(kind::url).find(name);

		if (keys.contains("queue") == keys.contains("group")) {
			complain(kind::url, name, "name its queue or its group, one of them");
			continue;
		}
		if (said != from_.said.of(kind::url).end() && redirects &&
		    said->second.contains("context"))
			complain(kind::url, name,
				 "a redirect has no workers that a context is for");
		if (!redirects && keys.contains("status"))
			complain(kind::url, name, "a status is a redirect's: redirect is missing");
		if (redirects)
			keys.erase("context");
		if (keys.contains("queue")) {
			need(kind::url, name, kind::queue, keys["queue"].text);
			continue;
		}
		need(kind::url, name, kind::group, keys["group"].text);
		if (out_.of(kind::queue).contains(keys["group"].text)) {
			keys["queue"] = keys["group"];
			keys.erase("group");
		}
	}
}

model merger::merge()
{
	for (std::size_t k = 0; k < kinds; k++)
		fill(static_cast<kind>(k));
	for (const auto &[name, keys] : out_.of(kind::rate))
		if (!keys.contains("rate"))
			complain(kind::rate, name, "say how much it is: rate = \"10/s\"");
	settle_groups();
	settle_reservations();
	settle_urls();
	if (!complaints_.empty())
		throw khttp::error(EINVAL, join(complaints_, "\n"));
	return std::move(out_);
}

} // namespace

model complete(const file &from, const model &live, const dictionary &words, bool keep)
{
	return merger(from, live, words, keep).merge();
}

} // namespace khttpctl::configuration
