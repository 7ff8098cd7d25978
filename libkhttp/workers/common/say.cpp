/* SPDX-License-Identifier: MIT */
#include "say.hpp"

#include <cstdio>

#include <fmt/format.h>

namespace worker {

void say(std::string_view name, std::string_view text)
{
	const auto line = fmt::format("{}: {}\n", name, text);

	std::fwrite(line.data(), 1, line.size(), stderr);
}

} // namespace worker
