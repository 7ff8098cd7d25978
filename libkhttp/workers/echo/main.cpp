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
	std::vector<std::string> logged;

	worker::add_options(app, options);
	app.add_flag("--allow-crash", allow_crash,
		     "Let crash=1 kill this process (tests)");
	app.add_option("--log", logged,
		       "Tell this field of requests in the access log, "
		       "NAME=FIELD by another name; may be repeated")
		->type_name("FIELD")
		->allow_extra_args(false);
	return worker::run(app, argc, argv, [&] {
		std::vector<echo::logged_field> fields;

		for (const auto &text : logged)
			fields.push_back(echo::parse_logged(text));
		echo::service service{allow_crash, std::move(fields)};
		khttp::server server{options};

		server.handle([&service](khttp::async::request rq,
					 khttp::async::response rs) {
			return echo::answer(service, rq, rs);
		});
		worker::serve(server, app, worker::source(options));
	});
}
