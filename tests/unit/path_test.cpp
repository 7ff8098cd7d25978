// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "guard_page.hpp"
#include "http.hpp"

// The cooked path, or the reason's word in brackets.
static std::string cook(std::string_view path, const khttp_limits &limits)
{
	guard_page in(1 << 17);
	guard_page out(1 << 17);
	const char *text = in.put(path);
	u32 len = static_cast<u32>(path.size());
	char *buf = out.room(len);
	u32 out_len = 0;
	khttp_reason reason = khttp_path_cook(text, len, &limits, buf, len,
					      &out_len);
	u32 plain = khttp_path_plain(text, len, &limits);

	if (reason)
		return std::string("[") + khttp_reason_word(reason) + "]";
	// The fast path has to agree whenever it takes one.
	if (plain)
		CHECK(std::string(buf, out_len) == path);
	return std::string(buf, out_len);
}

static std::string cook(std::string_view path)
{
	return cook(path, default_limits());
}

TEST_CASE("path: dot segments go as RFC 3986 section 5.2.4 says")
{
	CHECK(cook("/") == "/");
	CHECK(cook("/.") == "/");
	CHECK(cook("/..") == "/");
	CHECK(cook("/a/.") == "/a/");
	CHECK(cook("/a/..") == "/");
	CHECK(cook("/a/b/c/./../../g") == "/a/g");
	CHECK(cook("//..") == "/");
	CHECK(cook("//../") == "/");
	CHECK(cook("///..") == "//");
	CHECK(cook("/a//../b") == "/a/b");
	CHECK(cook("/a/d/../b/c") == "/a/b/c");
	CHECK(cook("/%2e%2e%2f/..") == "/");
	CHECK(cook("/.%2F") == "/.%2F");
}

TEST_CASE("path: plain ones are taken as they are")
{
	khttp_limits limits = default_limits();
	auto plain = [&](std::string_view text) {
		guard_page guard(4096);

		return khttp_path_plain(guard.put(text),
					static_cast<u32>(text.size()), &limits);
	};

	CHECK(plain("/") == 1);
	CHECK(plain("/?") == 1);
	CHECK(plain("/?/../%") == 1);
	CHECK(plain("/a/b.c//d/") == 10);
	CHECK(plain("/a/b?c") == 4);
	CHECK(plain("/.a/..b/...") == 11);
	CHECK(plain("/.") == 0);
	CHECK(plain("/./a") == 0);
	CHECK(plain("/a/..?b") == 0);
	CHECK(plain("/a%41") == 0);
	CHECK(plain("/\xc3\xa9") == 0);
	CHECK(plain("/a\\") == 0);
}

TEST_CASE("path: segments of exactly the limit are taken")
{
	khttp_limits limits = default_limits();

	limits.max_segment = 3;
	CHECK(cook("/abc/def", limits) == "/abc/def");
	CHECK(cook("/abcd", limits) == "[URL_Segment]");
	CHECK(cook("/a/bcde/f", limits) == "[URL_Segment]");
	CHECK(cook("/%61%62%63", limits) == "/abc");
	// Characters, not bytes.
	CHECK(cook("/%C3%A9%E2%82%AC\xc3\xa9", limits) ==
	      "/\xc3\xa9\xe2\x82\xac\xc3\xa9");
	limits.max_segment = 0;
	CHECK(cook("/" + std::string(70000, 'a'), limits).size() == 70001);
}

TEST_CASE("path: as many segments as allowed are taken")
{
	khttp_limits limits = default_limits();

	limits.max_segments = 2;
	CHECK(cook("/a/b", limits) == "/a/b");
	CHECK(cook("/a/b/", limits) == "[URL_Segment]");
	CHECK(cook("/a/b/.", limits) == "[URL_Segment]");
	CHECK(cook("/a/b/../c/../d", limits) == "/a/d");
	CHECK(khttp_path_plain("/a/b/", 5, &limits) == 0);
	CHECK(khttp_path_plain("/a/b", 4, &limits) == 4);
	limits.max_segments = 0;
	CHECK(cook(std::string(70000, '/'), limits).size() == 70000);
}

TEST_CASE("path: every escape gives its byte or is refused")
{
	static const char digits[] = "0123456789abcdef";

	for (int byte = 0; byte < 256; byte++) {
		std::string text = { '/', 'x', '%', digits[byte >> 4],
				     digits[byte & 15], 'y' };
		std::string expected = "[URL]";

		if (byte == '/')
			expected = "/x%2Fy";
		else if (byte >= 0x20 && byte < 0x7f)
			expected = std::string("/x") +
				   static_cast<char>(byte) + "y";
		CHECK(cook(text) == expected);
	}
}

TEST_CASE("path: every code point is judged by its number")
{
	auto utf8 = [](u32 c) {
		std::string out;

		if (c < 0x80) {
			out += static_cast<char>(c);
		} else if (c < 0x800) {
			out += static_cast<char>(0xc0 | c >> 6);
			out += static_cast<char>(0x80 | (c & 0x3f));
		} else if (c < 0x10000) {
			out += static_cast<char>(0xe0 | c >> 12);
			out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
			out += static_cast<char>(0x80 | (c & 0x3f));
		} else {
			out += static_cast<char>(0xf0 | c >> 18);
			out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
			out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
			out += static_cast<char>(0x80 | (c & 0x3f));
		}
		return out;
	};

	for (u32 c = 0; c < 0x111000; c++) {
		std::string text = utf8(c);
		bool fine = c >= 0x20 && (c < 0x7f || c > 0x9f) &&
			    (c < 0xd800 || c > 0xdfff) && c <= 0x10ffff;

		if (khttp_text_ok(text.data(), static_cast<u32>(text.size())) !=
		    fine)
			FAIL(c);
	}
}

TEST_CASE("path: what is not UTF-8 is refused")
{
	auto text = GENERATE("\x80", "\xc3", "\xc0\xaf", "\xc1\xbf",
			     "\xe0\x80\xaf", "\xe2\x82", "\xf0\x80\x80\xaf",
			     "\xf8\x88\x80\x80\x80", "\xff", "\xc3\xa9\xa9",
			     "\xed\xa0\x80", "\xf5\x80\x80\x80");

	CHECK_FALSE(khttp_text_ok(text, static_cast<u32>(strlen(text))));
}

TEST_CASE("path: too little room is an error and not an overflow")
{
	khttp_limits limits = default_limits();
	char out[4];
	u32 len;

	CHECK(khttp_path_cook("/abcd", 5, &limits, out, 4, &len) ==
	      KHTTP_REASON_INTERNAL);
	CHECK(khttp_path_cook("abc", 3, &limits, out, 4, &len) ==
	      KHTTP_REASON_INTERNAL);
	CHECK(khttp_path_cook("", 0, &limits, out, 4, &len) ==
	      KHTTP_REASON_INTERNAL);
}

TEST_CASE("path: what is within limits is what cooking takes by them")
{
	for (std::string_view path : { "/", "/a", "/a/", "//", "/abc/d/ef", "/%2Fb/c",
				       "/\xc3\xa4\xc3\xb6/x" })
		for (u32 segment = 0; segment < 6; segment++)
			for (u32 segments = 0; segments < 5; segments++) {
				khttp_limits limits = default_limits();

				limits.max_segment = segment;
				limits.max_segments = segments;
				INFO(path << ' ' << segment << ' ' << segments);
				CHECK((khttp_path_within(span_of(path), &limits) ==
				       KHTTP_REASON_NONE) == (cook(path, limits) == path));
			}
}
