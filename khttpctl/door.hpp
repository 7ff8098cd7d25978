/* SPDX-License-Identifier: MIT */
/* What a group says at its door, as it is written on the command line. */
#pragma once

#include <string>
#include <vector>

#include <khttp/control.hpp>

#include "table.hpp"

namespace khttpctl {

/*
 * Takes out of @words what is about the door, and leaves pairs of limit and value.
 * Reads the files of pages. Throws usage_error, khttp::error.
 */
[[nodiscard]] khttp::door_settings take_door(std::vector<std::string> &words);

/* What of it the group sets itself: "server off, maintenance on" */
[[nodiscard]] std::vector<std::string> door_texts(const khttp::group_info &group);
/* All of it */
void add_door(listing &lines, const khttp::group_info &group);

} // namespace khttpctl
