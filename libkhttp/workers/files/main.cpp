/* SPDX-License-Identifier: MIT */
/* khttp-files: serves a directory. */
#include "common/worker.hpp"

#include "reply.hpp"

namespace {

constexpr unsigned max_cache = 31536000;

void add_flow_options(CLI::App &app, khttp::flow_rate &to)
{
	app.add_option("--rate", to.rate,
		       "Bandwidth of each answer, in the long run")
		->type_name("BYTES/S");
	app.add_option("--peak", to.peak, "What it never exceeds")
		->type_name("BYTES/S");
	app.add_option("--burst", to.burst,
		       "What is sent above the rate, at first")
		->type_name("BYTES");
	/* The final one is worker::add_options()'s. */
	app.parse_complete_callback([&to] {
		if (!to.mistake().empty())
			throw CLI::ValidationError{"--rate, --peak, --burst",
						   std::string{to.mistake()}};
	});
}

void add_site_options(CLI::App &app, files::settings &set, unsigned &cache)
{
	app.add_option("DIR", set.directory, "Directory to serve")
		->required()
		->type_name("");
	app.add_option("--index", set.index,
		       "Page of a directory, best first; repeat for more")
		->type_name("NAME")
		->expected(1)
		->take_all();
	app.add_option("--fallback", set.fallback,
		       "Page below DIR for what is not found")
		->type_name("FILE");
	app.add_flag("--listing", set.listing,
		     "List directories without index page");
	app.add_flag("--precompressed", set.precompressed,
		     "Prefer FILE.br and FILE.gz to FILE");
	app.add_flag("--dotfiles", set.dotfiles, "Serve hidden files too");
	app.add_option("--cache", cache,
		       "Time the kernel may answer itself (default: 60)")
		->check(CLI::Range(0U, max_cache).description(""))
		->type_name("SECONDS");
	app.add_option("--mime-types", set.mime_types,
		       "File types (default: /etc/mime.types)")
		->check(CLI::ExistingFile.description(""))
		->type_name("FILE");
	app.add_option("--charset", set.charset,
		       "Charset of text (default: utf-8)")
		->type_name("NAME");
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
	add_flow_options(app, set.flow);
	return worker::run(app, argc, argv, [&] {
		set.cache = std::chrono::seconds{cache};
		/* Every answer under way may hold a file open. */
		worker::raise_file_limit();
		options.validates = true;
		const files::site site{set};
		khttp::server server{options};

		server.handle([&site](khttp::async::request rq,
				      khttp::async::response rs) {
			return files::reply(site, rq, rs);
		});
		worker::serve(server, app,
			      "'" + set.directory + "' from " +
				      worker::source(options));
	});
}
