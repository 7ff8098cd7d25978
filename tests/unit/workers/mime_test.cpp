/* SPDX-License-Identifier: MIT */
#include "files/mime.hpp"

#include <filesystem>
#include <sstream>

#include <catch2/catch.hpp>

using files::mime_table;

namespace {

mime_table sample(std::string charset = "utf-8")
{
	std::istringstream lines{"# a comment\n"
				 "text/html\thtml htm # the web\n"
				 "application/json json\n"
				 "\n"
				 "text/x-first dup\n"
				 "text/x-second dup DUP\n"
				 "application/unused\n"
				 "image/PNG\tPnG\r\n"};

	return mime_table::parse(lines, std::move(charset));
}

} // namespace

TEST_CASE("the extension decides, in any letter case")
{
	const auto table = sample();

	CHECK(table.type_of("index.html") == "text/html; charset=utf-8");
	CHECK(table.type_of("a/b.c/INDEX.HTM") == "text/html; charset=utf-8");
	CHECK(table.type_of("x.tar.json") == "application/json");
	CHECK(table.type_of("x.png") == "image/PNG");
}

TEST_CASE("the first line that names an extension counts")
{
	CHECK(sample("").type_of("x.dup") == "text/x-first");
}

TEST_CASE("what is not known is bytes")
{
	const auto table = sample();
	const auto name = GENERATE(as<std::string>{}, "", "README", "x.", "x.zzz",
				   ".html", "a.html/b", "dir/.html", "x.html~");

	CAPTURE(name);
	CHECK(table.type_of(name) == "application/octet-stream");
}

TEST_CASE("the charset can be left out")
{
	CHECK(sample("").type_of("x.html") == "text/html");
	CHECK(sample("iso-8859-1").type_of("x.html") ==
	      "text/html; charset=iso-8859-1");
}

TEST_CASE("without a table the common types are known")
{
	const auto table = mime_table::load("/nonexistent/mime.types", "utf-8");

	CHECK(table.type_of("a.css") == "text/css; charset=utf-8");
	CHECK(table.type_of("a.js") == "text/javascript; charset=utf-8");
	CHECK(table.type_of("a.svg") == "image/svg+xml");
	CHECK(table.type_of("a.woff2") == "font/woff2");
}

TEST_CASE("a table that cannot be read is an error")
{
	CHECK_THROWS(mime_table::load("/", "utf-8"));
}

TEST_CASE("the system's table is understood")
{
	if (!std::filesystem::exists("/etc/mime.types"))
		return;
	const auto table = mime_table::load("/etc/mime.types", "utf-8");

	CHECK(table.type_of("a.html") == "text/html; charset=utf-8");
	CHECK(table.type_of("a.png") == "image/png");
}
