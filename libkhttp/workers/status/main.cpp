/* SPDX-License-Identifier: MIT */
/* khttp-status: what goes on in khttp, as a page. */
#include "common/say.hpp"
#include "common/worker.hpp"
#include "metrics/prometheus.hpp"

#include "page.hpp"
#include "sampler.hpp"

namespace {

constexpr auto default_url = "http://127.0.0.1:8090/";

/* A session for each look: there is one in a second at most, and it outlives the
 * module's being loaded anew. */
metrics::look look_now()
{
	khttp::control control;

	return metrics::take_look(control);
}

} // namespace

int main(int argc, char **argv)
{
	CLI::App app{"Serves a page that shows what goes on in khttp.", "khttp-status"};
	khttp::options options;

	options.threads = 1;
	worker::add_options(app, options, default_url);
	app.get_option("--threads")->description("Serving threads (default: 1)");
	app.get_option("--url")->description("Bind this URL prefix, reserved for us, while we "
					     "run; repeats (default: http://127.0.0.1:8090/)");
	return worker::run(app, argc, argv, [&] {
		status::sampler sampler{look_now};
		const auto complain = [&app](const std::string &text) {
			worker::say(app.get_name(), text);
		};
		const status::service service{[&sampler] { return sampler.document(); }, complain};
		khttp::server server{options};

		if (!metrics::complete(look_now().figures))
			complain("without CAP_NET_ADMIN: only the figures of queues whose mode "
				 "lets this user see them");
		server.handle([&service](const khttp::request &rq, khttp::response &rs) {
			status::answer(service, rq, rs);
		});
		worker::serve(server, app, worker::source(options));
	});
}
