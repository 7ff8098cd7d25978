// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <ctime>

#include "guard_page.hpp"
#include "http.hpp"

static constexpr u64 now = 1785000000;	// in 2026

static std::string printed(u64 seconds)
{
	guard_page guard(64);
	char *out = guard.room(KHTTP_DATE_LEN);

	khttp_date_print(seconds, out);
	return std::string(out, KHTTP_DATE_LEN);
}

static bool parsed(std::string_view text, u64 *seconds)
{
	guard_page guard(64);

	return khttp_date_parse(guard.put(text), static_cast<u32>(text.size()),
				now, seconds);
}

static u64 seconds_of(std::string_view text)
{
	u64 seconds = 0;

	INFO(text);
	CHECK(parsed(text, &seconds));
	return seconds;
}

static bool refused(std::string_view text)
{
	u64 seconds;

	return !parsed(text, &seconds);
}

TEST_CASE("date: the three formats of the RFC are one time")
{
	CHECK(seconds_of("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777);
	CHECK(seconds_of("Sunday, 06-Nov-94 08:49:37 GMT") == 784111777);
	CHECK(seconds_of("Sun Nov  6 08:49:37 1994") == 784111777);
	CHECK(seconds_of("Sun Nov 13 08:49:37 1994") == 784111777 + 7 * 86400);
	CHECK(printed(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_CASE("date: printing agrees with the C library on every day")
{
	// A step of a day and a bit visits every day up to the year 2400.
	for (u64 t = 0; t < 13600000000; t += 86400 + 61) {
		std::time_t time = static_cast<std::time_t>(t);
		std::tm tm;
		char text[64];

		gmtime_r(&time, &tm);
		std::strftime(text, sizeof(text),
			      "%a, %d %b %Y %H:%M:%S GMT", &tm);
		if (printed(t) != text)
			FAIL(printed(t) << " is not " << text);
	}
}

TEST_CASE("date: what is printed is read back, up to the year 9999")
{
	for (u64 t = 0; t <= KHTTP_DATE_MAX; t += 8640000 * 7 + 12345)
		if (seconds_of(printed(t)) != t)
			FAIL(t);
	CHECK(printed(KHTTP_DATE_MAX) == "Fri, 31 Dec 9999 23:59:59 GMT");
	CHECK(printed(KHTTP_DATE_MAX + 1) == printed(KHTTP_DATE_MAX));
	CHECK(printed(~0ull) == printed(KHTTP_DATE_MAX));
}

TEST_CASE("date: two digits of a year are of the nearest century")
{
	CHECK(seconds_of("Wednesday, 01-Jan-76 00:00:00 GMT") ==
	      seconds_of("Wed, 01 Jan 2076 00:00:00 GMT"));
	CHECK(seconds_of("Saturday, 01-Jan-77 00:00:00 GMT") ==
	      seconds_of("Sat, 01 Jan 1977 00:00:00 GMT"));
}

TEST_CASE("date: before 1970 is 0, a leap second is taken")
{
	CHECK(seconds_of("Wed, 31 Dec 1969 23:59:59 GMT") == 0);
	CHECK(seconds_of("Sat, 01 Jan 0000 00:00:00 GMT") == 0);
	CHECK(seconds_of("Sat, 31 Dec 2016 23:59:60 GMT") == 1483228800);
}

TEST_CASE("date: the 29th of February is there in leap years only")
{
	CHECK(seconds_of("Tue, 29 Feb 2000 00:00:00 GMT") == 951782400);
	CHECK(refused("Thu, 29 Feb 1900 00:00:00 GMT"));
	CHECK(refused("Sat, 29 Feb 2025 00:00:00 GMT"));
	CHECK(seconds_of("Thu, 29 Feb 2024 00:00:00 GMT") == 1709164800);
}

TEST_CASE("date: everything else is refused")
{
	auto text = GENERATE(
		"", "Sun", "Sun,", "Mon, 06 Nov 1994 08:49:37 GMT",
		"sun, 06 Nov 1994 08:49:37 GMT",
		"Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun, 06 Nov 1994 08:49:37 gmt",
		"Sun, 06 Nov 1994 08:49:37 GMT ",
		" Sun, 06 Nov 1994 08:49:37 GMT",
		"Sun, 6 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 94 08:49:37 GMT",
		"Sun, 06 Nov 1994 8:49:37 GMT",
		"Sun, 06 Nov 1994 24:00:00 GMT",
		"Sun, 06 Nov 1994 08:60:37 GMT",
		"Sun, 06 Nov 1994 08:49:61 GMT",
		"Sun, 00 Nov 1994 08:49:37 GMT",
		"Sun, 32 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37",
		"Sun, 06-Nov-94 08:49:37 GMT",
		"Sunday, 06 Nov 1994 08:49:37 GMT",
		"Sunday 06-Nov-94 08:49:37 GMT",
		"Sun Nov 6 08:49:37 1994", "Sun Nov  6 08:49:37 1994 GMT",
		"Sun Nov 06 08:49:37 94", "784111777",
		"Sun, 06 Nov +994 08:49:37 GMT");

	INFO(text);
	CHECK(refused(text));
}
