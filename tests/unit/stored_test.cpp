/* SPDX-License-Identifier: MIT */
/* The library's words are the kernel's, and the ABI's numbers go with them. */
#include <catch2/catch.hpp>

#include <linux/khttp.h>

#include "../../libkhttp/stored.hpp"
#include "http.hpp"

using khttp::detail::stored_word;

TEST_CASE("stored: the library has the kernel's words")
{
#define SAME(name, word, text) CHECK(stored_word(KHTTP_STORED_NOT_##name) == (word));
	KHTTP_CACHE_WHY_LIST(SAME)
#undef SAME
	CHECK(stored_word(KHTTP_STORED_YES) == "yes");
	CHECK(stored_word(KHTTP_STORED_FILLING) == "filling");
	CHECK(stored_word(KHTTP_STORED_UNKNOWN).empty());
	CHECK(stored_word(255) == "other");
}

TEST_CASE("stored: it says of which request it is")
{
	const __u64 id = 0x123456789abc0005;
	const __u32 told = static_cast<__u32>(id >> 16 << 8) | KHTTP_STORED_YES;

	CHECK(KHTTP_STORED_OF(told, id));
	CHECK(KHTTP_STORED_WHAT(told) == KHTTP_STORED_YES);
	CHECK_FALSE(KHTTP_STORED_OF(told, id + 0x10000));
	CHECK_FALSE(KHTTP_STORED_OF(0U, id));
}
