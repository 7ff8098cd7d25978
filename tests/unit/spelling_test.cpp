// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "guard_page.hpp"
#include "http.hpp"

static khttp_spelling spelling_of(std::string_view path)
{
	guard_page guard(4096);
	const char *text = guard.put(path);

	return khttp_spelling_of(text, static_cast<u32>(path.size()));
}

TEST_CASE("spelling: what has to be escaped is, in upper case, and nothing else")
{
	for (std::string_view path : { "/", "/a/b.c", "/a%20b", "/caf%C3%A9/", "/100%25", "/a%2Fb",
				       "/%25", "/%252", "/%252f", "/a,b:c@d", "/.well-known/...",
				       "/a/.b/..c", "/%22%3C%3E", "//", "/%252G" })
		CHECK(spelling_of(path) == KHTTP_SPELLING_USUAL);
}

TEST_CASE("spelling: reserved characters may be escaped, and case may differ")
{
	for (std::string_view path : { "/C%2B%2B", "/a%2Cb", "/x%40y", "/@scope%2fname",
				       "/caf%c3%a9", "/a%3ab", "/a%20b%2C" })
		CHECK(spelling_of(path) == KHTTP_SPELLING_ESCAPED);
}

TEST_CASE("spelling: dots, escapes that mean nothing and two that cook alike are odd")
{
	for (std::string_view path : { "/.", "/..", "/a/..", "/a/../b", "/a/./b", "/%2e%2e/a",
				       "/.%2e", "/%61", "/a%7Eb", "/%5f", "/a%2Cb/..", "/a%252Fb",
				       "/%2C%252F", "/%25%32F", "/\xc3\xa9", "/a%2Cb\xc3\xa9" })
		CHECK(spelling_of(path) == KHTTP_SPELLING_ODD);
}

TEST_CASE("spelling: nothing is read behind an escape that is cut short or none")
{
	for (std::string_view path : { "/%", "/%2", "/%C", "/%%20", "/%2%20", "/%zz", "/%25%" })
		CHECK(spelling_of(path) == KHTTP_SPELLING_ODD);
}
