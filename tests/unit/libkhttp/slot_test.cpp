/* SPDX-License-Identifier: MIT */
#include <catch2/catch.hpp>

#include <cstring>
#include <string>
#include <vector>

#include <khttp/error.hpp>

#include "slot.hpp"

using namespace khttp::detail;

namespace {

constexpr slot_layout layout{8192, 8192};

struct memory {
	alignas(8) std::byte bytes[16384]{};

	khttp_slot &slot() { return *reinterpret_cast<khttp_slot *>(bytes); }
	khttp_reply &reply()
	{
		return *reinterpret_cast<khttp_reply *>(bytes + 8192);
	}
	std::string block()
	{
		return {reinterpret_cast<char *>(bytes) + reply().fields.off,
			reply().fields.len};
	}
};

} // namespace

TEST_CASE("a_slot_with_an_offset_outside_its_area_is_not_valid")
{
	memory m;
	slot_view view{m.bytes, layout};
	m.slot().id = 7;
	REQUIRE(view.valid(7));
	REQUIRE_FALSE(view.valid(8));

	khttp_ref *refs[] = {&m.slot().method, &m.slot().scheme,
			     &m.slot().authority, &m.slot().target,
			     &m.slot().path, &m.slot().query,
			     &m.slot().prefix, &m.slot().fields,
			     &m.slot().body};
	for (khttp_ref *ref : refs) {
		for (khttp_ref bad : {khttp_ref{8193, 0}, khttp_ref{8000, 193},
				      khttp_ref{0xffffffff, 8},
				      khttp_ref{8, 0xffffffff}}) {
			*ref = bad;
			CHECK_FALSE(view.valid(7));
			CHECK(view.text(*ref).empty());
		}
		*ref = {8192, 0};
		CHECK(view.valid(7));
		*ref = {};
	}
}

TEST_CASE("a_field_table_that_is_too_short_or_crooked_is_not_valid")
{
	memory m;
	slot_view view{m.bytes, layout};
	m.slot().nfields = 2;
	m.slot().fields = {1024, 2 * sizeof(khttp_slot_field)};
	CHECK(view.valid(0));
	m.slot().nfields = 3;
	CHECK_FALSE(view.valid(0));
	m.slot().nfields = 2;
	m.slot().fields.off = 1026;
	CHECK_FALSE(view.valid(0));
}

TEST_CASE("a_field_outside_the_area_reads_as_empty")
{
	memory m;
	slot_view view{m.bytes, layout};
	khttp_slot_field field{{500, 4}, {8190, 4}};
	m.slot().nfields = 1;
	m.slot().fields = {1024, sizeof(field)};
	std::memcpy(m.bytes + 1024, &field, sizeof(field));
	std::memcpy(m.bytes + 500, "name", 4);

	CHECK(view.field_at(0).name == "name");
	CHECK(view.field_at(0).value.empty());
	CHECK(view.field_at(1).name.empty());
}

TEST_CASE("fields_are_written_as_the_abi_says")
{
	memory m;
	reply_writer out{m.bytes, layout};
	out.take(42);
	out.reset();
	CHECK(m.reply().taken == 42);
	CHECK(m.reply().fd == -1);
	REQUIRE_FALSE(out.add_field("a", "bc"));
	REQUIRE_FALSE(out.add_field("x-empty", ""));
	CHECK(m.reply().nfields == 2);
	CHECK(m.reply().fields.off == 8192 + sizeof(khttp_reply));
	CHECK(m.block() == std::string("\1\0\2\0abc\7\0\0\0x-empty", 18));

	REQUIRE(out.set_inline_body("body"));
	CHECK(m.reply().body_kind == KHTTP_BODY_SLOT);
	CHECK(m.reply().body_addr == sizeof(khttp_reply) + 18);
	CHECK(m.reply().body_len == 4);
}

TEST_CASE("what_is_said_for_the_log_stays_behind_the_fields")
{
	memory m;
	reply_writer out{m.bytes, layout};
	const auto behind = [&m] {
		return std::string_view{reinterpret_cast<const char *>(m.bytes) +
						m.reply().fields.off + m.reply().fields.len,
					m.reply().log_len};
	};
	const std::string said("\2\0\3\0me\0\n\xff\1\0\0\0x", 14);

	out.reset();
	REQUIRE_FALSE(out.add_field("a", "bc"));
	REQUIRE_FALSE(out.add_to_log("me", {"\0\n\xff", 3}));
	REQUIRE_FALSE(out.add_field("longer", "than what stands there"));
	REQUIRE_FALSE(out.add_to_log("x", ""));
	CHECK(behind() == said);
	REQUIRE_FALSE(out.add_field("d", "e"));
	CHECK(behind() == said);
	CHECK(m.reply().nfields == 3);
	CHECK(out.add_to_log("", "x") == khttp::misuse::bad_field);
	CHECK(out.add_to_log("a b", "x") == khttp::misuse::bad_field);
	CHECK(out.add_to_log("y", std::string(KHTTP_LOG_FIELDS_MAX, 'v')) ==
	      std::errc::message_size);
	CHECK(behind() == said);

	/* Trailers take the fields' place, and a body stands behind all of it */
	out.drop_fields();
	CHECK(behind() == said);
	REQUIRE(out.set_inline_body("body"));
	CHECK(m.reply().body_addr == sizeof(khttp_reply) + said.size());

	out.reset();
	CHECK(m.reply().log_len == 0);
	std::string value(KHTTP_LOG_FIELDS_MAX - 5, 'v');
	CHECK_FALSE(out.add_to_log("a", value));
	CHECK(out.add_to_log("a", "") == std::errc::message_size);
	while (!out.add_field("name", value))
		;
	CHECK(m.reply().fields.len + m.reply().log_len <= 8192 - sizeof(khttp_reply));
	/* A length that something else wrote over */
	m.reply().log_len = 0xfffffff0;
	CHECK(out.add_to_log("a", "b") == std::errc::message_size);
	while (!out.add_field("n", ""))
		;
	CHECK(m.reply().fields.len + KHTTP_LOG_FIELDS_MAX <= 8192 - sizeof(khttp_reply));

	out.log_taken();
	CHECK(m.reply().log_len == 0);
	out.drop_fields();
	REQUIRE_FALSE(out.add_to_log("x", ""));
	CHECK(behind() == std::string_view("\1\0\0\0x", 5));
}

TEST_CASE("a_reply_area_is_never_overrun")
{
	memory m;
	reply_writer out{m.bytes, layout};
	std::string value(1000, 'v');
	std::error_code error;
	out.reset();
	while (!error)
		error = out.add_field("name", value);
	CHECK(error == khttp::misuse::head_too_large);
	std::size_t room = 8192 - sizeof(khttp_reply) - m.reply().fields.len;
	CHECK(room < 1008);
	CHECK_FALSE(out.set_inline_body(std::string(room + 1, 'b')));
	CHECK(out.set_inline_body(std::string(room, 'b')));

	/* What stands at the end of it is not written over */
	out.reset();
	REQUIRE(out.set_flow({.rate = 4096, .peak = 0, .burst = 5000}));
	CHECK(m.reply().flow == 16384 - sizeof(khttp_flow));
	CHECK_FALSE(out.set_inline_body(
		std::string(8193 - sizeof(khttp_reply) - sizeof(khttp_flow), 'b')));
	CHECK(out.set_inline_body(
		std::string(8192 - sizeof(khttp_reply) - sizeof(khttp_flow), '\0')));
	khttp_flow kept{};
	std::memcpy(&kept, m.bytes + m.reply().flow, sizeof(kept));
	CHECK(kept.burst == 5000);
	while (!out.add_field("n", ""))
		;
	CHECK(out.set_flow({.rate = 2048, .peak = 0, .burst = 0}));
	CHECK(out.set_flow({}));
	CHECK(m.reply().flow == 0);
	while (!out.add_field("n", ""))
		;
	CHECK_FALSE(out.set_flow({.rate = 2048, .peak = 0, .burst = 0}));

	/* A length that something else wrote over moves nothing */
	out.reset();
	REQUIRE_FALSE(out.add_field("a", "b"));
	m.reply().fields.len = 0xfffffff0;
	REQUIRE_FALSE(out.add_field("c", "d"));
	CHECK(m.block() == std::string("\1\0\1\0ab\1\0\1\0cd", 12));
	REQUIRE(out.set_inline_body("b"));
	CHECK(m.reply().body_addr == sizeof(khttp_reply) + 12);
	CHECK(out.add_field("a", std::string(70000, 'v')) ==
	      khttp::misuse::head_too_large);
}

TEST_CASE("fields_that_http_or_the_framing_forbids_are_refused")
{
	using namespace std::string_view_literals;

	for (auto name : {""sv, "a b"sv, "a:"sv, "\x80"sv, "a\0"sv, "Connection"sv,
			  "content-LENGTH"sv, "Transfer-Encoding"sv,
			  "keep-alive"sv, "Proxy-Connection"sv, "TE"sv, "trailer"sv})
		CHECK_FALSE(field_allowed(name, "v"));
	for (auto value : {"\r"sv, "a\nb"sv, "\0"sv, "\x7f"sv})
		CHECK_FALSE(field_allowed("name", value));
	CHECK(field_allowed("X-1_~", "tab\there \xc3\xa9"));
	CHECK(field_allowed("date", ""));
}

TEST_CASE("a_cut_field_block_ends_early")
{
	std::string block("\1\0\2\0abc\3\0\1\0xyzv", 15);
	for (std::size_t cut = 0; cut <= block.size(); cut++) {
		std::vector<char> exact(block.begin(), block.begin() + cut);
		field_block records{{exact.data(), exact.size()}};
		khttp::field f;
		std::size_t count = 0;

		while (records.next(f))
			count++;
		CHECK(count == (cut < 7 ? 0 : cut < 15 ? 1 : 2));
	}
}
