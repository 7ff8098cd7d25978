// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "http.hpp"

namespace {

std::string form(const std::string &line)
{
	khttp_codings codings{};
	char buf[200];
	khttp_out out;

	khttp_codings_line(&codings, span_of(line));
	khttp_out_init(&out, buf, sizeof(buf));
	khttp_codings_put(&codings, &out);
	return khttp_out_ok(&out) ? std::string(buf, out.len) : "full";
}

}  // namespace

TEST_CASE("coding: order, weights, blanks and old names do not count")
{
	CHECK(form("gzip") == "gzip,");
	CHECK(form("gzip, deflate, br, zstd") == "br,deflate,gzip,zstd,");
	CHECK(form("zstd;q=0.1,BR , x-gzip ; Q=0.9,deflate") == "br,deflate,gzip,zstd,");
	CHECK(form("x-compress") == form("compress"));
	CHECK(form("") == "");
	CHECK(form("identity") == "");
	CHECK(form("identity;q=0.5, gzip") == "gzip,");
}

TEST_CASE("coding: what is refused")
{
	CHECK(form("gzip;q=0") == "");
	CHECK(form("gzip;q=0.000, br") == "br,");
	CHECK(form("gzip;q=0.001") == "gzip,");
	CHECK(form("identity;q=0, gzip") == "gzip,-identity,");
	CHECK(form("*;q=0") == "-*,");
	CHECK(form("identity, *;q=0") == "identity,-*,");
	CHECK(form("gzip, gzip;q=0") == "");
}

TEST_CASE("coding: a star takes what is not named")
{
	CHECK(form("*") == "*,");
	CHECK(form("gzip, *") == form("*"));
	CHECK(form("gzip;q=0, *") == "-gzip,*,");
}

TEST_CASE("coding: others stand as they came, as far as they fit")
{
	CHECK(form("Dcb, gzip") == "gzip,dcb,");
	CHECK(form("dcz;q=0") == "dcz;q=0,");
	CHECK(form(std::string(63, 'x')) == std::string(63, 'x') + ",");
	CHECK(form(std::string(64, 'x')) == "full");
	CHECK(form(std::string(40, 'x') + "," + std::string(40, 'y')) == "full");
}
