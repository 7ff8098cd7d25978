/* SPDX-License-Identifier: MIT */
/* root, listing and site on a real directory. */
#include "files/listing.hpp"
#include "files/site.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <khttp/error.hpp>

#include "temporary_site.hpp"

namespace {

/* One of everything that a site may hold. */
struct mixed_site : temporary_site {
	mixed_site()
	{
		namespace fs = std::filesystem;

		write("index.html", "<p>home");
		write("plain.txt", "plain");
		write("a b&<c>.txt", "odd name");
		write("sub/page.html", "page");
		write("sub/page.html.gz", "gz");
		write("withindex/index.htm", "htm");
		write(".secret", "secret");
		fs::create_symlink("plain.txt", path() / "inside");
		fs::create_symlink("/etc/passwd", path() / "outside");
		fs::create_symlink("../..", path() / "sub/up");
		fs::create_symlink("loop", path() / "loop");
		mkfifo((path() / "fifo").c_str(), 0600);
	}
};

files::found find(const files::site &site, std::string_view path,
		  std::optional<std::string_view> accept = {})
{
	return site.find(path, "http://+:80/", "", accept);
}

std::string read(const files::content &what)
{
	std::string bytes(what.size, '\0');

	REQUIRE(pread(what.fd.get(), bytes.data(), bytes.size(), 0) ==
		static_cast<ssize_t>(bytes.size()));
	return bytes;
}

} // namespace

TEST_CASE("files and index pages are found")
{
	const mixed_site on;
	const files::site site{on.settings()};
	const auto home = find(site, "/");
	const auto plain = find(site, "/plain.txt");

	CHECK(home.status == 200);
	CHECK(home.what.type == "text/html; charset=utf-8");
	CHECK(read(home.what) == "<p>home");
	CHECK(read(plain.what) == "plain");
	CHECK(plain.what.state.modified);
	CHECK(plain.what.cacheable);
	CHECK(read(find(site, "/withindex/").what) == "htm");
}

TEST_CASE("what is not there is 404")
{
	const mixed_site on;
	const files::site site{on.settings()};
	const auto path = GENERATE(as<std::string>{}, "/none", "/plain.txt/",
				   "/plain.txt/x", "/fifo", "/.secret", "/../x");

	CAPTURE(path);
	CHECK(find(site, path).status == 404);
	CHECK(find(site, "/" + std::string(300, 'x')).status == 404);
}

TEST_CASE("a directory gets its slash")
{
	const mixed_site on;
	const files::site site{on.settings()};
	const auto sub = site.find("/docs/sub", "http://+:80/docs/", "q=1", {});

	CHECK(sub.status == 301);
	CHECK(sub.location == "/docs/sub/?q=1");
	CHECK(site.find("/docs", "http://+:80/docs/", "", {}).location ==
	      "/docs/");
}

TEST_CASE("symbolic links stay inside")
{
	const mixed_site on;
	const files::site site{on.settings()};

	CHECK(read(find(site, "/inside").what) == "plain");
	CHECK(find(site, "/outside").status == 403);
	CHECK(find(site, "/sub/up/etc/passwd").status == 403);
	CHECK(find(site, "/loop").status == 403);
}

TEST_CASE("a directory without index page is listed only when asked")
{
	const mixed_site on;
	auto set = on.settings();

	CHECK(find(files::site{set}, "/sub/").status == 403);
	set.listing = true;
	const files::site site{set};
	const auto sub = find(site, "/sub/");

	CHECK(sub.status == 200);
	CHECK(sub.what.page.find("./page.html") != std::string::npos);
	CHECK(sub.what.page.find("../") != std::string::npos);
	/* A link that leads outside is not offered. */
	CHECK(sub.what.page.find("up") == std::string::npos);
	CHECK(sub.what.size == sub.what.page.size());
	CHECK(find(site, "/sub/").what.state.etag == sub.what.state.etag);
}

TEST_CASE("a listing is sorted, escaped and hides what is hidden")
{
	const mixed_site on;
	const files::root root{on.path()};
	const auto directory = root.open(".");
	const auto shown = files::read_listing(root, ".", directory.fd.get(), false);
	std::vector<std::string> names;

	for (const auto &entry : shown.entries)
		names.push_back(entry.name);
	CHECK(shown.complete);
	CHECK(names == std::vector<std::string>{"sub", "withindex",
						"a b&<c>.txt", "index.html",
						"inside", "plain.txt"});
	const auto page = files::render_listing(shown, "/<x>/", false);

	CHECK(page.find("./a%20b&amp;%3Cc%3E.txt") != std::string::npos);
	CHECK(page.find("a b&amp;&lt;c&gt;.txt</a>") != std::string::npos);
	CHECK(page.find("<title>/&lt;x&gt;/</title>") != std::string::npos);
	CHECK(page.find("href=\"./sub/\"") != std::string::npos);
	CHECK(page.find("../") == std::string::npos);
	const auto all = files::read_listing(root, ".", directory.fd.get(), true);

	CHECK(all.entries.size() == shown.entries.size() + 1);
}

TEST_CASE("precompressed files stand in for the plain one")
{
	const mixed_site on;
	auto set = on.settings();

	CHECK_FALSE(find(files::site{set}, "/sub/page.html", "gzip").what.varies);
	set.precompressed = true;
	const files::site site{set};
	const auto coded = find(site, "/sub/page.html", "gzip");
	const auto plain = find(site, "/sub/page.html");

	CHECK(coded.what.coding == "gzip");
	CHECK(coded.what.type == "text/html; charset=utf-8");
	CHECK(read(coded.what) == "gz");
	CHECK(coded.what.varies);
	CHECK(read(plain.what) == "page");
	CHECK(plain.what.varies);
	CHECK(plain.what.state.etag != coded.what.state.etag);
	CHECK_FALSE(find(site, "/plain.txt", "gzip").what.varies);
}

TEST_CASE("a fallback page answers for what is not there")
{
	const mixed_site on;
	auto set = on.settings();

	set.fallback = "index.html";
	const files::site site{set};
	const auto route = find(site, "/app/route");

	CHECK(route.status == 200);
	CHECK(read(route.what) == "<p>home");
	CHECK_FALSE(route.what.cacheable);
	CHECK(find(site, "/sub/").status == 200);
	CHECK(find(site, "/.git/config").status == 404);
	CHECK(find(site, "/outside").status == 403);
	set.fallback = "none.html";
	CHECK_THROWS_AS(files::site{set}, khttp::error);
}

TEST_CASE("hidden files can be served on demand")
{
	const mixed_site on;
	auto set = on.settings();

	set.dotfiles = true;
	CHECK(read(find(files::site{set}, "/.secret").what) == "secret");
}

TEST_CASE("a site needs a directory")
{
	files::settings set;

	set.directory = "/nonexistent";
	CHECK_THROWS_AS(files::site{set}, khttp::error);
	set.directory = "/etc/passwd";
	CHECK_THROWS_AS(files::site{set}, khttp::error);
}

TEST_CASE("sizes are printed for people")
{
	CHECK(files::human_size(0) == "0 B");
	CHECK(files::human_size(1023) == "1023 B");
	CHECK(files::human_size(1024) == "1.0 KiB");
	CHECK(files::human_size(1536) == "1.5 KiB");
	CHECK(files::human_size(1048575) == "1.0 MiB");
	CHECK(files::human_size(UINT64_MAX) == "16.0 EiB");
}
