/* SPDX-License-Identifier: MIT */
/* Which of two formats a scrape wants. Pure. */
#pragma once

#include <optional>
#include <string_view>

#include "metrics/exposition.hpp"

namespace exporter {

/*
 * OpenMetrics for who names it in Accept, in version 1.0.0 or in any, and not with a
 * smaller weight than plain text (RFC 9110 section 12.5.1); else plain text, also for
 * who accepts neither: he may still be able to read it.
 */
[[nodiscard]] metrics::format choose_format(const std::optional<std::string_view> &accepted);

} // namespace exporter
