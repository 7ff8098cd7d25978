// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "http.hpp"

namespace {

khttp_cache_control parsed(const std::string &line)
{
	khttp_cache_control cc{};

	khttp_cache_control_line(&cc, span_of(line));
	return cc;
}

std::string seconds(const std::string &text)
{
	u32 number;

	return khttp_delta_seconds(span_of(text), &number) ? std::to_string(number) : "no";
}

}  // namespace

TEST_CASE("cache-control: each directive is told apart")
{
#define FLAG(name, text) \
	CHECK(parsed(text).said == 1u << KHTTP_CC_##name);
#define NUMBER(name, text, member) \
	CHECK(parsed(text "=7").said == 1u << KHTTP_CC_##name); \
	CHECK(parsed(text "=7").member == 7);
	KHTTP_CC_FLAGS(FLAG)
	KHTTP_CC_NUMBERS(NUMBER)
#undef NUMBER
#undef FLAG
	CHECK(parsed("max-ages=1, no-stor, =, \"no-store\"").said == 0);
}

TEST_CASE("cache-control: delta-seconds are digits, 2^31 at most")
{
	CHECK(seconds("0") == "0");
	CHECK(seconds("2147483647") == "2147483647");
	CHECK(seconds("2147483649") == "2147483648");
	CHECK(seconds(std::string(60000, '9')) == "2147483648");
	for (const char *text : { "", "-1", "+1", " 1", "1 ", "1.0", "0x1", "\"1\"" })
		CHECK(seconds(text) == "no");
}

TEST_CASE("cache-control: max-stale needs no number")
{
	CHECK(parsed("max-stale").max_stale == KHTTP_DELTA_SECONDS_MAX);
	CHECK(parsed("max-stale=5").max_stale == 5);
	CHECK(parsed("max-stale=x").max_stale == 0);
}

TEST_CASE("cache-control: a targeted field is a Dictionary")
{
	khttp_cache_control cc{};
	std::string line = "max-age=60, no-store, private=?0, must-revalidate=?1, s-maxage=-1";

	CHECK(khttp_cache_control_targeted(&cc, span_of(line)));
	CHECK(cc.said == (1u << KHTTP_CC_MAX_AGE | 1u << KHTTP_CC_NO_STORE |
			  1u << KHTTP_CC_MUST_REVALIDATE | 1u << KHTTP_CC_S_MAXAGE));
	CHECK(cc.max_age == 60);
	CHECK(cc.s_maxage == 0);
	for (std::string bad :
	     { "max-age=60,", "max-age=", "max-age = 60", "Max-Age=60", "a b", ",a" })
		CHECK_FALSE(khttp_cache_control_targeted(&cc, span_of(bad)));
}
