/* SPDX-License-Identifier: MIT */
/*
 * The text exposition format of Prometheus, version 0.0.4, and OpenMetrics 1.0.0, which
 * came of it and has exemplars: an example of what was counted in a bucket. Pure.
 */
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "buckets.hpp"

namespace metrics {

enum class format { text, open_metrics };

/* What Content-Type says of it */
[[nodiscard]] std::string_view content_type(format which) noexcept;

/* One request of those that a histogram counts; plain text has no place for it */
struct exemplar {
	std::uint64_t ns = 0;
	std::string request_id;
};

/* Name and value; those without a value are left out */
using labels = std::vector<std::pair<std::string_view, std::string_view>>;

/* All samples of one name */
class family {
public:
	family(std::string name, std::string_view type, std::string_view help, format as);

	void add(const labels &of, std::uint64_t value);
	void add(const labels &of, double value);
	void add(const labels &of, const buckets &value, const exemplar *slow = nullptr);

	[[nodiscard]] const std::string &name() const noexcept { return name_; }
	[[nodiscard]] const std::string &text() const noexcept { return text_; }

private:
	void line(std::string_view suffix, const labels &of, std::string_view value);
	void bucket(const labels &of, std::uint64_t value, const exemplar *slow);

	std::string name_;
	format as_;
	std::string text_;
};

/* What is said in answer to one question; every family stands in one piece */
class exposition {
public:
	explicit exposition(format as = format::text) noexcept : as_{as} {}

	/* NAME without "khttp_"; made with the first sample, found with the others */
	family &counter(std::string_view name, std::string_view help);
	family &gauge(std::string_view name, std::string_view help);
	family &histogram(std::string_view name, std::string_view help);

	[[nodiscard]] std::string text() const;

private:
	family &of(std::string name, std::string_view type, std::string_view help);

	format as_;
	std::deque<family> families_; /* in the order of their first samples */
};

} // namespace metrics
