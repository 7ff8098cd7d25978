// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <set>

#include "http.hpp"

TEST_CASE("reason: every one has a word of its own, a text and a way back")
{
	std::set<std::string> words;

	for (int i = KHTTP_REASON_NONE + 1; i < KHTTP_REASON__COUNT; i++) {
		auto reason = static_cast<khttp_reason>(i);
		std::string word = khttp_reason_word(reason);
		std::string text = khttp_reason_text(reason);

		INFO(word);
		CHECK(words.insert(word).second);
		CHECK(word.find_first_of(" \t\"") == std::string::npos);
		CHECK(text.back() == '.');
		CHECK(text.find_first_of("<>&") == std::string::npos);
		CHECK(khttp_reason_lookup(word.c_str()) == reason);
	}
}

TEST_CASE("reason: a status is an error with a phrase, or there is none")
{
	for (int i = KHTTP_REASON_NONE + 1; i < KHTTP_REASON__COUNT; i++) {
		auto reason = static_cast<khttp_reason>(i);
		u16 status = khttp_reason_status(reason);

		INFO(khttp_reason_word(reason));
		if (!status) {
			CHECK(khttp_reason_closes(reason));
			continue;
		}
		CHECK(status >= 400);
		CHECK(std::string(khttp_status_phrase(status)) != "");
	}
}

TEST_CASE("reason: what is not in the list is none")
{
	auto beyond = static_cast<khttp_reason>(KHTTP_REASON__COUNT);

	CHECK(khttp_reason_lookup("nonsense") == KHTTP_REASON_NONE);
	CHECK(std::string(khttp_reason_word(beyond)) == "-");
	CHECK(khttp_reason_status(beyond) == 0);
	CHECK_FALSE(khttp_reason_closes(KHTTP_REASON_NONE));
}

TEST_CASE("reason: the words of HTTP.sys have the status that fits them")
{
	auto status = [](const char *word) {
		return khttp_reason_status(khttp_reason_lookup(word));
	};

	CHECK(status("NoPrefix") == 404);
	CHECK(status("Method") == 405);
	CHECK(status("Expectation") == 417);
	CHECK(status("Misdirected") == 421);
	CHECK(status("RateLimit") == 429);
	CHECK(status("Filter") == 403);
	CHECK(status("WorkerDied") == 502);
	CHECK(status("OnlyIfCached") == 504);
	CHECK(status("QueueFull") == 503);
	CHECK(status("MemoryLimit") == 503);
	CHECK(status("RequestLength") == 431);
	CHECK(status("URL_Length") == 414);
	CHECK(status("EntityTooLarge") == 413);
	CHECK(status("Timer_ConnectionIdle") == 0);
}

TEST_CASE("reason: a setting is words of khttpctl")
{
	for (int i = KHTTP_REASON_NONE + 1; i < KHTTP_REASON__COUNT; i++) {
		auto reason = static_cast<khttp_reason>(i);
		std::string knob = khttp_reason_knob(reason);

		INFO(khttp_reason_word(reason));
		CHECK(knob.find("  ") == std::string::npos);
		CHECK((knob.empty() || (knob.front() >= 'a' && knob.front() <= 'z')));
		if (knob.rfind("limits", 0) == 0)
			CHECK(knob.rfind("limits set ", 0) == 0);
	}
}
