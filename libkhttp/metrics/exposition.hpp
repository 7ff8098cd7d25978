/* SPDX-License-Identifier: MIT */
/* The text exposition format of Prometheus, version 0.0.4. Pure. */
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "buckets.hpp"

namespace metrics {

/* Name and value; those without a value are left out */
using labels = std::vector<std::pair<std::string_view, std::string_view>>;

/* All samples of one name */
class family {
public:
	family(std::string name, std::string_view type, std::string_view help);

	void add(const labels &of, std::uint64_t value);
	void add(const labels &of, double value);
	void add(const labels &of, const buckets &value);

	[[nodiscard]] const std::string &name() const noexcept { return name_; }
	[[nodiscard]] const std::string &text() const noexcept { return text_; }

private:
	void line(std::string_view suffix, const labels &of, std::string_view value);

	std::string name_;
	std::string text_;
};

/* What is said in answer to one question; every family stands in one piece */
class exposition {
public:
	/* NAME without "khttp_"; made with the first sample, found with the others */
	family &counter(std::string_view name, std::string_view help);
	family &gauge(std::string_view name, std::string_view help);
	family &histogram(std::string_view name, std::string_view help);

	[[nodiscard]] std::string text() const;

private:
	family &of(std::string name, std::string_view type, std::string_view help);

	std::deque<family> families_; /* in the order of their first samples */
};

} // namespace metrics
