/* SPDX-License-Identifier: MIT */
/* khttpctl log follow|write|read */
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <khttp/error.hpp>
#include <linux/khttp.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "../command.hpp"
#include "../follow.hpp"
#include "../run/journal.hpp"
#include "../text.hpp"
#include "../units.hpp"
#include "options.hpp"
#include "reader.hpp"
#include "writer.hpp"

namespace khttpctl::access {

namespace {

using supervision::journal;
using supervision::notify;
using supervision::weight;

/* Of one read: more than a ring of the default size */
constexpr std::size_t room_bytes = 1 << 20;
/* Before the end: the rings of many CPUs, as large as they may be */
constexpr int last_reads = 64;

std::string computer_name()
{
	char name[256] = "";

	(void)gethostname(name, sizeof(name) - 1);
	return name;
}

kind kind_of(const context &ctx, const arguments &args)
{
	const std::optional<std::string> text = args.value("format");

	if (ctx.json && text && *text != "json")
		throw usage_error("-j is --format json: say one of them");
	return ctx.json ? kind::json : parse_kind(text.value_or("w3c"));
}

std::unique_ptr<format> format_of(kind of, const arguments &args, surroundings around)
{
	const std::optional<std::string> fields = args.value("fields");

	if (fields && of != kind::w3c)
		throw usage_error("only the format w3c has --fields");
	switch (of) {
	case kind::common:
	case kind::combined:
		return make_ncsa(std::move(around), of == kind::combined);
	case kind::json:
		return make_json(std::move(around));
	case kind::binary:
		return make_binary(std::move(around));
	default:
		return make_w3c(std::move(around),
				parse_w3c_fields(fields.value_or(w3c_default_fields)));
	}
}

std::uint32_t number_of(const arguments &args, const char *option, std::uint32_t absent)
{
	const std::optional<std::string> text = args.value(option);
	if (!text)
		return absent;
	const std::optional<std::uint64_t> number = parse_size(*text);

	if (!number || !*number || *number > UINT32_MAX)
		throw usage_error(fmt::format("--{} {}: write a number from 1 on", option,
					      printable(*text)));
	return static_cast<std::uint32_t>(*number);
}

khttp::log_filter filter_of(const arguments &args)
{
	const std::string only = args.value("only").value_or("");
	khttp::log_filter filter;

	if (only == "errors")
		filter.outcome = khttp::log_outcome::errors;
	else if (only == "successes")
		filter.outcome = khttp::log_outcome::successes;
	else if (!only.empty())
		throw usage_error(fmt::format("--only {}: write errors or successes",
					      printable(only)));
	filter.group = args.value("group").value_or("");
	filter.queue = args.value("queue").value_or("");
	if (!filter.group.empty() && !filter.queue.empty())
		throw usage_error("--group and --queue: a group is of one queue; say one of them");
	filter.sample = number_of(args, "sample", 1);
	filter.ring = number_of(args, "ring", 0);
	return filter;
}

std::uint64_t now_ns()
{
	const auto now = std::chrono::system_clock::now().time_since_epoch();

	return static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
}

/* ---- into files ---- */

writer_options options_of(kind of, const arguments &args)
{
	writer_options wanted;
	std::error_code ignored;

	wanted.path = args.only("file or folder");
	wanted.folder = std::filesystem::is_directory(wanted.path, ignored);
	wanted.of = of;
	wanted.local_time = args.has("local-time");
	wanted.by = parse_roll(args.value("roll").value_or(args.value("size") ? "size" : "daily"));
	wanted.max_size = number_of(args, "size", static_cast<std::uint32_t>(wanted.max_size));
	if (!wanted.folder && (args.value("roll") || args.value("size") || wanted.local_time))
		throw usage_error(fmt::format("{} is no folder: one file has no --roll, --size or "
					      "--local-time; move it away and send SIGHUP",
					      printable(wanted.path)));
	if (args.value("size") && wanted.by != roll::size)
		throw usage_error("--size goes with --roll size");
	if (wanted.max_size < 1 << 20)
		throw usage_error("--size: write 1M or more");
	return wanted;
}

/* False: somebody wants us to end */
bool heed(int signals, writer &to)
{
	signalfd_siginfo info{};

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return true;
	if (info.ssi_signo != SIGHUP)
		return false;
	to.reopen();
	return true;
}

[[noreturn]] void namespace_gone()
{
	throw khttp::error(ESHUTDOWN, "the network namespace is gone, or the module with it");
}

/* What is there now */
void drain(khttp::access_log &log, std::vector<char> &room, writer &to)
{
	const std::size_t n = log.read(room);

	if (!n)
		namespace_gone();
	take_records({room.data(), n}, {[&](const khttp_log_entry &e) { to.put(e); },
					[&](std::uint64_t lost) { to.lost(lost); }});
	to.flush();
}

void write_on(khttp::access_log &log, int signals, writer &to)
{
	std::vector<char> room(room_bytes);
	pollfd set[] = {{signals, POLLIN, 0}, {log.fd(), POLLIN, 0}};

	for (;;) {
		if (poll(set, 2, -1) < 0)
			continue;
		if (set[1].revents)
			drain(log, room, to);
		/* Behind the records that came before it */
		if (set[0].revents && !heed(signals, to)) {
			/* Bounded: under load there is always more */
			for (int i = 0; i < last_reads && poll(&set[1], 1, 0) > 0; i++)
				drain(log, room, to);
			return;
		}
	}
}

} // namespace

int log_follow(context &ctx, const arguments &args)
{
	live_groups groups(ctx);
	const kind of = kind_of(ctx, args);
	std::unique_ptr<format> look =
		format_of(of, args,
			  {computer_name(), [&](std::uint64_t id) { return groups.name(id); }});
	khttp::log_filter filter = filter_of(args);

	args.expect_none();
	filter.texts = look->texts();
	khttp::access_log log = ctx.control().open_log(filter);
	ctx.session.reset();
	khttp::unique_fd signals = end_signals();
	std::vector<char> room(room_bytes);
	ctx.out << look->header(now_ns());
	ctx.out.flush();
	while (ctx.out && wait_for_more(signals.get(), log.fd())) {
		const std::size_t n = log.read(room);

		if (!n)
			namespace_gone();
		take_records({room.data(), n},
			     {[&](const khttp_log_entry &e) { ctx.out << look->line(e); },
			      [&](std::uint64_t lost) { ctx.out << look->lost(lost); }});
		ctx.out.flush();
	}
	return 0;
}

int log_write(context &ctx, const arguments &args)
{
	live_groups groups(ctx);
	const kind of = kind_of(ctx, args);
	const writer_options wanted = options_of(of, args);
	std::unique_ptr<format> look =
		format_of(of, args,
			  {computer_name(), [&](std::uint64_t id) { return groups.name(id); }});
	khttp::log_filter filter = filter_of(args);
	journal news(ctx.err, "log");
	disk on;

	filter.texts = look->texts();
	khttp::access_log log = ctx.control().open_log(filter);
	ctx.session.reset();
	khttp::unique_fd signals = end_signals({SIGHUP});
	writer to(wanted, std::move(look), on,
		  [&](const std::string &text) { news.say(weight::problem, text); });
	notify("READY=1");
	write_on(log, signals.get(), to);
	notify("STOPPING=1");
	if (to.unwritten())
		news.say(weight::problem, fmt::format("{} records were not written, {} were",
						      to.unwritten(), to.written()));
	return 0;
}

int log_read(context &ctx, const arguments &args)
{
	std::map<std::uint64_t, std::string> names;
	std::unique_ptr<format> look = format_of(kind_of(ctx, args), args,
						 {computer_name(), [&](std::uint64_t id) {
							  auto found = names.find(id);
							  return found == names.end()
									 ? std::string{}
									 : found->second;
						  }});
	const std::string path = args.only("file");
	std::ifstream file(path, std::ios::binary);
	std::string bytes, room(room_bytes, '\0');

	if (!file)
		throw khttp::error(errno, fmt::format("cannot read {}: {}", path,
						      std::strerror(errno)));
	ctx.out << look->header(now_ns());
	while (file.read(room.data(), static_cast<std::streamsize>(room.size())) || file.gcount()) {
		bytes.append(room, 0, static_cast<std::size_t>(file.gcount()));
		bytes.erase(0, take_records(
				       bytes,
				       {[&](const khttp_log_entry &e) { ctx.out << look->line(e); },
					[&](std::uint64_t lost) { ctx.out << look->lost(lost); },
					[&](std::uint64_t id, std::string name) {
						names[id] = std::move(name);
					}}));
	}
	if (file.bad())
		throw khttp::error(EIO, fmt::format("cannot read {} to its end", path));
	if (!bytes.empty())
		throw khttp::error(EINVAL, "the last record is cut off; the others are all there");
	return 0;
}

} // namespace khttpctl::access
