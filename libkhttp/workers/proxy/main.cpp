/* SPDX-License-Identifier: MIT */
/* khttp-proxy: passes requests on to an HTTP server. */
#include "common/worker.hpp"

#include <map>

#include <curl/curl.h>

#include "common/text.hpp"

#include "forward.hpp"
#include "loop.hpp"

namespace {

constexpr unsigned max_connections = 1024; /* slots of a worker */
constexpr unsigned max_seconds = 86400;
constexpr unsigned max_cache = 31536000;

const std::map<std::string, proxy::introduction> introductions{
	{"x-forwarded", proxy::introduction::x_forwarded},
	{"forwarded", proxy::introduction::forwarded},
	{"both", proxy::introduction::both},
	{"none", proxy::introduction::none},
	{"keep", proxy::introduction::keep},
};

const std::map<std::string, proxy::scheme_said> schemes{
	{"http", proxy::scheme_said::http},
	{"https", proxy::scheme_said::https},
	{"keep", proxy::scheme_said::keep},
};

const std::map<std::string, proxy::host_sent> hosts{
	{"keep", proxy::host_sent::keep},
	{"upstream", proxy::host_sent::upstream},
};

template <typename T>
void add_words(CLI::App &app, const char *name, T &to,
	       const std::map<std::string, T> &words, const char *help)
{
	app.add_option(name, to, help)
		->transform(CLI::CheckedTransformer(words).description(""))
		->type_name("HOW");
}

void add_seconds(CLI::App &app, const char *name, std::chrono::seconds &to,
		 const char *help)
{
	app.add_option_function<unsigned>(
		   name,
		   [&to](unsigned value) { to = std::chrono::seconds{value}; },
		   help)
		->check(CLI::Range(1U, max_seconds).description(""))
		->type_name("SECONDS");
}

void set_upstream(proxy::settings &set, const std::string &word)
{
	try {
		set.to = proxy::parse_upstream(word);
	} catch (const std::invalid_argument &error) {
		throw CLI::ValidationError{"UPSTREAM", error.what()};
	}
}

void set_cache(proxy::settings &set, const std::string &word)
{
	const auto seconds = text::number(word);

	if (word == "auto") {
		set.cache = proxy::caching::automatic;
	} else if (word == "never") {
		set.cache = proxy::caching::never;
	} else if (seconds && *seconds >= 1 && *seconds <= max_cache) {
		set.cache = proxy::caching::seconds;
		set.cache_time = std::chrono::seconds{*seconds};
	} else {
		throw CLI::ValidationError{
			"--cache", "expected auto, never or 1 to 31536000 "
				   "seconds"};
	}
}

void set_pseudonym(proxy::settings &set, const std::string &word)
{
	if (!text::is_token(word))
		throw CLI::ValidationError{"--via", "expected a token"};
	set.pseudonym = word;
}

template <typename F>
void add_word(CLI::App &app, const char *name, proxy::settings &set, F take,
	      const char *help, const char *type)
{
	app.add_option_function<std::string>(
		   name,
		   [&set, take](const std::string &word) { take(set, word); },
		   help)
		->type_name(type);
}

void add_proxy_options(CLI::App &app, proxy::settings &set)
{
	add_word(app, "UPSTREAM", set, set_upstream,
		 "HOST:PORT, http://HOST[:PORT][/BASE] or unix:/PATH", "");
	app.get_option("UPSTREAM")->required();
	app.add_option("--max-connections", set.connections,
		       "Requests, and connections to the upstream, of one "
		       "thread (default: 128)")
		->check(CLI::Range(1U, max_connections).description(""))
		->type_name("N");
	add_seconds(app, "--connect-timeout", set.connect_timeout,
		    "For a connection to the upstream (default: 5)");
	add_seconds(app, "--timeout", set.timeout,
		    "For the upstream's next byte (default: 60)");
	add_word(app, "--cache", set, set_cache,
		 "What the kernel keeps: auto (default), never, or for "
		 "SECONDS", "HOW");
	add_words(app, "--forwarded", set.introduces, introductions,
		  "Who asks: x-forwarded (default), forwarded, both, none, "
		  "keep");
	add_words(app, "--scheme", set.scheme, schemes,
		  "What that says of it: http, https, keep (default: the "
		  "connection's)");
	add_words(app, "--host", set.host, hosts,
		  "Whose Host is sent: keep (default) or upstream");
	add_word(app, "--via", set, set_pseudonym,
		 "Own name in Via (default: khttp)", "NAME");
}

} // namespace

int main(int argc, char **argv)
{
	CLI::App app{"Passes requests on to an HTTP server.", "khttp-proxy"};
	khttp::options options;
	proxy::settings set;

	worker::add_options(app, options);
	add_proxy_options(app, set);
	return worker::run(app, argc, argv, [&] {
		options.slots = set.connections;
		options.validates = true; /* the upstream does */
		worker::raise_file_limit();
		if (curl_global_init(CURL_GLOBAL_NOTHING) != CURLE_OK)
			throw std::runtime_error{"libcurl does not start"};
		khttp::server server{options};

		server.beside([&set] {
			return std::make_unique<proxy::loop>(set);
		});
		server.handle(proxy::forward);
		worker::serve(server, app, worker::source(options) + " from " +
						   (set.to.socket.empty()
							    ? set.to.authority
							    : set.to.socket));
	});
}
