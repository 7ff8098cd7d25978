/* SPDX-License-Identifier: MIT */
/* khttp-echo: answers with a JSON report of what arrived. */
#include "common/worker.hpp"

#include "answer.hpp"

int main(int argc, char **argv)
{
	CLI::App app{"Answers every request with a JSON report of what "
		     "arrived.", "khttp-echo"};
	khttp::options options;
	bool allow_crash = false;

	worker::add_options(app, options);
	app.add_flag("--allow-crash", allow_crash,
		     "Let crash=1 kill this process (tests)");
	return worker::run(app, argc, argv, [&] {
		echo::service service{allow_crash};
		khttp::server server{options};

		server.handle([&service](khttp::async::request rq,
					 khttp::async::response rs) {
			return echo::answer(service, rq, rs);
		});
		worker::serve(server, app, worker::place(options));
	});
}
