// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "guard_page.hpp"
#include "http.hpp"

static khttp_method lookup(std::string_view name)
{
	guard_page guard(64);

	return khttp_method_lookup(guard.put(name),
				   static_cast<u32>(name.size()));
}

TEST_CASE("method: every known name is found, and no part of it")
{
	for (int i = KHTTP_METHOD_UNKNOWN + 1; i < KHTTP_METHOD__COUNT; i++) {
		auto method = static_cast<khttp_method>(i);
		std::string name = text_of(khttp_method_name(method));

		CHECK(lookup(name) == method);
		CHECK(lookup(name + "X") == KHTTP_METHOD_UNKNOWN);
		CHECK(lookup(name.substr(0, name.size() - 1)) ==
		      KHTTP_METHOD_UNKNOWN);
	}
}

TEST_CASE("method: case counts")
{
	CHECK(lookup("Get") == KHTTP_METHOD_UNKNOWN);
	CHECK(lookup("get") == KHTTP_METHOD_UNKNOWN);
}

TEST_CASE("method: safe ones are idempotent, unknown ones are neither")
{
	for (int i = KHTTP_METHOD_UNKNOWN; i < KHTTP_METHOD__COUNT; i++) {
		auto method = static_cast<khttp_method>(i);

		if (khttp_method_is_safe(method))
			CHECK(khttp_method_is_idempotent(method));
	}
	CHECK_FALSE(khttp_method_is_idempotent(KHTTP_METHOD_UNKNOWN));
	CHECK_FALSE(khttp_method_is_idempotent(KHTTP_METHOD_POST));
	CHECK_FALSE(khttp_method_is_idempotent(KHTTP_METHOD_PATCH));
	CHECK(khttp_method_is_idempotent(KHTTP_METHOD_PUT));
	CHECK(khttp_method_is_idempotent(KHTTP_METHOD_DELETE));
	CHECK(khttp_method_is_safe(KHTTP_METHOD_OPTIONS));
	CHECK_FALSE(khttp_method_is_safe(KHTTP_METHOD_PUT));
	CHECK(khttp_method_name(KHTTP_METHOD_UNKNOWN).len == 0);
	CHECK(khttp_method_name(KHTTP_METHOD__COUNT).len == 0);
}
