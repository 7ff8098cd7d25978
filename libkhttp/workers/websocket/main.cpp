/* SPDX-License-Identifier: MIT */
/* khttp-websocket: sends each message of a WebSocket connection back. */
#include "common/worker.hpp"

#include "serve.hpp"

namespace {

constexpr std::size_t default_limit = std::size_t{1} << 20;
constexpr std::size_t max_limit = std::size_t{1} << 30;
constexpr unsigned max_connections = 1024; /* slots of a worker */
constexpr unsigned default_connections = 256;

} // namespace

int main(int argc, char **argv)
{
	CLI::App app{"Sends each message of a WebSocket connection back.",
		     "khttp-websocket"};
	khttp::options options;
	std::size_t limit = default_limit;

	options.slots = default_connections;
	/* A slot is taken as long as its connection lasts: many, and small ones. */
	options.request_area = 16384;
	options.reply_area = 8192;
	worker::add_options(app, options);
	app.add_option("--connections", options.slots,
		       "Connections of one thread (default 256)")
		->check(CLI::Range(1U, max_connections).description(""))
		->type_name("N");
	app.add_option("--max-message", limit,
		       "Bytes of one message (default 1 MiB)")
		->check(CLI::Range(std::size_t{1}, max_limit).description(""))
		->type_name("BYTES");
	return worker::run(app, argc, argv, [&] {
		khttp::server server{options};

		server.handle([limit](khttp::async::request rq,
				      khttp::async::response rs) {
			return websocket::serve(rq, rs, limit);
		});
		worker::serve(server, app, worker::source(options));
	});
}
