/* SPDX-License-Identifier: MIT */
/* What the query of a request asks of khttp-echo. Pure. */
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <khttp/response.hpp>

namespace echo {

inline constexpr std::uint64_t max_delay_ms = 600000;
inline constexpr std::uint64_t max_pad = std::uint64_t{1} << 40;
inline constexpr std::uint64_t max_cache = 31536000;

struct command {
	bool digest = false;
	bool crash = false;
	bool ends = false;
	int status = 200;
	std::chrono::seconds cache{0};
	std::chrono::milliseconds delay{0};
	bool stream = false;
	khttp::flow_rate flow;
	bool padded = false;
	std::uint64_t pad = 0;
};

struct parsed_command {
	command value;
	std::string error; /* one sentence; empty: none */
};

/* "name=value&name=value"; other names are the client's own business. The last
 * of two with one name counts. */
parsed_command parse_command(std::string_view query);

} // namespace echo
