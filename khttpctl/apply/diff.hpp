/* SPDX-License-Identifier: MIT */
/* What has to be changed, and how that is shown. Pure. */
#pragma once

#include <optional>

#include "../table.hpp"
#include "model.hpp"

namespace khttpctl::configuration {

enum class action { add, change, remove };

struct key_change {
	std::string key;
	std::optional<value> from;
	std::optional<value> to;
};

struct change {
	action what;
	configuration::kind kind;
	std::string name;
	std::vector<key_change> keys;
};

/* Applications are no part of it: the kernel knows nothing of them */
[[nodiscard]] std::vector<change> differences(const model &live, const model &wanted);

/* "+ queue app" with the keys below, 80 columns wide */
void print_changes(std::ostream &out, const std::vector<change> &changes, bool colour);
/* "3 changes: 1 added, 2 removed" */
[[nodiscard]] std::string summary(const std::vector<change> &changes);
[[nodiscard]] json json_of(const std::vector<change> &changes);
/* A text, a list, or what a page is */
[[nodiscard]] json json_of_value(const value &v);
/* "queue app", "limits" */
[[nodiscard]] std::string title(kind k, const std::string &name);

} // namespace khttpctl::configuration
