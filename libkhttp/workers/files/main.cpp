/* SPDX-License-Identifier: MIT */
/* khttp-files: serves a directory. */
#include "common/worker.hpp"

#include <sys/resource.h>

#include "reply.hpp"

namespace {

constexpr unsigned max_cache = 31536000;

void add_site_options(CLI::App &app, files::settings &set, unsigned &cache)
{
	app.add_option("DIR", set.directory, "Directory to serve")->required();
	app.add_option("--index", set.index,
		       "Index page of a directory, best first; may be repeated "
		       "(default: index.html index.htm)")
		->type_name("NAME")
		->expected(1)
		->take_all();
	app.add_option("--fallback", set.fallback,
		       "File below DIR to answer with where nothing is found "
		       "(single-page sites)")
		->type_name("FILE");
	app.add_flag("--listing", set.listing,
		     "List directories that have no index page");
	app.add_flag("--precompressed", set.precompressed,
		     "Send FILE.br or FILE.gz instead of FILE where the client "
		     "accepts it");
	app.add_flag("--dotfiles", set.dotfiles,
		     "Serve hidden files too (.well-known always is)");
	app.add_option("--cache", cache,
		       "How long the kernel may answer by itself; 0: never "
		       "(default: 60)")
		->check(CLI::Range(0U, max_cache))
		->type_name("SECONDS");
	app.add_option("--mime-types", set.mime_types,
		       "Table of file types (default: /etc/mime.types)")
		->type_name("FILE");
	app.add_option("--charset", set.charset,
		       "Charset named for text; empty: none (default: utf-8)")
		->type_name("NAME");
}

/* Every answer under way may hold a file open. */
void raise_file_limit()
{
	rlimit limit{};

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace

int main(int argc, char **argv)
{
	CLI::App app{"Serves the files of a directory.", "khttp-files"};
	khttp::options options;
	files::settings set;
	auto cache = static_cast<unsigned>(set.cache.count());

	worker::add_options(app, options);
	add_site_options(app, set, cache);
	return worker::run(app, argc, argv, [&] {
		set.cache = std::chrono::seconds{cache};
		raise_file_limit();
		const files::site site{set};
		khttp::server server{options};

		server.handle([&site](khttp::async::request rq,
				      khttp::async::response rs) {
			return files::reply(site, rq, rs);
		});
		worker::serve(server, app,
			      "'" + set.directory + "' from queue '" +
				      options.queue + "'");
	});
}
