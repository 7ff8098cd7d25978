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

namespace {

enum khttp_reuse_stale stale(u32 age, u32 over, u32 stale_while, u32 stale_error,
			const char *line = nullptr)
{
	const khttp_reuse_stored e = { age, over, stale_while, stale_error };
	khttp_cache_control wish = wish_of(line ? line : "");

	return khttp_reuse_stale(&e, line ? &wish : nullptr);
}

} // namespace

TEST_CASE("reuse: past its time for so long, and not a second longer")
{
	CHECK(stale(10, 0, 5, 0) == KHTTP_REUSE_NOW);
	CHECK(stale(14, 4, 5, 0) == KHTTP_REUSE_NOW);
	CHECK(stale(15, 5, 5, 0) == KHTTP_REUSE_NOT);
	CHECK(stale(15, 5, 5, 6) == KHTTP_REUSE_ON_ERROR);
	CHECK(stale(16, 6, 5, 6) == KHTTP_REUSE_NOT);
	CHECK(stale(10, 0, 0, 0) == KHTTP_REUSE_NOT);
}

TEST_CASE("reuse: what the client takes")
{
	CHECK(stale(10, 5, 9, 9, "") == KHTTP_REUSE_NOW);
	for (auto line : { "no-cache", "min-fresh=0", "max-age=99", "max-age=9, max-stale=9",
			   "max-stale=4" })
		CHECK(stale(10, 5, 9, 9, line) == KHTTP_REUSE_NOT);
	for (auto line : { "max-stale", "max-stale=5", "max-age=10, max-stale" })
		CHECK(stale(10, 5, 0, 9, line) == KHTTP_REUSE_NOW);
	CHECK(stale(10, 5, 0, 9, "") == KHTTP_REUSE_ON_ERROR);
}

TEST_CASE("reuse: what is only kept to be validated is for nobody, whatever he takes")
{
	for (auto line : { "", "max-stale", "max-stale=99" })
		CHECK(stale(10, 5, 0, 0, line) == KHTTP_REUSE_NOT);
	CHECK(stale(10, 5, 4, 5, "max-stale") == KHTTP_REUSE_NOT);
	CHECK(stale(10, 5, 0, 0) == KHTTP_REUSE_NOT);
}

TEST_CASE("reuse: what has a validator is kept, and without a lifetime asked about each time")
{
	struct row {
		const char *line;
		khttp_field_id validator;
		const char *value;
		u16 status;
		u32 keep;
		u32 ttl;
		khttp_cache_why without;	/* and no keep */
	};
	const auto tag = KHTTP_FIELD_ETAG, date = KHTTP_FIELD_LAST_MODIFIED;
	const char *day = "Sun, 06 Nov 1994 08:49:37 GMT";

	for (const row &r : std::initializer_list<row>{
		     { "max-age=60", tag, "\"a\"", 200, 9, 60, KHTTP_CACHE_YES },
		     { "max-age=60, must-revalidate", date, day, 200, 9, 60, KHTTP_CACHE_YES },
		     { "max-age=60", tag, "a", 200, 0, 60, KHTTP_CACHE_YES },
		     { "max-age=60", tag, "\"a\"", 404, 0, 60, KHTTP_CACHE_YES },
		     { "no-cache", tag, "\"a\"", 200, 9, 0, KHTTP_CACHE_WHY_NO_CACHE },
		     { "max-age=0, stale-if-error=5", date, day, 200, 9, 0, KHTTP_CACHE_WHY_TTL },
		     { "no-cache", tag, "a", 200, 0, 0, KHTTP_CACHE_WHY_NO_CACHE },
		     { "no-cache, no-store", tag, "\"a\"", 200, 0, 0, KHTTP_CACHE_WHY_NO_STORE },
		     { "must-revalidate", tag, "\"a\"", 200, 0, 0,
		       KHTTP_CACHE_WHY_NO_LIFETIME } }) {
		khttp_freshness_ask ask{};
		khttp_freshness_term term{};
		khttp_freshness f{};

		ask.now = 784111777;
		ask.status = r.status;
		khttp_freshness_field(&f, KHTTP_FIELD_CACHE_CONTROL, span_of(r.line), ask.now);
		khttp_freshness_field(&f, r.validator, span_of(r.value), ask.now);
		INFO(r.line);
		CHECK(khttp_freshness_judge(&f, &ask, &term) == r.without);
		ask.keep = 9;
		CHECK(khttp_freshness_judge(&f, &ask, &term) ==
		      (r.keep ? KHTTP_CACHE_YES : r.without));
		CHECK((r.without == KHTTP_CACHE_WHY_NO_STORE ||
		       r.without == KHTTP_CACHE_WHY_NO_LIFETIME || term.keep == r.keep));
		CHECK(term.ttl == r.ttl);
		CHECK(term.stale_error == 0);
	}
}

TEST_CASE("reuse: which answers are errors")
{
	for (u16 status = 200; status < 600; status++)
		CHECK(khttp_reuse_error(status) == (status == 500 || status == 502 ||
						    status == 503 || status == 504));
}

TEST_CASE("reuse: how long a response may be used past its time")
{
	struct row {
		const char *line;
		u32 stale_while, stale_error;
	};

	for (const row &r : std::initializer_list<row>{
		     { "max-age=60", 7, 8 },
		     { "max-age=60, stale-while-revalidate=5", 5, 8 },
		     { "max-age=60, stale-if-error=0", 7, 0 },
		     { "max-age=60, stale-if-error=9, must-revalidate", 0, 0 },
		     { "max-age=60, stale-if-error=9, proxy-revalidate", 0, 0 },
		     { "s-maxage=60, stale-while-revalidate=9", 0, 0 } }) {
		khttp_freshness_ask ask{};
		khttp_freshness_term term{};
		khttp_freshness f{};

		ask.now = 784111777;
		ask.status = 200;
		ask.stale_while = 7;
		ask.stale_error = 8;
		khttp_freshness_field(&f, KHTTP_FIELD_CACHE_CONTROL, span_of(r.line), ask.now);
		INFO(r.line);
		REQUIRE(khttp_freshness_judge(&f, &ask, &term) == KHTTP_CACHE_YES);
		CHECK(term.stale_while == r.stale_while);
		CHECK(term.stale_error == r.stale_error);
	}
}
