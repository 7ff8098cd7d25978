// SPDX-License-Identifier: MIT
// What a 304 makes of the response that is stored.
#include <catch2/catch.hpp>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "guard_page.hpp"

extern "C" {
#include "http/block.h"
#include "http/date.h"
#include "http/renew.h"
}

namespace {

constexpr u64 now = 784111777;
using fields = std::vector<std::pair<std::string, std::string>>;

khttp_span span_of(std::string_view text)
{
	return khttp_span_of(text.data(), static_cast<u32>(text.size()));
}

std::string block_of(const fields &list)
{
	std::string out;

	for (const auto &[name, value] : list) {
		const khttp_block_lengths len{ static_cast<u16>(name.size()),
					       static_cast<u16>(value.size()) };

		out.append(reinterpret_cast<const char *>(&len), sizeof(len));
		out += name + value;
	}
	return out;
}

fields list_of(std::string_view block)
{
	const char *pos = block.data(), *end = pos + block.size();
	khttp_block_field f;
	fields list;

	while (khttp_block_next(&pos, end, &f))
		list.emplace_back(std::string{ f.name, f.name_len },
				  std::string{ f.value, f.value_len });
	CHECK(pos == end);
	return list;
}

fields renew(std::string_view head, const fields &said, std::string_view tags = "")
{
	const std::string block = block_of(said);
	const khttp_renewal r = { span_of(head), span_of(tags), span_of(block) };
	std::vector<char> room(khttp_renew_room(&r));
	khttp_out out;

	khttp_out_init(&out, room.data(), static_cast<u32>(room.size()));
	const u32 n = khttp_renew_fields(&r, &out);
	REQUIRE(khttp_out_ok(&out));
	const fields list = list_of({ room.data(), out.len });
	CHECK(list.size() == n);
	return list;
}

bool matches(const char *etag, const char *modified, const fields &said)
{
	const std::string block = block_of(said);
	khttp_cache_validators stored{};

	stored.status = 200;
	stored.etag = span_of(etag);
	stored.has_last_modified = *modified &&
		khttp_date_parse(modified, static_cast<u32>(std::strlen(modified)), now,
				 &stored.last_modified);
	return khttp_renew_matches(&stored, span_of(block), now);
}

constexpr const char *stored_head =
	"HTTP/1.1 200 OK\r\nETag: \"a\"\r\nCache-Control: max-age=1\r\nX-One: 1\r\n"
	"Content-Encoding: gzip\r\nX-Two: \r\nServer: khttp\r\n"
	"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 5\r\n";

constexpr const char *day = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr const char *next_day = "Mon, 07 Nov 1994 08:49:37 GMT";

} // namespace

TEST_CASE("renew: what the 304 says replaces what has its name, and the rest stays")
{
	CHECK(renew(stored_head, { { "cache-control", "max-age=9" }, { "x-two", "2" },
				   { "X-New", "n" } }) ==
	      fields{ { "cache-control", "max-age=9" }, { "x-two", "2" }, { "X-New", "n" },
		      { "ETag", "\"a\"" }, { "X-One", "1" }, { "Content-Encoding", "gzip" },
		      { "Server", "khttp" } });
	CHECK(renew(stored_head, {}) ==
	      fields{ { "ETag", "\"a\"" }, { "Cache-Control", "max-age=1" }, { "X-One", "1" },
		      { "Content-Encoding", "gzip" }, { "X-Two", "" }, { "Server", "khttp" } });
}

TEST_CASE("renew: two lines of the 304 replace one, and one replaces two")
{
	constexpr const char *head = "HTTP/1.1 200 OK\r\nVia: a\r\nVia: b\r\nWarning: w\r\n";

	CHECK(renew(head, { { "Via", "c" }, { "Warning", "x" }, { "Warning", "y" } }) ==
	      fields{ { "Via", "c" }, { "Warning", "x" }, { "Warning", "y" } });
}

TEST_CASE("renew: the body stays what it is, and the date is the 304's")
{
	const fields list = renew(stored_head, { { "Content-Encoding", "br" },
						 { "Content-Range", "bytes 0-1/5" },
						 { "Content-MD5", "N7UdGUp1E+RbVvZSTy1R8g==" },
						 { "Date", next_day } });

	CHECK(list == fields{ { "Date", next_day }, { "ETag", "\"a\"" },
			      { "Cache-Control", "max-age=1" }, { "X-One", "1" },
			      { "Content-Encoding", "gzip" }, { "X-Two", "" },
			      { "Server", "khttp" } });
}

TEST_CASE("renew: hidden tags stay, unless there are others")
{
	constexpr const char *head = "HTTP/1.1 200 OK\r\n";
	constexpr const char *shown = "HTTP/1.1 200 OK\r\nCache-Tag: a, b\r\n";

	CHECK(renew(head, {}, "a b") == fields{ { "Surrogate-Key", "a b" } });
	CHECK(renew(head, { { "xkey", "c" } }, "a b") == fields{ { "xkey", "c" } });
	CHECK(renew(shown, {}, "a b") == fields{ { "Cache-Tag", "a, b" } });
	CHECK(renew(shown, { { "xkey", "c" } }, "a b") == fields{ { "xkey", "c" } });
}

TEST_CASE("renew: a validator that is another one is about another response")
{
	CHECK(matches("\"a\"", "", {}));
	CHECK(matches("\"a\"", "", { { "ETag", "\"a\"" } }));
	CHECK(matches("\"a\"", "", { { "etag", "W/\"a\"" } }));
	CHECK(matches("W/\"a\"", "", { { "ETag", "W/\"a\"" } }));
	CHECK_FALSE(matches("W/\"a\"", "", { { "ETag", "\"a\"" } }));
	CHECK_FALSE(matches("\"a\"", "", { { "ETag", "\"b\"" } }));
	CHECK_FALSE(matches("\"a\"", "", { { "ETag", "a" } }));
	CHECK_FALSE(matches("", day, { { "ETag", "\"a\"" } }));
	CHECK(matches("", day, { { "Last-Modified", day } }));
	CHECK_FALSE(matches("", day, { { "Last-Modified", next_day } }));
	CHECK_FALSE(matches("", day, { { "Last-Modified", "yesterday" } }));
	CHECK(matches("\"a\"", day, { { "ETag", "\"a\"" }, { "Last-Modified", next_day } }));
	CHECK(matches("\"a\"", "", { { "Last-Modified", next_day } }));
}

TEST_CASE("renew: a 304 with too many fields is about nothing")
{
	fields many(KHTTP_RENEW_FIELDS_MAX, { "x", "y" });

	CHECK(matches("\"a\"", "", many));
	many.emplace_back("x", "y");
	CHECK_FALSE(matches("\"a\"", "", many));
}

TEST_CASE("renew: nothing behind the end of a head or block is read, or written")
{
	const std::string block = block_of({ { "X-A", "1" }, { "ETag", "\"a\"" } });
	const std::string_view head = stored_head;
	guard_page heads(4096), blocks(4096);

	for (std::size_t cut = 0; cut <= head.size(); cut++) {
		const u32 len = static_cast<u32>(cut);
		const u32 part = len % static_cast<u32>(block.size() + 1);
		const khttp_renewal r = {
			khttp_span_of(heads.put(head.substr(0, cut)), len),
			khttp_span_of(nullptr, 0),
			khttp_span_of(blocks.put(std::string_view{ block }.substr(0, part)), part),
		};
		std::vector<char> room(khttp_renew_room(&r));
		khttp_out out;

		khttp_out_init(&out, room.data(), static_cast<u32>(room.size()));
		khttp_renew_fields(&r, &out);
		CHECK(khttp_out_ok(&out));
		khttp_out_init(&out, room.data(), static_cast<u32>(room.size() / 2));
		khttp_renew_fields(&r, &out);
		CHECK(out.len <= room.size() / 2);
	}
}
