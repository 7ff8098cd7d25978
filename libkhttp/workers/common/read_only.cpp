/* SPDX-License-Identifier: MIT */
#include "read_only.hpp"

#include <system_error>
#include <utility>

namespace worker {

namespace {

/* The last call of an answer: where it fails the client has gone, and there is
 * nobody to tell. */
void done(std::error_code) {}

} // namespace

void reply(khttp::response &rs, const khttp::request &rq, std::string text)
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
	reply(rs, rq, std::move(text));
}

bool only_reads(khttp::response &rs, const khttp::request &rq)
{
	if (rq.method() == "GET" || rq.method() == "HEAD")
		return true;
	rs.header("Allow", "GET, HEAD");
	refuse(rs, rq, 405, "figures are only read\n");
	return false;
}

} // namespace worker
