/* SPDX-License-Identifier: MIT */
#include "worker.hpp"

#include <map>
#include <vector>

#include <fmt/format.h>

#include <khttp/version.hpp>

#include "say.hpp"

namespace worker {

namespace {

constexpr unsigned max_threads = 1024;

const std::map<std::string, khttp::transport> transports{
	{"auto", khttp::transport::automatic},
	{"ioctl", khttp::transport::ioctl},
	{"uring", khttp::transport::uring},
};

std::vector<std::string> names_of(const decltype(transports) &table)
{
	std::vector<std::string> names;

	for (const auto &[name, value] : table)
		names.push_back(name);
	return names;
}

std::string transport_name(khttp::transport wanted)
{
	for (const auto &[name, value] : transports)
		if (value == wanted)
			return name;
	return "?";
}

} // namespace

void add_options(CLI::App &app, khttp::options &to)
{
	app.add_option("--queue", to.queue, "Queue to serve")
		->required()
		->type_name("NAME");
	app.add_option("--threads", to.threads,
		       "Serving threads (default: one per CPU)")
		->check(CLI::Range(1U, max_threads).description(""))
		->type_name("N");
	app.add_option_function<std::string>(
		   "--transport",
		   [&to](const std::string &name) {
			   to.transport = transports.at(name);
		   },
		   "auto (default), ioctl or uring")
		->check(CLI::IsMember(names_of(transports)).description(""))
		->type_name("HOW");
	app.set_version_flag("--version",
			     fmt::format("{} {}", app.get_name(),
					 khttp::version()));
	app.failure_message([](const CLI::App *of, const CLI::Error &error) {
		return fmt::format("{0}: {1}\nTry '{0} --help'.\n",
				   of->get_name(), error.what());
	});
}

int run(CLI::App &app, int argc, char **argv, const std::function<void()> &run)
{
	try {
		app.parse(argc, argv);
	} catch (const CLI::ParseError &error) {
		return app.exit(error) == 0 ? 0 : 2;
	}
	try {
		run();
	} catch (const std::exception &error) {
		say(app.get_name(), error.what());
		return 1;
	}
	return 0;
}

void serve(khttp::server &server, const CLI::App &app, const std::string &what)
{
	const auto name = app.get_name();

	server.on_error([name](const khttp::failure &failure) {
		say(name, failure.error
			? fmt::format("{}: {}", failure.what,
				      failure.error.message())
			: failure.what);
	});
	say(name, fmt::format("serving {} ({})", what,
			      transport_name(server.transport())));
	server.run();
}

} // namespace worker
