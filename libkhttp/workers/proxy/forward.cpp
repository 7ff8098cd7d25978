/* SPDX-License-Identifier: MIT */
#include "forward.hpp"

#include <string>

#include "complaints.hpp"
#include "describe.hpp"
#include "introduction.hpp"
#include "request.hpp"
#include "store.hpp"
#include "transfer.hpp"

namespace proxy {

namespace {

/* An answer whose length is known goes to the kernel in one piece up to here, which
 * saves calls; longer ones, and others, as they come. */
constexpr std::uint64_t held_bytes = 65536;

void refuse(khttp::async::response rs, int status, std::string_view word,
	    std::string_view text)
{
	rs.status(status)
		.header("Content-Type", "text/plain")
		.header("Proxy-Status",
			std::string{"khttp-proxy; error="}.append(word))
		.cache_never();
	/* Where it fails the client has gone, and there is nobody to tell. */
	static_cast<void>(rs.body(std::string{text} + "\n"));
}

/* No answer, or only a part of one. */
void give_up(const khttp::async::request &rq, khttp::async::response rs,
	     const failure &why)
{
	complain(rq.method(), rq.target(), why);
	if (rs.started())
		rs.cancel(); /* so that nobody takes a part for the whole */
	else
		refuse(rs, why.status, why.word, why.text);
}

/* Nobody is there, or the kernel has told the client what was wrong with its
 * body: what is said here is for the kernel only. */
void quit(khttp::async::response rs)
{
	if (rs.started())
		return rs.cancel();
	static_cast<void>(rs.status(400).cache_never().body());
}

bool has_content(const khttp::async::request &rq, int status)
{
	return rq.method() != "HEAD" && status != 204 && status != 205 &&
	       status != 304;
}

/* The answer's beginning is there, and it has not to be waited for whole. */
bool may_begin(const khttp::async::request &rq, transfer &way)
{
	const auto &head = way.head();

	return head.complete() && has_content(rq, head.status()) &&
	       head.length().value_or(held_bytes + 1) > held_bytes;
}

/* False: it cannot be passed on. */
bool set_head(const khttp::async::request &rq, khttp::async::response rs,
	      answer_head &head, const settings &set)
{
	const auto fields = head.passed();

	if (!fields)
		return false;
	rs.status(head.status());
	for (const auto &[name, value] : *fields)
		rs.header(name, value);
	rs.header("Via", via(head.version(), set.pseudonym));
	/* A 204 must not say one, for a 205 it can only be 0. */
	if (head.length() && head.status() != 204 && head.status() != 205)
		rs.length(*head.length());
	set_caching(rq, rs, head, *fields, set);
	return true;
}

khttp::task stream(khttp::async::request rq, khttp::async::response rs,
		   transfer &way)
{
	bool begun = false;

	while (!begun || !way.over() || way.has_body()) {
		if (begun && !way.has_body()) {
			co_await way.changed();
			continue;
		}
		const auto piece = way.take_body();

		begun = true;
		way.hold(true);
		if (co_await rs.send(piece))
			co_return rs.cancel();
		way.hold(false);
	}
	if (way.client_left())
		co_return quit(rs);
	if (way.failed())
		co_return give_up(rq, rs, *way.failed());
	for (const auto &[name, value] : way.head().trailers())
		rs.trailer(name, value);
	co_await rs.finish();
}

khttp::task answer(khttp::async::request rq, khttp::async::response rs,
		   transfer &way, const settings &set)
{
	while (!way.over() && !may_begin(rq, way))
		co_await way.changed();
	if (way.client_left())
		co_return quit(rs);
	if (!way.head().complete() || (way.over() && way.failed()))
		co_return give_up(rq, rs, *way.failed());
	if (!set_head(rq, rs, way.head(), set))
		co_return give_up(rq, rs, malformed(way.head().problem()));
	if (way.over() && way.head().trailers().empty())
		co_return static_cast<void>(rs.body(way.take_body()));
	co_await stream(rq, rs, way);
}

} // namespace

khttp::task forward(khttp::async::request rq, khttp::async::response rs)
{
	loop &here = loop::here();
	transfer way{here, rq};

	if (forwards_left(describe(rq, false)) == 0U) {
		rs.status(204).cache_never();
		co_return static_cast<void>(rs.body());
	}
	try {
		way.start();
	} catch (const std::exception &error) {
		co_return give_up(rq, rs,
				  {502, "proxy_internal_error",
				   "the request cannot be sent", error.what()});
	}
	co_await answer(rq, rs, way, here.set());
}

} // namespace proxy
