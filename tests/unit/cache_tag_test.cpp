// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <vector>

#include "http.hpp"

extern "C" {
#include "http/cache_policy.h"
#include "http/cache_tag.h"
}

namespace {

std::vector<std::string> tags_of(const std::string &line)
{
	std::vector<char> exact(line.begin(), line.end());
	khttp_span whole = khttp_span_of(exact.data(), static_cast<u32>(exact.size()));
	std::vector<std::string> tags;
	khttp_span tag;
	u32 pos = 0;

	while (khttp_tag_next(whole, &pos, &tag))
		tags.emplace_back(tag.ptr, tag.len);
	return tags;
}

/* Of all lines together; -1: refused */
int count_of(const std::vector<std::string> &lines)
{
	khttp_tag_count count{};

	for (const std::string &line : lines)
		if (!khttp_tag_line(&count, span_of(line)))
			return -1;
	return count.n;
}

std::string many(u32 n, const std::string &tag)
{
	std::string line;

	for (u32 i = 0; i < n; i++)
		line += tag + ",";
	return line;
}

} // namespace

TEST_CASE("cache_tag: commas and blanks separate")
{
	using list = std::vector<std::string>;

	CHECK(tags_of("").empty());
	CHECK(tags_of(" ,\t, ").empty());
	CHECK(tags_of("a") == list{ "a" });
	CHECK(tags_of("a, b,c") == list{ "a", "b", "c" });
	CHECK(tags_of("a b\tc") == list{ "a", "b", "c" });
	CHECK(tags_of(",,a:1/x  B=\"2\",") == list{ "a:1/x", "B=\"2\"" });
}

TEST_CASE("cache_tag: what is a tag")
{
	CHECK(khttp_tag_ok(span_of("a")));
	CHECK(khttp_tag_ok(span_of("!~")));
	CHECK(khttp_tag_ok(span_of(std::string(KHTTP_TAG_MAX, 'x'))));
	CHECK_FALSE(khttp_tag_ok(span_of(std::string(KHTTP_TAG_MAX + 1, 'x'))));
	CHECK_FALSE(khttp_tag_ok(span_of("")));
	CHECK_FALSE(khttp_tag_ok(span_of("a b")));
	CHECK_FALSE(khttp_tag_ok(span_of("a,b")));
	CHECK_FALSE(khttp_tag_ok(span_of("\x7f")));
	CHECK_FALSE(khttp_tag_ok(span_of("caf\xc3\xa9")));
	CHECK_FALSE(khttp_tag_ok(span_of(std::string("a\0b", 3))));
}

TEST_CASE("cache_tag: more than is kept is refused as a whole")
{
	CHECK(count_of({ "a, b", "c d e" }) == 5);
	CHECK(count_of({ "", " , " }) == 0);
	CHECK(count_of({ "a", "caf\xc3\xa9" }) == -1);
	CHECK(count_of({ std::string(KHTTP_TAG_MAX + 1, 'x') }) == -1);
	CHECK(count_of({ many(KHTTP_TAGS_MAX, "a") }) == KHTTP_TAGS_MAX);
	CHECK(count_of({ many(KHTTP_TAGS_MAX, "a"), "b" }) == -1);
	/* 64 of 128 bytes are 8 KiB */
	CHECK(count_of({ many(64, std::string(128, 'x')) }) == 64);
	CHECK(count_of({ many(64, std::string(128, 'x')), "b" }) == -1);
}

TEST_CASE("cache_tag: its fields are known, and go out unless a group hides them")
{
	for (const char *name : { "Cache-Tag", "Surrogate-Key", "xkey" }) {
		khttp_field_id id = khttp_field_lookup(name, static_cast<u32>(strlen(name)));

		CHECK((KHTTP_FIELD_BIT(id) & KHTTP_TAG_FIELDS) != 0);
		CHECK(khttp_field_worker(id, 200) == KHTTP_FIELD_SEND);
	}
	CHECK((KHTTP_FIELD_BIT(khttp_field_lookup("vary", 4)) & KHTTP_TAG_FIELDS) == 0);
}

TEST_CASE("cache_tag: what could miss its purge is not stored")
{
	khttp_head head;
	khttp_cache_offer offer{};

	khttp_head_init(&head);
	head.method = KHTTP_METHOD_GET;
	offer.asked = 1;
	offer.ttl = 60;
	offer.status = 200;
	offer.max_size = 1;
	CHECK(khttp_cache_store(&head, &offer) == KHTTP_CACHE_YES);
	offer.bad_tags = 1;
	CHECK(khttp_cache_store(&head, &offer) == KHTTP_CACHE_WHY_TAGS);
	CHECK(std::string(khttp_cache_why_word(KHTTP_CACHE_WHY_TAGS)) == "tags");
}
