/* SPDX-License-Identifier: MIT */
#include "command.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "log/options.hpp"
#include "run/options.hpp"
#include "text.hpp"

namespace khttpctl {

namespace {

using access::log_follow;
using access::log_format_options;
using access::log_options;
using access::log_read;
using access::log_write;
using access::log_write_options;

const command table_of_commands[] = {
	{"queue", "add", "NAME", "make a request queue", {}, queue_keywords, queue_add},
	{"queue", "set", "NAME", "change a queue in place", {}, queue_keywords, queue_set},
	{"queue", "del", "NAME", "delete a queue: what waits gets 503, workers are detached",
	 {}, {}, queue_del},
	{"queue", "list", "", "list the queues", {}, {}, queue_list},
	{"queue", "show", "NAME", "show a queue with its prefixes and workers", {}, {}, queue_show},
	{"queue", "drain", "NAME", "ask its workers to finish what they hold and go", {},
	 queue_drain_keywords, queue_drain},
	{"queue", "pause", "NAME", "answer new requests 503; waiting ones stay", {}, {},
	 queue_pause},
	{"queue", "resume", "NAME", "take requests again", {}, {}, queue_resume},
	{"queue", "grant", "NAME --socket PATH",
	 "let workers in other namespaces attach, until SIGTERM",
	 {{"socket", "where it is passed to who connects", "PATH"},
	  {"mode", "permission bits of the socket (0660)", "BITS"},
	  {"owner", "owner of the socket", "USER[:GROUP]"},
	  {"workers", "how many may be attached at once (256)", "N"}},
	 {}, queue_grant},
	{"queue", "grants", "NAME", "list its grants", {}, {}, queue_grants},
	{"queue", "revoke", "NAME GRANT|--all", "nobody attaches by it any more",
	 {{"all", "all grants of the queue"}, {"detach", "the workers that came by it go, too"}},
	 {}, queue_revoke},
	{"group", "add", "NAME [LIMIT VALUE]...", "make a group: prefixes with limits of their own",
	 {}, group_add_keywords, group_add},
	{"group", "set", "NAME [LIMIT VALUE]...", "change a group in place, all or none",
	 {}, group_set_keywords, group_set},
	{"group", "del", "NAME", "delete a group that has no prefixes",
	 {{"force", "its prefixes go with it"}}, {}, group_del},
	{"group", "list", "", "list the groups with what they set", {}, {}, group_list},
	{"group", "show", "NAME", "show a group's limits and where they come from", {}, {},
	 group_show},
	{"filter", "add", "GROUP [at N] RULE", "add a rule, the last or in place N", {}, {},
	 filter_add},
	{"filter", "del", "GROUP N", "take rule N away", {}, {}, filter_del},
	{"filter", "load", "GROUP FILE", "replace all rules by those of a file", {}, {},
	 filter_load},
	{"filter", "flush", "GROUP", "take all rules away", {}, {}, filter_flush},
	{"filter", "list", "[GROUP]", "list the rules and how often they matched", {}, {},
	 filter_list},
	{"filter", "test", "GROUP ADDRESS METHOD PATH [NAME:VALUE]...",
	 "which rule decides about a request", {}, {}, filter_test},
	{"networks", "load", "SET FILE", "make a set of networks, or replace all of it", {}, {},
	 networks_load},
	{"networks", "add", "SET [NETWORK]...", "make a set, or add networks to it", {}, {},
	 networks_add},
	{"networks", "remove", "SET NETWORK...", "take networks out of a set", {}, {},
	 networks_remove},
	{"networks", "del", "SET", "delete a set that no rule names", {}, {}, networks_del},
	{"networks", "list", "", "list the sets", {}, {}, networks_list},
	{"networks", "show", "SET", "show the networks of a set", {}, {}, networks_show},
	{"networks", "test", "SET ADDRESS", "is an address in a set?", {}, {}, networks_test},
	{"rate", "set", "NAME RATE", "make a rate by client address, or change it", {},
	 rate_keywords, rate_set},
	{"rate", "del", "NAME", "delete a rate that no rule names", {}, {}, rate_del},
	{"rate", "list", "", "list the rates", {}, {}, rate_list},
	{"url", "add", "URL queue|group NAME", "feed a queue from a URL prefix, or redirect it", {},
	 url_add_keywords, url_add},
	{"url", "del", "URL", "take a URL prefix away", {}, {}, url_del},
	{"url", "list", "", "list the URL prefixes", {}, {}, url_list},
	{"url", "match", "URL", "which prefix answers this URL, and why", {}, url_match_keywords,
	 url_match},
	{"reservation", "add", "URL [delegate] [nolisten]", "say who may bind at and below a URL",
	 {}, reservation_keywords, reservation_add},
	{"reservation", "del", "URL", "take a reservation away", {}, {}, reservation_del},
	{"reservation", "list", "", "list the reservations", {}, {}, reservation_list},
	{"reservation", "check", "URL", "who decides about this URL, and may he bind it", {},
	 reservation_keywords, reservation_check},
	{"listener", "set", "PORT|ADDRESS:PORT", "set how a port is listened at", {},
	 listener_keywords, listener_set},
	{"listener", "reset", "PORT|ADDRESS:PORT", "go back to the defaults", {}, {},
	 listener_reset},
	{"listener", "list", "", "list the ports and addresses that have settings", {}, {},
	 listener_list},
	{"listener", "show", "PORT|ADDRESS:PORT", "show the settings of one, and its sockets", {},
	 {}, listener_show},
	{"cache", "list", "", "list the stored responses", {}, {}, cache_list},
	{"cache", "top", "", "the stored responses with most hits or most memory", {},
	 cache_top_keywords, cache_top},
	{"cache", "show", "", "how full the cache is and what it is good for",
	 {{"group", "of that group alone", "NAME"}}, {}, cache_show},
	{"cache", "purge", "[URL]", "drop stored responses",
	 {{"recursive", "everything at and below the URL's path"},
	  {"tag", "everything that has it; may be given again", "TAG", true},
	  {"all", "everything"},
	  {"soft", "keep what may serve past its time, until it is renewed"}},
	 {},
	 cache_purge},
	{"cache", "limit", "SIZE", "give the cache that much memory; 0 turns it off", {},
	 cache_limit_keywords, cache_limit},
	{"limits", "show", "[NAME]", "show limits and timers", {}, {}, limits_show},
	{"limits", "set", "NAME VALUE ...", "change limits and timers, all or none", {}, {},
	 limits_set},
	{"stats", "", "", "show all figures",
	 {{"prometheus", "in the text format of Prometheus"}}, {}, stats},
	{"who", "", "", "who answers what: port, prefix, queue, process", {}, {}, who},
	{"explain", "", "QUEUE|URL", "why requests are refused or slow, in one screen", {},
	 explain_keywords, explain},
	{"top", "", "", "what goes on now, each second anew, until q",
	 {{"delay", "so long between two looks; 1s", "TIME"},
	  {"batch", "print lines, for what is no terminal"},
	  {"count", "end after so many; one where it is no terminal", "N"}},
	 {}, top},
	{"run", "", "QUEUE -- COMMAND...", "start workers and look after them, until SIGTERM",
	 supervision::options(), {}, supervise},
	{"apply", "", "FILE", "make the configuration what a file says, at once or not at all",
	 {{"dry-run", "only show what would change"},
	  {"keep", "what the file does not name stays"},
	  {"start", "have systemd start its applications, too"}},
	 {}, apply},
	{"export", "", "", "the configuration as a file for apply", {}, {}, export_all},
	{"events", "", "", "follow what happens, until Ctrl-C", {}, {}, events},
	{"errors", "", "", "what the kernel refused, cut or gave up, and why",
	 {{"follow", "go on with what comes, until Ctrl-C"},
	  {"queue", "only requests to that queue", "NAME"},
	  {"reason", "only for that reason", "WORD"},
	  {"last", "only the last N of what is there", "N"}},
	 {}, errors},
	{"log", "follow", "", "show requests as they end, until Ctrl-C", log_options(), {},
	 log_follow},
	{"log", "write", "PATH", "write requests into a file or a folder, until SIGTERM",
	 log_write_options(), {}, log_write},
	{"log", "read", "FILE", "show what was written in binary form",
	 log_format_options(), {}, log_read},
	{"reason", "list", "", "the reasons there are", {}, {}, reason_list},
	{"reason", "show", "WORD", "what a reason means and which setting decides", {}, {},
	 reason_show},
};

} // namespace

std::span<const command> commands()
{
	return table_of_commands;
}

const command *find_command(std::string_view object, std::string_view verb)
{
	for (const command &c : commands())
		if (object == c.object && verb == c.verb)
			return &c;
	return nullptr;
}

std::vector<std::string> verbs_of(std::string_view object)
{
	std::vector<std::string> verbs;

	for (const command &c : commands())
		if (object == c.object && *c.verb)
			verbs.emplace_back(c.verb);
	return verbs;
}

std::vector<std::string> objects()
{
	std::vector<std::string> names;

	for (const command &c : commands())
		if (names.empty() || names.back() != c.object)
			names.emplace_back(c.object);
	return names;
}

khttp::control &context::control()
{
	if (!session)
		session.emplace(khttp::control_options{netns});
	return *session;
}

bool arguments::has(std::string_view option) const
{
	return std::ranges::find(options, option) != options.end();
}

std::optional<std::string> arguments::value(std::string_view option) const
{
	auto found = values.find(option);

	if (found == values.end())
		return std::nullopt;
	return found->second;
}

const std::string &arguments::only(const char *what) const
{
	if (words.empty())
		throw usage_error(fmt::format("the {} is missing", what));
	if (words.size() > 1)
		throw usage_error(fmt::format("'{}' is one word too many", printable(words[1])));
	return words[0];
}

void arguments::expect_none() const
{
	if (!words.empty())
		throw usage_error(fmt::format("'{}' is one word too many", printable(words[0])));
}

keyword_values arguments::tail(std::size_t first, std::span<const keyword> table) const
{
	return parse_keywords(std::span(words).subspan(std::min(first, words.size())), table);
}

} // namespace khttpctl
