/* SPDX-License-Identifier: MIT */
#include "answer.hpp"

#include <algorithm>
#include <csignal>
#include <memory>

#include <unistd.h>

#include "command.hpp"

namespace echo {

namespace {

/* A longer pad is streamed from here instead of being held. */
constexpr std::uint64_t pad_piece = 65536;
constexpr std::uint64_t max_held_pad = 1U << 20;

/* A report with its part of the budget, until the kernel has taken it. */
struct held_text {
	explicit held_text(body_budget &from) : held{from} {}

	held_bytes held;
	std::string text;
};

void refuse(khttp::async::response rs, int status, std::string_view text)
{
	rs.status(status).header("Content-Type", "application/json");
	if (status == 503)
		rs.header("Retry-After", "1");
	/* Where it fails the client has gone, and there is nobody to tell. */
	static_cast<void>(rs.body(error_report(status, text)));
}

report begin_report(const khttp::async::request &rq)
{
	head of{rq.method(), rq.target(), rq.path(),
		rq.query(), rq.version(), {}};

	for (const auto field : rq.fields())
		of.fields.emplace_back(field.name, field.value);
	return report{of};
}

/* RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5. */
bool has_content(int status)
{
	return status != 204 && status != 205 && status != 304;
}

void set_head(khttp::response &rs, const command &what)
{
	rs.status(what.status);
	if (has_content(what.status))
		rs.header("Content-Type", "application/json");
	if (what.cache.count() > 0)
		rs.cache_for(what.cache);
	if (what.flow.rate)
		rs.flow(what.flow);
}

khttp::task send_in_pieces(khttp::async::request rq, khttp::async::response rs,
			   const command &what, std::string text)
{
	const std::string piece(pad_piece, 'x');
	const auto end = what.padded ? report::pad_end : report::end;
	auto left = what.pad;

	if (!what.stream)
		rs.length(text.size() + left + end.size());
	if (rq.method() == "HEAD")
		co_return static_cast<void>(rs.body());
	if (co_await rs.send(text))
		co_return;
	while (left > 0) {
		const auto now = std::min(left, pad_piece);

		if (co_await rs.send(std::string_view{piece}.substr(0, now)))
			co_return;
		left -= now;
	}
	if (co_await rs.send(end))
		co_return;
	co_await rs.finish();
}

khttp::task send_report(service &with, const command &what,
			std::shared_ptr<held_text> held,
			khttp::async::request rq, khttp::async::response rs)
{
	auto &text = held->text;

	set_head(rs, what);
	if (!has_content(what.status))
		text.clear();
	else if (what.stream || what.pad > max_held_pad)
		co_return co_await send_in_pieces(rq, rs, what,
						  std::move(text));
	else if (what.padded)
		text.append(what.pad, 'x').append(report::pad_end);
	else
		text += report::end;
	if (what.delay.count() > 0)
		co_await with.later.until(timer::clock::now() + what.delay);
	static_cast<void>(rs.body(
		std::shared_ptr<const std::string>{held, &text}));
}

/* Whatever does not fit or is no name: the client's answer does not depend on it */
void add_to_log(const service &with, const khttp::async::request &rq,
		khttp::async::response rs)
{
	for (const auto &wanted : with.logged)
		if (const auto value = rq.find(wanted.field))
			static_cast<void>(rs.log(wanted.name, *value));
}

/* Why this is not done, as an upload_result; status 0: go on. */
upload_result check(const service &with, const parsed_command &asked)
{
	const auto &what = asked.value;

	if (!asked.error.empty())
		return {400, asked.error};
	if (what.crash && !with.allow_crash)
		return {403, "crash=1 needs khttp-echo --allow-crash"};
	if (what.delay.count() > 0 && what.pad > max_held_pad)
		return {400, "with a delay, size is 1048576 at most"};
	if (what.delay.count() > 0 && what.stream)
		return {400, "with a delay, there is no stream"};
	return {};
}

} // namespace

logged_field parse_logged(std::string_view text)
{
	const auto equals = text.find('=');
	const auto field = equals == std::string_view::npos ? text : text.substr(equals + 1);

	return {std::string{text.substr(0, equals)}, std::string{field}};
}

khttp::task answer(service &with, khttp::async::request rq,
		   khttp::async::response rs)
{
	const auto asked = parse_command(rq.query());
	const auto &what = asked.value;
	auto held = std::make_shared<held_text>(with.budget);
	auto failed = check(with, asked);

	add_to_log(with, rq, rs);
	if (failed.status)
		co_return refuse(rs, failed.status, failed.text);
	if (what.crash)
		kill(getpid(), SIGKILL);
	auto out = begin_report(rq);

	if (what.digest)
		failed = co_await digest_body(rq, out);
	else
		failed = co_await echo_body(rq, out, held->held);
	if (!failed.status)
		failed = co_await echo_trailers(rq, out);
	if (failed.status)
		co_return refuse(rs, failed.status, failed.text);
	out.worker_pid(getpid());
	if (what.ends)
		out.ends(rq.client().to_string(), rq.peer().to_string(),
			 rq.local().to_string(), rq.id());
	if (what.padded)
		out.begin_pad();
	held->text = std::move(out).take();
	co_await send_report(with, what, std::move(held), rq, rs);
}

} // namespace echo
