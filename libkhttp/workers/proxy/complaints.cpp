/* SPDX-License-Identifier: MIT */
#include "complaints.hpp"

#include <chrono>
#include <mutex>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "common/say.hpp"

namespace proxy {

namespace {

constexpr std::size_t most_target = 200;

/* Those not told before this one; nothing: this is not the time. */
struct gate {
	using clock = std::chrono::steady_clock;

	bool pass(unsigned &skipped)
	{
		const std::lock_guard hold{lock};
		const auto now = clock::now();

		if (now < next) {
			count++;
			return false;
		}
		next = now + std::chrono::seconds{1};
		skipped = std::exchange(count, 0);
		return true;
	}

	std::mutex lock; /* the rest */
	clock::time_point next;
	unsigned count = 0;
};

gate once_a_second;

} // namespace

void complain(std::string_view method, std::string_view target,
	      const failure &why)
{
	unsigned skipped = 0;

	if (!once_a_second.pass(skipped))
		return;
	auto line = fmt::format("{} {}: {}", method,
				target.substr(0, most_target), why.text);

	if (!why.detail.empty())
		line += ": " + why.detail;
	if (skipped > 0)
		line += fmt::format(" ({} more were not told)", skipped);
	worker::say("khttp-proxy", line);
}

} // namespace proxy
