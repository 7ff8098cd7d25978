// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "exchange.hpp"
#include "vectors.hpp"

// Every vector, whole, at every split point and byte by byte.
static void check(const request_vector &vector)
{
	khttp_limits limits = default_limits();
	std::string summary = run_every_split(vector.message, limits);

	INFO(vector.name << "\n" << summary);
	CHECK_FALSE(vector.expected.empty());
	for (const std::string &line : vector.expected) {
		// For tests/vm/programs/wire_vectors.cpp.
		if (line.starts_with("wire: "))
			continue;
		INFO("expected: " << line);
		CHECK(has_line(summary, line));
	}
}

TEST_CASE("vectors: every message gives what its file says")
{
	auto file = GENERATE("request-line.md", "fields.md", "framing.md",
			     "chunked.md", "target.md", "host.md",
			     "leniency.md");

	for (const request_vector &vector : load_vectors(file))
		check(vector);
}
