/* SPDX-License-Identifier: MIT */
#include "worker.hpp"

#include <map>
#include <vector>

#include <sys/resource.h>

#include <fmt/format.h>

#include <khttp/version.hpp>

#include "say.hpp"

namespace worker {

namespace {

constexpr unsigned max_threads = 1024;

template <typename T> using choices = std::map<std::string, T>;

const choices<khttp::transport> transports{
	{"auto", khttp::transport::automatic},
	{"ioctl", khttp::transport::ioctl},
	{"uring", khttp::transport::uring},
};

const choices<khttp::scheduling> schedulings{
	{"batch", khttp::scheduling::batch},
	{"inherit", khttp::scheduling::inherit},
};

template <typename T>
void add_choice(CLI::App &app, const char *name, const choices<T> &table, T &to,
		const char *help)
{
	std::vector<std::string> names;

	for (const auto &[word, value] : table)
		names.push_back(word);
	app.add_option_function<std::string>(
		   name,
		   [&table, &to](const std::string &word) {
			   to = table.at(word);
		   },
		   help)
		->check(CLI::IsMember(names).description(""))
		->type_name("HOW");
}

std::string transport_name(khttp::transport wanted)
{
	for (const auto &[name, value] : transports)
		if (value == wanted)
			return name;
	return "?";
}

} // namespace

void add_options(CLI::App &app, khttp::options &to, const std::string &url)
{
	app.add_option("--queue", to.queue, "Queue to serve")
		->type_name("NAME");
	app.add_option("--url", to.urls,
		       "Bind this URL prefix, reserved for us, while we run; repeats")
		->expected(1)
		->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
		->type_name("URL");
	app.add_option("--grant", to.grant,
		       "Socket of a grant: serve the queue it is for instead")
		->envname("KHTTP_GRANT")
		->type_name("PATH");
	app.callback([&to, url] {
		if (!to.queue.empty() || !to.urls.empty() || !to.grant.empty())
			return;
		if (url.empty())
			throw CLI::RequiredError("--queue, --url or --grant");
		to.urls.push_back(url);
	});
	app.add_option("--threads", to.threads,
		       "Serving threads (default: one per CPU)")
		->check(CLI::Range(1U, max_threads).description(""))
		->type_name("N");
	add_choice(app, "--transport", transports, to.transport,
		   "auto (default), ioctl or uring");
	add_choice(app, "--scheduling", schedulings, to.scheduling,
		   "inherit (default) or batch: more requests at a time");
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

void raise_file_limit()
{
	rlimit limit{};

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

std::string source(const khttp::options &from)
{
	if (!from.grant.empty())
		return "the grant of " + from.grant;
	if (!from.urls.empty())
		return fmt::format("{}", fmt::join(from.urls, ", "));
	return "queue '" + from.queue + "'";
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
