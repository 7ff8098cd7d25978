/* SPDX-License-Identifier: MIT */
#include "scrape.hpp"

#include <exception>
#include <utility>

namespace exporter {

namespace {

/* The last call of an answer: where it fails the client has gone, and there is
 * nobody to tell. */
void done(std::error_code) {}

void say(khttp::response &rs, const khttp::request &rq, std::string text)
{
	/* What it would be, but no byte of it (RFC 9110 section 9.3.2). */
	if (rq.method() == "HEAD")
		done(rs.length(text.size()).body());
	else
		done(rs.body(std::move(text)));
}

void refuse(khttp::response &rs, const khttp::request &rq, int status, std::string text)
{
	rs.status(status).header("Content-Type", "text/plain; charset=utf-8");
	say(rs, rq, std::move(text));
}

} // namespace

std::string_view without_slash(std::string_view path)
{
	while (path.ends_with('/'))
		path.remove_suffix(1);
	return path;
}

void answer(const service &of, const khttp::request &rq, khttp::response &rs)
{
	std::string text;

	rs.cache_never();
	if (without_slash(rq.path()) != of.path)
		return refuse(rs, rq, 404, "the figures are at " + of.path + "\n");
	if (rq.method() != "GET" && rq.method() != "HEAD") {
		rs.header("Allow", "GET, HEAD");
		return refuse(rs, rq, 405, "figures are only read\n");
	}
	try {
		text = of.read();
	} catch (const std::exception &failure) {
		of.complain(failure.what());
		return refuse(rs, rq, 503, std::string(failure.what()) + "\n");
	}
	rs.header("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
	say(rs, rq, std::move(text));
}

} // namespace exporter
