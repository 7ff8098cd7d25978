// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "http.hpp"

namespace {

std::string forwarded(khttp_cache_fwd fwd, khttp_cache_why why)
{
	char buf[KHTTP_CACHE_STATUS_MAX];
	khttp_out out;

	khttp_out_init(&out, buf, sizeof(buf));
	khttp_cache_status_forwarded(&out, fwd, why);
	REQUIRE(khttp_out_ok(&out));
	return std::string(buf, out.len);
}

}  // namespace

TEST_CASE("cache-status: a hit says how long it stays fresh")
{
	char buf[KHTTP_CACHE_STATUS_MAX];
	khttp_out out;

	khttp_out_init(&out, buf, sizeof(buf));
	khttp_cache_status_hit(&out, 0xffffffff);
	CHECK(std::string(buf, out.len) == "Cache-Status: khttp; hit; ttl=4294967295\r\n");
	khttp_out_init(&out, buf, sizeof(buf));
	khttp_cache_status_hit(&out, -3);
	CHECK(std::string(buf, out.len) == "Cache-Status: khttp; hit; ttl=-3\r\n");
}

TEST_CASE("cache-status: who got another one's answer says so")
{
	char buf[KHTTP_CACHE_STATUS_MAX];
	khttp_out out;

	khttp_out_init(&out, buf, sizeof(buf));
	khttp_cache_status_collapsed(&out, KHTTP_CACHE_FWD_URI_MISS);
	CHECK(std::string(buf, out.len) == "Cache-Status: khttp; fwd=uri-miss; collapsed\r\n");
}

TEST_CASE("cache-status: what a 304 renewed says so")
{
	char buf[KHTTP_CACHE_STATUS_MAX];
	khttp_out out;

	khttp_out_init(&out, buf, sizeof(buf));
	khttp_cache_status_renewed(&out, KHTTP_CACHE_FWD_STALE, KHTTP_CACHE_YES);
	CHECK(std::string(buf, out.len) ==
	      "Cache-Status: khttp; fwd=stale; fwd-status=304; stored\r\n");
	for (int why = 1; why < KHTTP_CACHE_WHY__COUNT; why++) {
		khttp_out_init(&out, buf, sizeof(buf));
		khttp_cache_status_renewed(&out, KHTTP_CACHE_FWD_VARY_MISS,
					   static_cast<khttp_cache_why>(why));
		CHECK(khttp_out_ok(&out));
	}
}

TEST_CASE("cache-status: a miss says why, and whether it was stored")
{
	CHECK(forwarded(KHTTP_CACHE_FWD_URI_MISS, KHTTP_CACHE_YES) ==
	      "Cache-Status: khttp; fwd=uri-miss; stored\r\n");
	CHECK(forwarded(KHTTP_CACHE_FWD_VARY_MISS, KHTTP_CACHE_WHY_PRIVATE) ==
	      "Cache-Status: khttp; fwd=vary-miss; detail=private\r\n");
	for (int fwd = 0; fwd < KHTTP_CACHE_FWD__COUNT; fwd++)
		for (int why = 0; why < KHTTP_CACHE_WHY__COUNT; why++)
			forwarded(static_cast<khttp_cache_fwd>(fwd),
				  static_cast<khttp_cache_why>(why));
}
