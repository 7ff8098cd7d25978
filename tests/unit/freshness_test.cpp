// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "http.hpp"
#include "vectors.hpp"

namespace {

// Sun, 06 Nov 1994 08:49:37 GMT, as the vectors say.
constexpr u64 now = 784111777;

khttp_freshness fields_of(const std::string &message)
{
	khttp_freshness f{};
	std::size_t at = 0;
	bool aged = false;

	while (at < message.size()) {
		std::size_t end = message.find("\r\n", at);
		std::string line = message.substr(at, end - at);
		std::size_t colon = line.find(':');
		khttp_field_id id = khttp_field_lookup(line.data(), static_cast<u32>(colon));
		khttp_span value = khttp_span_trim(
			khttp_span_of(line.data() + colon + 1,
				      static_cast<u32>(line.size() - colon - 1)));

		if (id != KHTTP_FIELD_AGE)
			khttp_freshness_field(&f, id, value, now);
		else if (!aged)
			khttp_age_value(value, &f.age);
		aged |= id == KHTTP_FIELD_AGE;
		at = end + 2;
	}
	return f;
}

void take_given(khttp_freshness_ask &ask, const std::string &given)
{
	auto number_behind = [&](const std::string &word, auto &to) {
		std::size_t at = given.find(word + " ");

		if (at != std::string::npos)
			to = static_cast<std::decay_t<decltype(to)>>(
				std::stoul(given.substr(at + word.size() + 1)));
	};

	number_behind("status", ask.status);
	number_behind("heuristic", ask.heuristic);
	number_behind("delay", ask.delay);
	ask.authorized = given.find("authorized") != std::string::npos;
}

std::string judged(const std::string &message, const khttp_freshness_ask &ask)
{
	khttp_freshness f = fields_of(message);
	khttp_freshness_term term{};
	khttp_cache_why why = khttp_freshness_judge(&f, &ask, &term);

	if (why)
		return khttp_cache_why_word(why);
	return "yes " + std::to_string(term.ttl) + " " + std::to_string(term.age);
}

khttp_cache_control wish(const std::string &fields)
{
	std::string text = "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
	khttp_limits limits = default_limits();
	khttp_cache_control cc;
	khttp_head head;

	khttp_head_init(&head);
	REQUIRE(khttp_parse_head(&head, text.data(), static_cast<u32>(text.size()),
				 &limits) == KHTTP_PARSE_DONE);
	khttp_cache_wish(&head, text.data(), &cc);
	return cc;
}

bool met(const std::string &fields, u32 age, u32 ttl)
{
	khttp_cache_control cc = wish(fields);

	return khttp_cache_wish_met(&cc, age, ttl);
}

}  // namespace

TEST_CASE("freshness: the vectors are judged as they say")
{
	std::vector<request_vector> all = load_vectors("cache/freshness.md");

	CHECK(all.size() > 60);
	for (const request_vector &vector : all) {
		khttp_freshness_ask ask{};

		INFO(vector.name);
		ask.now = now;
		ask.status = 200;
		REQUIRE_FALSE(vector.expected.empty());
		if (vector.expected[0].starts_with("given:"))
			take_given(ask, vector.expected[0]);
		CHECK(judged(vector.message, ask) == vector.expected.back());
	}
}

TEST_CASE("freshness: who may be given what was stored without credentials")
{
	khttp_freshness_ask ask{ now, 0, 0, 200, false, 0, 0, 0 };
	khttp_freshness_term term{};
	khttp_freshness f = fields_of("Cache-Control: max-age=5\r\n");

	CHECK(khttp_freshness_judge(&f, &ask, &term) == KHTTP_CACHE_YES);
	CHECK_FALSE(term.shared);
	f = fields_of("Cache-Control: s-maxage=5\r\n");
	CHECK(khttp_freshness_judge(&f, &ask, &term) == KHTTP_CACHE_YES);
	CHECK(term.shared);
}

TEST_CASE("freshness: ages and lifetimes end at 2^31")
{
	khttp_freshness_ask ask{ now, 0xffffffff, 0, 200, false, 0, 0, 0 };

	CHECK(judged("Cache-Control: max-age=4294967295\r\nAge: 4294967295\r\n", ask) ==
	      "stale");
	ask.delay = 0;
	CHECK(judged("Cache-Control: max-age=4294967295\r\nAge: 2147483647\r\n", ask) ==
	      "yes 1 2147483647");
}

TEST_CASE("freshness: what a client wants of what is stored")
{
	CHECK(met("", 10, 10));
	CHECK_FALSE(met("Cache-Control: no-cache\r\n", 0, 10));
	CHECK_FALSE(met("Pragma: no-cache\r\n", 0, 10));
	// RFC 9111 section 5.4: it counts only where there is no Cache-Control.
	CHECK(met("Pragma: no-cache\r\nCache-Control: max-stale\r\n", 0, 10));
	CHECK(met("Pragma: other\r\n", 0, 10));
	CHECK(met("Cache-Control: max-age=10\r\n", 10, 10));
	CHECK_FALSE(met("Cache-Control: max-age=10\r\n", 11, 10));
	CHECK_FALSE(met("Cache-Control: max-age=x\r\n", 1, 10));
	CHECK(met("Cache-Control: min-fresh=10\r\n", 0, 10));
	CHECK_FALSE(met("Cache-Control: min-fresh=11\r\n", 0, 10));
	CHECK_FALSE(met("Cache-Control: a\r\nX: y\r\nCache-Control: min-fresh=11\r\n",
			0, 10));
	CHECK(met("Cache-Control: max-stale=100, only-if-cached\r\n", 9, 1));
}

TEST_CASE("freshness: no-store and only-if-cached are told")
{
	khttp_cache_control cc = wish("Cache-Control: no-store, Only-If-Cached\r\n");

	CHECK(khttp_cc_says(&cc, KHTTP_CC_NO_STORE));
	CHECK(khttp_cc_says(&cc, KHTTP_CC_ONLY_IF_CACHED));
	CHECK_FALSE(khttp_cc_says(&cc, KHTTP_CC_NO_CACHE));
}

TEST_CASE("freshness: a lifetime that is told counts for each status, a guess for few")
{
	khttp_freshness_ask ask{};
	khttp_freshness_term term;

	ask.now = now;
	ask.heuristic = 10;
	for (unsigned status = 200; status < 600; status++) {
		ask.status = static_cast<u16>(status);
		khttp_freshness told = fields_of("Cache-Control: max-age=60\r\n");
		khttp_freshness guessed = fields_of(
			"Last-Modified: Sat, 05 Nov 1994 08:49:37 GMT\r\n");
		bool few = false;
		for (unsigned known : { 200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501 })
			few |= status == known;
		CAPTURE(status);
		CHECK(khttp_freshness_judge(&told, &ask, &term) == KHTTP_CACHE_YES);
		CHECK(khttp_freshness_judge(&guessed, &ask, &term) ==
		      (few ? KHTTP_CACHE_YES : KHTTP_CACHE_WHY_NO_LIFETIME));
	}
}

TEST_CASE("freshness: an Age that is no number is none")
{
	u32 age = 1;

	CHECK(khttp_age_value(span_of("0"), &age));
	CHECK(age == 0);
	CHECK(khttp_age_value(span_of("7, 8"), &age));
	CHECK(age == 7);
	CHECK_FALSE(khttp_age_value(span_of("x"), &age));
	CHECK(age == 0);
	CHECK_FALSE(khttp_age_value(span_of(""), &age));
}
