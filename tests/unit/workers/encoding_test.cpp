/* SPDX-License-Identifier: MIT */
#include "files/encoding.hpp"

#include <string>

#include <catch2/catch.hpp>

namespace {

/* "" is the plain file. */
std::string choose(const char *accepted, bool br, bool gzip)
{
	const auto chosen = files::choose_coding(
		accepted ? std::optional<std::string_view>{accepted}
			 : std::nullopt,
		{br, gzip});

	return chosen ? std::string{chosen->name} : "";
}

} // namespace

TEST_CASE("the client's weights decide")
{
	CHECK(choose("gzip", true, true) == "gzip");
	CHECK(choose("br", true, true) == "br");
	CHECK(choose("gzip;q=1, br;q=0.5", true, true) == "gzip");
	CHECK(choose("gzip;q=0.3, br;q=0.301", true, true) == "br");
	CHECK(choose("gzip;q=0.5", true, true) == "gzip");
	CHECK(choose("GZIP", true, true) == "gzip");
	CHECK(choose("x-gzip", true, true) == "gzip");
	CHECK(choose("gzip ; Q=0.5", true, true) == "gzip");
}

TEST_CASE("between equals the smaller file wins")
{
	CHECK(choose("gzip, deflate, br", true, true) == "br");
	CHECK(choose("*", true, true) == "br");
	CHECK(choose("identity, gzip", true, true) == "gzip");
}

TEST_CASE("only what is there is chosen")
{
	CHECK(choose("gzip, br", false, true) == "gzip");
	CHECK(choose("gzip, br", true, false) == "br");
	CHECK(choose("gzip, br", false, false) == "");
	CHECK(choose("br", false, true) == "");
	CHECK(choose("deflate", true, true) == "");
}

TEST_CASE("the plain file goes to who asks for nothing or prefers it")
{
	CHECK(choose(nullptr, true, true) == "");
	CHECK(choose("", true, true) == "");
	CHECK(choose("identity", true, true) == "");
	CHECK(choose("identity;q=1, gzip;q=0.5", true, true) == "");
	CHECK(choose("gzip;q=0, br;q=0", true, true) == "");
	CHECK(choose("*;q=0", true, true) == "");
	CHECK(choose("identity;q=0", true, true) == "");
}

TEST_CASE("a star speaks for what is not named")
{
	CHECK(choose("*, br;q=0", true, true) == "gzip");
	CHECK(choose("gzip;q=0.5, *;q=0.6", true, true) == "br");
	CHECK(choose("gzip, *;q=0", true, true) == "gzip");
}

TEST_CASE("an element that cannot be read counts as not sent")
{
	CHECK(choose("br;q=2, gzip", true, true) == "gzip");
	CHECK(choose("br;q=1.001, gzip", true, true) == "gzip");
	CHECK(choose("br;q=0.1234, gzip", true, true) == "gzip");
	CHECK(choose("br;q=, gzip", true, true) == "gzip");
	CHECK(choose("br;q=a, gzip", true, true) == "gzip");
	CHECK(choose("br;level=1, gzip", true, true) == "gzip");
	CHECK(choose("br;q=1., gzip;q=0.9", true, true) == "br");
	CHECK(choose(";;;,,,q=", true, true) == "");
}
