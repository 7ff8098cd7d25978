/* SPDX-License-Identifier: MIT */
/* The figures of live.hpp, as 'khttpctl -j top' and khttp-status tell them. */
#pragma once

#include <nlohmann/json.hpp>

#include "live.hpp"

namespace metrics {

/* Raw numbers; the members are those that khttp-status(8) lists, in its order */
[[nodiscard]] nlohmann::ordered_json json_of(const figures &all);

} // namespace metrics
