// SPDX-License-Identifier: MIT
//
// Dates. What is read must be printed as the same time and read again; the
// first eight bytes, as a number, must be printed and read back.
#include <cstring>

#include "fuzz.hpp"

extern "C" {
#include "http/date.h"
}

static void check_print(u64 seconds)
{
	std::vector<char> out(KHTTP_DATE_LEN);
	u64 bounded = std::min<u64>(seconds, KHTTP_DATE_MAX);
	u64 again;

	khttp_date_print(seconds, out.data());
	MUST(khttp_date_parse(out.data(), KHTTP_DATE_LEN, 0, &again));
	MUST(again == bounded);
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	std::string_view text(reinterpret_cast<const char *>(data), size);
	std::vector<char> in = exact(text);
	u64 seconds = 0;

	if (size >= sizeof(seconds))
		std::memcpy(&seconds, data, sizeof(seconds));
	check_print(seconds);
	check_print(seconds % (KHTTP_DATE_MAX + 1));
	if (khttp_date_parse(in.data(), static_cast<u32>(size), seconds,
			     &seconds))
		check_print(seconds);
	return 0;
}
