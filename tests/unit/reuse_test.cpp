// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "http.hpp"

namespace {

khttp_head head_of(u8 method, u64 seen = 0)
{
	khttp_head head{};

	head.method = method;
	head.seen = seen;
	return head;
}

khttp_cache_control wish_of(const std::string &line)
{
	khttp_cache_control cc{};

	khttp_cache_control_line(&cc, span_of(line));
	return cc;
}

int part(const khttp_head &head, khttp_cache_why why, const khttp_cache_control *wish = nullptr)
{
	return khttp_reuse_part(&head, why, wish);
}

constexpr int both = KHTTP_REUSE_WAITS | KHTTP_REUSE_LEADS;

} // namespace

TEST_CASE("reuse: a plain GET waits and leads, HEAD waits")
{
	CHECK(part(head_of(KHTTP_METHOD_GET), KHTTP_CACHE_YES) == both);
	CHECK(part(head_of(KHTTP_METHOD_HEAD), KHTTP_CACHE_WHY_METHOD) == KHTTP_REUSE_WAITS);
	CHECK(part(head_of(KHTTP_METHOD_POST), KHTTP_CACHE_WHY_METHOD) == 0);
}

TEST_CASE("reuse: what is not for the cache goes alone")
{
	for (int why = KHTTP_CACHE_YES + 1; why < KHTTP_CACHE_WHY__COUNT; why++)
		CHECK(part(head_of(KHTTP_METHOD_GET), static_cast<khttp_cache_why>(why)) == 0);
}

TEST_CASE("reuse: 304 is for nobody else")
{
	for (auto id : { KHTTP_FIELD_IF_NONE_MATCH, KHTTP_FIELD_IF_MODIFIED_SINCE })
		CHECK(part(head_of(KHTTP_METHOD_GET, KHTTP_FIELD_BIT(id)), KHTTP_CACHE_YES) ==
		      KHTTP_REUSE_WAITS);
}

TEST_CASE("reuse: who wants an answer of his own gets it, and others may have it")
{
	for (auto line : { "no-cache", "max-age=0", "max-age=60", "min-fresh=1" }) {
		khttp_cache_control wish = wish_of(line);

		CHECK(part(head_of(KHTTP_METHOD_GET), KHTTP_CACHE_YES, &wish) ==
		      KHTTP_REUSE_LEADS);
	}
	khttp_cache_control wish = wish_of("max-stale=5, only-if-cached");

	CHECK(part(head_of(KHTTP_METHOD_GET), KHTTP_CACHE_YES, &wish) == both);
}
