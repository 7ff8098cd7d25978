/* SPDX-License-Identifier: MIT */
#include "command.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "common/text.hpp"

namespace echo {

namespace {

struct parameter {
	std::string_view name;
	std::uint64_t min;
	std::uint64_t max;
	void (*store)(command &to, std::uint64_t value);
};

constexpr std::array parameters{
	parameter{"digest", 0, 1,
		  [](command &to, std::uint64_t value) { to.digest = value; }},
	parameter{"crash", 0, 1,
		  [](command &to, std::uint64_t value) { to.crash = value; }},
	parameter{"ends", 0, 1,
		  [](command &to, std::uint64_t value) { to.ends = value; }},
	parameter{"status", 200, 599,
		  [](command &to, std::uint64_t value) {
			  to.status = static_cast<int>(value);
		  }},
	parameter{"cache", 0, max_cache,
		  [](command &to, std::uint64_t value) {
			  to.cache = std::chrono::seconds{value};
		  }},
	parameter{"delay", 0, max_delay_ms,
		  [](command &to, std::uint64_t value) {
			  to.delay = std::chrono::milliseconds{value};
		  }},
	parameter{"rate", 0, UINT32_MAX,
		  [](command &to, std::uint64_t value) {
			  to.flow.rate = static_cast<std::uint32_t>(value);
		  }},
	parameter{"peak", 0, UINT32_MAX,
		  [](command &to, std::uint64_t value) {
			  to.flow.peak = static_cast<std::uint32_t>(value);
		  }},
	parameter{"burst", 0, UINT32_MAX,
		  [](command &to, std::uint64_t value) {
			  to.flow.burst = static_cast<std::uint32_t>(value);
		  }},
	parameter{"stream", 0, 1,
		  [](command &to, std::uint64_t value) { to.stream = value; }},
	parameter{"size", 0, max_pad,
		  [](command &to, std::uint64_t value) {
			  to.padded = true;
			  to.pad = value;
		  }},
};

const parameter *find_parameter(std::string_view name)
{
	for (const auto &known : parameters)
		if (known.name == name)
			return &known;
	return nullptr;
}

} // namespace

parsed_command parse_command(std::string_view query)
{
	parsed_command parsed;

	while (!query.empty()) {
		const auto item = query.substr(0, query.find('&'));
		const auto equals = item.find('=');
		const auto known = find_parameter(item.substr(0, equals));

		query.remove_prefix(std::min(query.size(), item.size() + 1));
		if (!known)
			continue;
		const auto value = equals == std::string_view::npos
					   ? std::nullopt
					   : text::number(item.substr(equals + 1));

		if (!value || *value < known->min || *value > known->max) {
			parsed.error = fmt::format(
				"{} must be a whole number from {} to {}",
				known->name, known->min, known->max);
			break;
		}
		known->store(parsed.value, *value);
	}
	if (parsed.error.empty())
		parsed.error = parsed.value.flow.mistake();
	return parsed;
}

} // namespace echo
