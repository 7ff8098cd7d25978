/* SPDX-License-Identifier: MIT */
#include "files/path.hpp"

#include <catch2/catch.hpp>

using files::locate;
using files::prefix_path;

namespace {

std::string name_of(std::string_view path, std::string_view prefix,
		    bool dotfiles = false)
{
	const auto found = locate(path, prefix, dotfiles);

	return found ? found->name + (found->directory ? "/" : "") : "none";
}

} // namespace

TEST_CASE("the path of a prefix begins behind its host")
{
	CHECK(prefix_path("http://+:80/") == "/");
	CHECK(prefix_path("http://example.org:80/docs/") == "/docs/");
	CHECK(prefix_path("http://[::1]:8080/a/b/") == "/a/b/");
	CHECK(prefix_path("") == "/");
	CHECK(prefix_path("http://+:80") == "/");
}

TEST_CASE("the prefix is taken off the path")
{
	CHECK(name_of("/", "http://+:80/") == "./");
	CHECK(name_of("/a/b.html", "http://+:80/") == "a/b.html");
	CHECK(name_of("/a/b/", "http://+:80/") == "a/b/");
	CHECK(name_of("/docs/", "http://+:80/docs/") == "./");
	CHECK(name_of("/docs", "http://+:80/docs/") == ".");
	CHECK(name_of("/DOCS/x", "http://+:80/docs/") == "x");
	CHECK(name_of("/docs/a b/\xc3\xa9", "http://+:80/docs/") ==
	      "a b/\xc3\xa9");
}

TEST_CASE("a path that cannot be below the prefix is refused")
{
	CHECK(name_of("/do", "http://+:80/docs/") == "none");
	CHECK(name_of("/docsx", "http://+:80/docs/") == "none");
	CHECK(name_of("", "http://+:80/") == ".");
	CHECK(name_of("*", "http://+:80/") == "none");
}

TEST_CASE("traversal and empty segments are refused")
{
	const auto path = GENERATE(as<std::string>{},
		"/..", "/../x", "/a/../b", "/a/..", "/./x", "/a/.", "//", "//x",
		"/a//b", "/a//", "///");

	CAPTURE(path);
	CHECK(name_of(path, "http://+:80/", false) == "none");
	CHECK(name_of(path, "http://+:80/", true) == "none");
}

TEST_CASE("a NUL is refused")
{
	CHECK(name_of(std::string_view{"/a\0b", 4}, "http://+:80/") == "none");
}

TEST_CASE("hidden names are refused unless asked for")
{
	CHECK(name_of("/.git/config", "http://+:80/") == "none");
	CHECK(name_of("/a/.env", "http://+:80/") == "none");
	CHECK(name_of("/...", "http://+:80/") == "none");
	CHECK(name_of("/.git/config", "http://+:80/", true) == ".git/config");
	CHECK(name_of("/.well-known/x", "http://+:80/") == ".well-known/x");
	CHECK(name_of("/.well-knownx", "http://+:80/") == "none");
	CHECK(name_of("/a.b/c..d/e.", "http://+:80/") == "a.b/c..d/e.");
}

TEST_CASE("a redirect repeats path and query, encoded")
{
	using files::directory_location;

	CHECK(directory_location("/docs", "") == "/docs/");
	CHECK(directory_location("/a b/\xc3\xa9?#%2F", "x=1&y=%20") ==
	      "/a%20b/%C3%A9%3F%23%252F/?x=1&y=%20");
	CHECK(directory_location("/a", "x=\"<\r\n>") ==
	      "/a/?x=%22%3C%0D%0A%3E");
}
