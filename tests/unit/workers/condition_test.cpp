/* SPDX-License-Identifier: MIT */
#include "files/condition.hpp"

#include <catch2/catch.hpp>

using files::conditions;
using files::judge;
using files::range_applies;
using files::validators;
using files::verdict;

namespace {

/* Sun, 06 Nov 1994 08:49:37 GMT */
constexpr std::uint64_t then = 784111777;
constexpr std::uint64_t now = then + 1000;
const validators current{"\"v1\"", then};

constexpr auto before = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr auto same = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr auto after = "Sun, 06 Nov 1994 08:49:38 GMT";

conditions with(std::optional<std::string> conditions::*field,
		const std::string &value)
{
	conditions asked;

	asked.*field = value;
	return asked;
}

} // namespace

TEST_CASE("without conditions the answer is the content")
{
	CHECK(judge({}, current, now) == verdict::proceed);
}

TEST_CASE("If-None-Match compares weakly")
{
	const auto test = [](const char *value) {
		return judge(with(&conditions::if_none_match, value), current,
			     now);
	};

	CHECK(test("\"v1\"") == verdict::not_modified);
	CHECK(test("W/\"v1\"") == verdict::not_modified);
	CHECK(test("\"a\", \"v1\"") == verdict::not_modified);
	CHECK(test("\"a,b\",W/\"v1\"") == verdict::not_modified);
	CHECK(test("*") == verdict::not_modified);
	CHECK(test("\"v2\"") == verdict::proceed);
	CHECK(test("v1") == verdict::proceed);
	CHECK(test("w/\"v1\"") == verdict::proceed);
	CHECK(test("") == verdict::proceed);
	CHECK(test("\"a, v1\"") == verdict::proceed);
}

TEST_CASE("If-Match compares strongly")
{
	const auto test = [](const char *value) {
		return judge(with(&conditions::if_match, value), current, now);
	};

	CHECK(test("\"v1\"") == verdict::proceed);
	CHECK(test("\"v0\",\"v1\"") == verdict::proceed);
	CHECK(test("*") == verdict::proceed);
	CHECK(test("W/\"v1\"") == verdict::failed);
	CHECK(test("\"v2\"") == verdict::failed);
	CHECK(test("") == verdict::failed);
}

TEST_CASE("dates are compared to the second")
{
	const auto since = [](const char *date) {
		return judge(with(&conditions::if_modified_since, date), current,
			     now);
	};
	const auto unless = [](const char *date) {
		return judge(with(&conditions::if_unmodified_since, date),
			     current, now);
	};

	CHECK(since(before) == verdict::proceed);
	CHECK(since(same) == verdict::not_modified);
	CHECK(since(after) == verdict::not_modified);
	CHECK(since("yesterday") == verdict::proceed);
	CHECK(unless(before) == verdict::failed);
	CHECK(unless(same) == verdict::proceed);
	CHECK(unless(after) == verdict::proceed);
	CHECK(unless("yesterday") == verdict::proceed);
}

TEST_CASE("entity tags go before dates")
{
	auto asked = with(&conditions::if_none_match, "\"v2\"");

	asked.if_modified_since = after;
	CHECK(judge(asked, current, now) == verdict::proceed);
	asked = with(&conditions::if_match, "\"v1\"");
	asked.if_unmodified_since = before;
	CHECK(judge(asked, current, now) == verdict::proceed);
}

TEST_CASE("412 goes before 304")
{
	auto asked = with(&conditions::if_match, "\"v2\"");

	asked.if_none_match = "\"v1\"";
	CHECK(judge(asked, current, now) == verdict::failed);
	asked.if_match = "\"v1\"";
	CHECK(judge(asked, current, now) == verdict::not_modified);
}

TEST_CASE("what has no date ignores dates")
{
	const validators page{"\"p\"", std::nullopt};

	CHECK(judge(with(&conditions::if_modified_since, after), page, now) ==
	      verdict::proceed);
	CHECK(judge(with(&conditions::if_unmodified_since, before), page, now) ==
	      verdict::proceed);
}

TEST_CASE("If-Range wants exactly this state")
{
	const auto test = [](const char *value, std::uint64_t at = now) {
		return range_applies(with(&conditions::if_range, value),
				     current, at);
	};

	CHECK(range_applies({}, current, now));
	CHECK(test("\"v1\""));
	CHECK_FALSE(test("W/\"v1\""));
	CHECK_FALSE(test("\"v2\""));
	CHECK(test(same));
	CHECK_FALSE(test(before));
	CHECK_FALSE(test(after));
	CHECK_FALSE(test("v1"));
	CHECK_FALSE(test(""));
	/* In the very second another write may follow. */
	CHECK_FALSE(test(same, then));
}

TEST_CASE("a tag changes with inode, size and time")
{
	struct stat st {};

	st.st_ino = 1;
	st.st_size = 2;
	st.st_mtim = {3, 4};
	const auto tag = files::etag_of(st);

	CHECK(tag == "\"1-2-3.4\"");
	st.st_mtim.tv_nsec++;
	CHECK(files::etag_of(st) != tag);
	st.st_mtim.tv_nsec--;
	st.st_ino++;
	CHECK(files::etag_of(st) != tag);
	st.st_ino--;
	st.st_size++;
	CHECK(files::etag_of(st) != tag);
}
