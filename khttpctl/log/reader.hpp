/* SPDX-License-Identifier: MIT */
/* Records one by one, from the kernel or from a binary log. */
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "../command.hpp"
#include "format.hpp"

namespace khttpctl::access {

struct receiver {
	std::function<void(const khttp_log_entry &)> record;
	std::function<void(std::uint64_t)> lost;
	std::function<void(std::uint64_t, std::string)> name = {}; /* of a group */
};

/* All whole records of @bytes: how many bytes they are. Throws khttp::error at what
 * is none */
std::size_t take_records(std::string_view bytes, const receiver &to);

/* Names of groups, which the running module is asked for when an id is new */
class live_groups {
public:
	explicit live_groups(context &ctx) : ctx_(ctx) {}

	[[nodiscard]] std::string name(std::uint64_t id);

private:
	void ask();

	context &ctx_;
	std::map<std::uint64_t, std::string> names_;
	std::set<std::uint64_t> gone_;
};

} // namespace khttpctl::access
