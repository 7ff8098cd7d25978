/* SPDX-License-Identifier: MIT */
/* khttp-exporter: the figures of khttp, for Prometheus. */
#include "common/say.hpp"
#include "common/worker.hpp"
#include "metrics/prometheus.hpp"

#include "scrape.hpp"

namespace {

/* A session for each scrape: scrapes are few, and threads share nothing. */
metrics::snapshot read_all()
{
	khttp::control control;

	return metrics::take(control);
}

void check_path(CLI::App &app, std::string &path)
{
	app.add_option("--path", path, "Where the figures are (default: /metrics)")
		->type_name("PATH")
		->check([](const std::string &text) {
			return text.starts_with('/') ? std::string() :
						       "PATH begins with a slash";
		});
}

} // namespace

int main(int argc, char **argv)
{
	CLI::App app{"Serves the figures of khttp to Prometheus.", "khttp-exporter"};
	khttp::options options;
	exporter::service service;

	options.threads = 1;
	worker::add_options(app, options);
	app.get_option("--threads")->description("Serving threads (default: 1)");
	check_path(app, service.path);
	return worker::run(app, argc, argv, [&] {
		service.path = exporter::without_slash(service.path);
		service.read = [](metrics::format format) {
			return metrics::prometheus_text(read_all(), format);
		};
		service.complain = [&app](const std::string &text) {
			worker::say(app.get_name(), text);
		};
		khttp::server server{options};

		if (!metrics::complete(read_all().figures))
			service.complain("without CAP_NET_ADMIN: only the figures of queues "
					 "whose mode lets this user see them");
		server.handle([&service](const khttp::request &rq, khttp::response &rs) {
			exporter::answer(service, rq, rs);
		});
		worker::serve(server, app, worker::source(options));
	});
}
