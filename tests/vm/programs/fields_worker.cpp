/* SPDX-License-Identifier: MIT */
/*
 * Answers with what the request asks for, and a body that is another one each
 * time: "1", "2" and so on, so that who asks sees which answer he has.
 *
 *	fields-worker QUEUE [validates]
 *
 * Fields of a request:
 *
 *	Answer: NAME: VALUE	a field of the answer; may come often
 *	Answer-Status: N
 *	Answer-Caching: auto|never|purged|SECONDS
 *	Answer-Delay: MS
 *	Answer-Streamed: 1	in two pieces
 *	Answer-Renew: TAG	304 where the kernel asks by that; what it asks by
 *				stands in X-Asked
 *	Purge-Tag: TAG		drop what has it; the body is how much that was
 */
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>

#include <khttp/khttp.hpp>

#include "answer_fields.hpp"

namespace {

/* True: it is to be sent in pieces */
bool obey(khttp::response &rs, const std::string &name, const std::string &value)
{
	if (name == "Answer")
		set_field(rs, value);
	else if (name == "Answer-Status")
		rs.status(std::atoi(value.c_str()));
	else if (name == "Answer-Caching")
		set_caching(rs, value);
	else if (name == "Answer-Delay")
		std::this_thread::sleep_for(std::chrono::milliseconds{ std::atoi(value.c_str()) });
	return name == "Answer-Streamed";
}

/* What the kernel asks about what it has stored, and what the request wants to be said */
void renew(const khttp::request &rq, khttp::response &rs)
{
	const auto good = rq.find("Answer-Renew"), asked = rq.find("If-None-Match");
	const auto since = rq.find("If-Modified-Since");

	if (!rq.validates())
		return;
	rs.header("X-Asked", std::string{ asked.value_or("-") } + " since " +
				     std::string{ since.value_or("-") });
	if (good && asked == good)
		rs.status(304);
}

std::string purge(khttp::queue &queue, const std::string &tag)
{
	std::size_t purged = 0;

	if (std::error_code code = queue.purge_tag(tag, purged))
		return code.message();
	return std::to_string(purged);
}

} // namespace

int main(int argc, char **argv)
try {
	if (argc != 2 && argc != 3)
		return 2;
	khttp::options wanted{ argv[1] };
	wanted.validates = argc == 3;
	khttp::queue queue{ wanted };
	unsigned long count = 0;

	while (!queue.finished()) {
		auto exchange = queue.wait();
		bool streamed = false;

		if (!exchange)
			continue;
		khttp::response &rs = exchange->response();
		std::string body;
		for (const auto field : exchange->request().fields()) {
			std::string name{ field.name }, value{ field.value };

			streamed |= obey(rs, name, value);
			if (name == "Purge-Tag")
				body = purge(queue, value);
		}
		renew(exchange->request(), rs);
		if (body.empty())
			body = std::to_string(++count);
		if (!streamed) {
			rs.body(body);
			continue;
		}
		rs.send(body);
		rs.finish();
	}
	return 0;
} catch (const std::exception &failure) {
	std::fprintf(stderr, "fields-worker: %s\n", failure.what());
	return 1;
}
