// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "metrics/refusal.hpp"

TEST_CASE("a word has its status and its text, one that is not known neither")
{
	CHECK(metrics::refusal_of("QueueFull").status == 503);
	CHECK(metrics::refusal_of("QueueFull").text == "The request queue is full.");
	CHECK(metrics::refusal_of("Client_Reset").status == 0);
	CHECK(metrics::refusal_of("queuefull").text.empty());
	CHECK(metrics::refusal_of("").text.empty());
}
