/* SPDX-License-Identifier: MIT */
#include "reply.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <random>

#include <unistd.h>

#include <fmt/format.h>

#include "common/say.hpp"
#include "common/text.hpp"
#include "multipart.hpp"
#include "range.hpp"

namespace files {

namespace {

/* Smaller files are cheaper to read here than to splice in the kernel. */
constexpr std::uint64_t read_below = 65536;

constexpr std::string_view allowed = "GET, HEAD, OPTIONS";

std::string_view phrase(int status)
{
	switch (status) {
	case 301:
		return "301 Moved Permanently";
	case 403:
		return "403 Forbidden";
	case 404:
		return "404 Not Found";
	case 405:
		return "405 Method Not Allowed";
	case 412:
		return "412 Precondition Failed";
	case 416:
		return "416 Range Not Satisfiable";
	case 503:
		return "503 Service Unavailable";
	default:
		return "500 Internal Server Error";
	}
}

/* The last call of an answer: where it fails the client has gone, and there is
 * nobody to tell. */
void done(std::error_code) {}

void refuse(khttp::response &rs, int status)
{
	if (status == 503)
		rs.header("Retry-After", "1");
	done(rs.status(status)
		     .header("Content-Type", "text/plain; charset=utf-8")
		     .body(fmt::format("{}\n", phrase(status))));
}

/* All lines of one field as one list (RFC 9110 section 5.3). */
std::optional<std::string> joined(const khttp::request &rq,
				  std::string_view name)
{
	std::optional<std::string> value;

	for (const auto field : rq.fields()) {
		if (!text::equals_fold(field.name, name))
			continue;
		if (value)
			value->append(", ").append(field.value);
		else
			value = field.value;
	}
	return value;
}

conditions read_conditions(const khttp::request &rq)
{
	conditions asked{
		joined(rq, "if-match"),
		joined(rq, "if-none-match"),
		joined(rq, "if-modified-since"),
		joined(rq, "if-unmodified-since"),
		joined(rq, "if-range"),
		std::nullopt,
	};

	/* Ranges are defined for GET alone (RFC 9110 section 14.2). */
	if (rq.method() == "GET")
		asked.range = joined(rq, "range");
	return asked;
}

bool asks_conditionally(const conditions &asked)
{
	return asked.if_match || asked.if_none_match ||
	       asked.if_modified_since || asked.if_unmodified_since ||
	       asked.if_range || asked.range;
}

/* What a 304 repeats of the 200 (RFC 9110 section 15.4.5). */
void set_state(khttp::response &rs, const content &what)
{
	rs.header("ETag", what.state.etag);
	if (what.varies)
		rs.header("Vary", "Accept-Encoding");
}

void set_head(khttp::response &rs, const content &what, std::uint64_t now)
{
	set_state(rs, what);
	/* Never later than the answer itself (RFC 9110 section 8.8.2.1). */
	if (what.state.modified)
		rs.header("Last-Modified", text::http_date(std::min(
						   *what.state.modified, now)));
	if (!what.coding.empty())
		rs.header("Content-Encoding", what.coding);
	rs.header("Accept-Ranges", "bytes");
}

/*
 * The bytes of a small file take the place of its descriptor. False when it has
 * become shorter since it was opened: its ETag no longer names what is there.
 */
bool load_small(content &what)
{
	std::string bytes;

	if (!what.fd || what.size >= read_below)
		return true;
	bytes.resize(what.size);
	for (std::size_t have = 0; have < bytes.size();) {
		const auto got = pread(what.fd.get(), bytes.data() + have,
				       bytes.size() - have,
				       static_cast<off_t>(have));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		have += static_cast<std::size_t>(got);
	}
	what.page = std::move(bytes);
	what.fd.reset();
	return true;
}

/* A part of the content, or all of it, as the whole body of the answer. */
void send_part(khttp::response &rs, content &what, const byte_range &part)
{
	if (what.fd)
		done(rs.file(std::move(what.fd), part.first, part.length));
	else if (part.length == what.page.size())
		done(rs.body(std::move(what.page)));
	else
		done(rs.body(what.page.substr(part.first, part.length)));
}

/* Random, so that no content holds it but by design of its own author. */
std::string make_boundary()
{
	std::random_device random;

	return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(),
			   random(), random());
}

khttp::async::send_operation send_piece(khttp::async::response &rs,
					const content &what,
					const byte_range &part)
{
	if (what.fd)
		return rs.send_file(what.fd.get(), part.first, part.length);
	return rs.send(std::string_view{what.page}.substr(part.first,
							  part.length));
}

khttp::task send_parts(khttp::async::response rs, content what,
		       std::vector<byte_range> parts)
{
	const auto plan = lay_out(parts, what.size, what.type, make_boundary());

	rs.header("Content-Type", plan.content_type).length(plan.length);
	for (std::size_t i = 0; i < parts.size(); i++) {
		if (co_await rs.send(plan.heads[i]))
			co_return;
		if (co_await send_piece(rs, what, parts[i]))
			co_return;
	}
	if (co_await rs.send(plan.tail))
		co_return;
	co_await rs.finish();
}

/* The body is not the file's: it has neither its coding nor its date. */
void refuse_range(khttp::response &rs, const content &what)
{
	set_state(rs, what);
	rs.header("Content-Range", content_range_unsatisfied(what.size));
	refuse(rs, 416);
}

khttp::task send_ranges(khttp::async::response rs, content what,
			range_choice choice)
{
	rs.status(206);
	if (choice.parts.size() > 1)
		co_return co_await send_parts(rs, std::move(what),
					      std::move(choice.parts));
	rs.header("Content-Range", content_range(choice.parts[0], what.size))
		.header("Content-Type", what.type);
	send_part(rs, what, choice.parts[0]);
}

/* Only what every client may get alike, for as long as the entry lives: of one who
 * asks conditionally it is not known, unless that is the kernel. */
void set_caching(const site &from, const khttp::request &rq, khttp::response &rs,
		 const content &what, const conditions &asked)
{
	if (from.set().cache.count() > 0 && rq.method() == "GET" &&
	    rq.query().empty() && what.cacheable && !what.varies &&
	    (rq.validates() || !asks_conditionally(asked)))
		rs.cache_for(from.set().cache);
}

khttp::task send_content(const site &from, khttp::async::request rq,
			 khttp::async::response rs, content what)
{
	const auto now = static_cast<std::uint64_t>(std::time(nullptr));
	const auto asked = read_conditions(rq);
	const auto decided = judge(asked, what.state, now);

	if (decided == verdict::failed)
		co_return refuse(rs, 412);
	/* Of a 304, too: it may renew what the kernel has stored. */
	rs.flow(from.set().flow);
	if (decided == verdict::not_modified) {
		set_state(rs, what);
		set_caching(from, rq, rs, what, asked);
		co_return done(rs.status(304).body());
	}
	if (rq.method() == "HEAD") {
		set_head(rs, what, now);
		co_return done(rs.header("Content-Type", what.type)
				       .length(what.size).body());
	}
	if (!load_small(what))
		co_return refuse(rs, 503);
	range_choice choice;
	if (asked.range && range_applies(asked, what.state, now))
		choice = choose_ranges(*asked.range, what.size);
	if (choice.kind == range_kind::unsatisfiable)
		co_return refuse_range(rs, what);
	set_head(rs, what, now);
	if (choice.kind == range_kind::parts)
		co_return co_await send_ranges(rs, std::move(what),
					       std::move(choice));
	rs.header("Content-Type", what.type);
	set_caching(from, rq, rs, what, asked);
	send_part(rs, what, {0, what.size});
}

void redirect(khttp::response &rs, const std::string &location)
{
	const auto link = text::escape_html(location);

	done(rs.status(301)
		     .header("Location", location)
		     .header("Content-Type", "text/html; charset=utf-8")
		     .body(fmt::format("<!DOCTYPE html>\n<title>{}</title>\n"
				       "<a href=\"{}\">{}</a>\n",
				       phrase(301), link, link)));
}

/* GET and HEAD are what a file can answer. */
bool refuse_method(khttp::response &rs, std::string_view method)
{
	if (method == "GET" || method == "HEAD")
		return false;
	rs.header("Allow", allowed);
	if (method == "OPTIONS")
		done(rs.status(204).body());
	else
		refuse(rs, 405);
	return true;
}

} // namespace

khttp::task reply(const site &from, khttp::async::request rq,
		  khttp::async::response rs)
{
	if (refuse_method(rs, rq.method()))
		co_return;
	const auto accepted = joined(rq, "accept-encoding");
	auto result = from.find(rq.path(), rq.prefix(), rq.query(), accepted);

	if (result.error)
		worker::say("khttp-files", fmt::format("{}: {}", rq.path(),
						       result.error.message()));
	if (result.status == 200)
		co_await send_content(from, rq, rs, std::move(result.what));
	else if (result.status == 301)
		redirect(rs, result.location);
	else
		refuse(rs, result.status);
}

} // namespace files
