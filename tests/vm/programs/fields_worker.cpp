/* SPDX-License-Identifier: MIT */
/*
 * Answers with what the request asks for, and a body that is another one each
 * time: "1", "2" and so on, so that who asks sees which answer he has.
 *
 *	fields-worker QUEUE
 *
 * Fields of a request:
 *
 *	Answer: NAME: VALUE	a field of the answer; may come often
 *	Answer-Status: N
 *	Answer-Caching: auto|never|purged|SECONDS
 *	Answer-Delay: MS
 *	Answer-Streamed: 1	in two pieces
 */
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <thread>

#include <khttp/khttp.hpp>

namespace {

void set_caching(khttp::response &rs, const std::string &how)
{
	if (how == "auto")
		rs.cache_auto();
	else if (how == "never")
		rs.cache_never();
	else if (how == "purged")
		rs.cache_until_purged();
	else
		rs.cache_for(std::chrono::seconds{ std::atoi(how.c_str()) });
}

void set_field(khttp::response &rs, const std::string &line)
{
	std::size_t colon = line.find(": ");

	if (colon != std::string::npos)
		rs.header(line.substr(0, colon), line.substr(colon + 2));
}

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

} // namespace

int main(int argc, char **argv)
try {
	if (argc != 2)
		return 2;
	khttp::server srv{ khttp::options{ .queue = argv[1], .threads = 1 } };
	unsigned long count = 0;

	srv.handle([&](const khttp::request &rq, khttp::response &rs) {
		bool streamed = false;

		for (const auto field : rq.fields())
			streamed |= obey(rs, std::string{ field.name }, std::string{ field.value });
		std::string body = std::to_string(++count);
		if (!streamed) {
			rs.body(body);
			return;
		}
		rs.send(body);
		rs.finish();
	});
	srv.run();
	return 0;
} catch (const std::exception &failure) {
	std::fprintf(stderr, "fields-worker: %s\n", failure.what());
	return 1;
}
