// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cstring>
#include <vector>

#include "guard_page.hpp"
#include "http.hpp"

extern "C" {
#include "http/log_record.h"
}

static khttp_log_entry example()
{
	khttp_log_entry e{};

	e.r.time_ns = 1767225600250000000;
	e.r.connection = 7;
	e.r.stream = 2;
	e.r.status = 200;
	e.r.version = 0x0101;
	khttp_log_say(&e, KHTTP_LOG_METHOD, khttp_span_str("GET"));
	khttp_log_say(&e, KHTTP_LOG_TARGET, khttp_span_str("/a?b"));
	khttp_log_say(&e, KHTTP_LOG_USER_AGENT, khttp_span_str("curl/8"));
	return e;
}

static std::string encoded(khttp_log_entry e, u32 texts = KHTTP_LOG_TEXT_ALL,
			   u32 room = KHTTP_LOG_RECORD_MAX)
{
	khttp_log_fit(&e, texts, room);
	std::string bytes(khttp_log_size(&e, texts), '\xaa');

	CHECK(khttp_log_write(&e, texts, bytes.data()) == bytes.size());
	return bytes;
}

// Whatever follows is found behind it.
static khttp_log_result decoded(std::string_view bytes, khttp_log_entry &e, std::size_t &used)
{
	const char *pos = bytes.data();
	khttp_log_result result = khttp_log_next(&pos, pos + bytes.size(), &e);

	used = static_cast<std::size_t>(pos - bytes.data());
	return result;
}

static std::string lost(u64 n)
{
	khttp_log_lost record{ sizeof(record), KHTTP_LOG_LOST, sizeof(record), n };

	return { reinterpret_cast<const char *>(&record), sizeof(record) };
}

TEST_CASE("a record is read as it was written")
{
	std::string bytes = encoded(example());
	khttp_log_entry e;
	std::size_t used;

	CHECK(bytes.size() % 8 == 0);
	REQUIRE(decoded(bytes, e, used) == KHTTP_LOG_GOT_REQUEST);
	CHECK(used == bytes.size());
	CHECK(e.r.time_ns == 1767225600250000000);
	CHECK(e.r.stream == 2);
	CHECK(e.r.flags == 0);
	CHECK(text_of(e.text[KHTTP_LOG_METHOD]) == "GET");
	CHECK(text_of(e.text[KHTTP_LOG_TARGET]) == "/a?b");
	CHECK(text_of(e.text[KHTTP_LOG_USER_AGENT]) == "curl/8");
	CHECK(e.text[KHTTP_LOG_COOKIE].len == 0);
}

TEST_CASE("texts that nobody asked for take no room")
{
	std::string bytes = encoded(example(), 1U << KHTTP_LOG_TARGET);
	khttp_log_entry e;
	std::size_t used;

	REQUIRE(decoded(bytes, e, used) == KHTTP_LOG_GOT_REQUEST);
	CHECK(e.text[KHTTP_LOG_METHOD].len == 0);
	CHECK(text_of(e.text[KHTTP_LOG_TARGET]) == "/a?b");
	CHECK(e.r.flags == 0);
	CHECK(encoded(example(), 0).size() == KHTTP_LOG_LEAST);
}

TEST_CASE("no text makes a record longer than it may be, and it says what is cut")
{
	std::string long_text(100000, 'x');
	khttp_log_entry e = example(), back;
	std::size_t used;

	for (int i = 0; i < KHTTP_LOG_TEXT_COUNT; i++)
		khttp_log_say(&e, static_cast<khttp_log_text>(i), span_of(long_text));
	std::string bytes = encoded(e);
	CHECK(bytes.size() <= KHTTP_LOG_RECORD_MAX);
	REQUIRE(decoded(bytes, back, used) == KHTTP_LOG_GOT_REQUEST);
	CHECK(back.r.flags == KHTTP_LOG_F_CUT);
	CHECK(back.text[KHTTP_LOG_TARGET].len == 2048);
	CHECK(back.text[KHTTP_LOG_REASON].len == 40);
}

static std::string field(std::string_view name, std::string_view value)
{
	const u16 lengths[] = { static_cast<u16>(name.size()), static_cast<u16>(value.size()) };
	std::string bytes(reinterpret_cast<const char *>(lengths), sizeof(lengths));

	return bytes.append(name).append(value);
}

static bool fields_ok(const std::string &block)
{
	guard_page guard(1024);

	return khttp_log_fields_ok(guard.put(block), static_cast<u32>(block.size()));
}

TEST_CASE("what a worker adds is whole fields with tokens for names")
{
	std::string any("\0\n\xff", 3), torn = field("a", "b");
	std::string most = field("a", std::string(KHTTP_LOG_FIELDS_MAX - 5, 'x'));

	CHECK(fields_ok(field("cs-username", "anna") + field("empty", "") + field("a", any)));
	CHECK(most.size() == KHTTP_LOG_FIELDS_MAX);
	CHECK(fields_ok(most));
	CHECK_FALSE(fields_ok(field("ab", std::string(KHTTP_LOG_FIELDS_MAX - 5, 'x'))));
	CHECK_FALSE(fields_ok(""));
	CHECK_FALSE(fields_ok(field("", "x")));
	CHECK_FALSE(fields_ok(field("a b", "x")));
	CHECK_FALSE(fields_ok(field("a", "b") + field("a\xc3", "x")));
	for (std::size_t n = 1; n < torn.size(); n++)
		CHECK_FALSE(fields_ok(field("a", "b") + torn.substr(0, n)));
}

TEST_CASE("the longest that a worker adds is never cut")
{
	std::string long_text(100000, 'x');
	std::string most = field("a", std::string(KHTTP_LOG_FIELDS_MAX - 5, 'x'));
	khttp_log_entry e = example(), back;
	std::size_t used;

	for (int i = 0; i < KHTTP_LOG_FIELDS; i++)
		khttp_log_say(&e, static_cast<khttp_log_text>(i), span_of(long_text));
	khttp_log_say(&e, KHTTP_LOG_FIELDS, span_of(most));
	std::string bytes = encoded(e);
	REQUIRE(decoded(bytes, back, used) == KHTTP_LOG_GOT_REQUEST);
	CHECK(text_of(back.text[KHTTP_LOG_FIELDS]) == most);
}

TEST_CASE("with less room the last texts go first, down to none")
{
	for (u32 room = KHTTP_LOG_LEAST; room < KHTTP_LOG_LEAST + 24; room++) {
		std::string bytes = encoded(example(), KHTTP_LOG_TEXT_ALL, room);
		khttp_log_entry e;
		std::size_t used;

		INFO(room);
		CHECK(bytes.size() <= room);
		REQUIRE(decoded(bytes, e, used) == KHTTP_LOG_GOT_REQUEST);
		std::string all = text_of(e.text[KHTTP_LOG_METHOD]) +
				  text_of(e.text[KHTTP_LOG_TARGET]) +
				  text_of(e.text[KHTTP_LOG_USER_AGENT]);
		CHECK(std::string_view("GET/a?bcurl/8").starts_with(all));
		CHECK((e.r.flags == KHTTP_LOG_F_CUT) == (all.size() < 13));
	}
}

TEST_CASE("records stand behind each other, also those that tell of lost ones")
{
	std::string bytes = encoded(example()) + lost(12) + encoded(example());
	const char *pos = bytes.data(), *end = pos + bytes.size();
	khttp_log_entry e;

	CHECK(khttp_log_next(&pos, end, &e) == KHTTP_LOG_GOT_REQUEST);
	CHECK(khttp_log_next(&pos, end, &e) == KHTTP_LOG_GOT_LOST);
	CHECK(e.lost == 12);
	CHECK(khttp_log_next(&pos, end, &e) == KHTTP_LOG_GOT_REQUEST);
	CHECK(khttp_log_next(&pos, end, &e) == KHTTP_LOG_MORE);
	CHECK(pos == end);
}

TEST_CASE("a record that is not all there is waited for, and nothing behind it read")
{
	for (std::string whole : { encoded(example()), lost(1) }) {
		for (std::size_t n = 0; n < whole.size(); n++) {
			guard_page guard(256);
			const char *at = guard.put(std::string_view(whole).substr(0, n));
			const char *pos = at;
			khttp_log_entry e;

			CHECK(khttp_log_next(&pos, at + n, &e) == KHTTP_LOG_MORE);
			CHECK(pos == at);
		}
	}
}

TEST_CASE("a later kernel's record is read as far as it is known")
{
	khttp_log_entry e = example(), back;
	std::size_t used;

	u16 len[KHTTP_LOG_TEXT_COUNT + 4]{};
	len[KHTTP_LOG_TARGET] = 4;
	std::memcpy(&e.r, encoded(e).data(), sizeof(e.r));
	e.r.head += 8;
	e.r.n_texts += 4;
	e.r.size = static_cast<u32>((sizeof(e.r) + 8 + sizeof(len) + 4 + 7) & ~7UL);
	std::string bytes(e.r.size, '\0');
	std::memcpy(bytes.data(), &e.r, sizeof(e.r));
	std::memcpy(bytes.data() + sizeof(e.r) + 8, len, sizeof(len));
	std::memcpy(bytes.data() + sizeof(e.r) + 8 + sizeof(len), "/a?b", 4);
	REQUIRE(decoded(bytes, back, used) == KHTTP_LOG_GOT_REQUEST);
	CHECK(text_of(back.text[KHTTP_LOG_TARGET]) == "/a?b");
	u16 other = 77;
	std::memcpy(bytes.data() + 4, &other, sizeof(other));
	CHECK(decoded(bytes, back, used) == KHTTP_LOG_GOT_OTHER);
	CHECK(used == bytes.size());
}

TEST_CASE("what is no record is called so")
{
	struct {
		std::size_t off;
		u32 value;
		std::size_t width;
	} const wrong[] = {
		{ 0, 4, 4 },
		{ 0, 0, 4 },
		{ 0, KHTTP_LOG_RECORD_MAX + 8, 4 },
		{ 0, 150, 4 },
		{ 6, 4, 2 },
		{ 6, 112, 2 },
		{ 6, 60000, 2 },
		{ offsetof(khttp_log_record, n_texts), 60000, 2 },
		{ sizeof(khttp_log_record), 60000, 2 },
	};
	for (const auto &w : wrong) {
		std::string bytes = encoded(example());
		khttp_log_entry e;
		std::size_t used;

		INFO(w.off << " " << w.value);
		std::memcpy(bytes.data() + w.off, &w.value, w.width);
		CHECK(decoded(bytes, e, used) == KHTTP_LOG_BROKEN);
	}
	std::string bytes = lost(1);
	bytes[6] = 8;
	khttp_log_entry e;
	std::size_t used;
	CHECK(decoded(bytes, e, used) == KHTTP_LOG_BROKEN);
}
