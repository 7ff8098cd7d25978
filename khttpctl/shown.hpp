/* SPDX-License-Identifier: MIT */
/* Cells that several tables show alike. */
#pragma once

#include <khttp/control.hpp>

#include "table.hpp"

namespace khttpctl {

[[nodiscard]] cell state_cell(const khttp::queue_info &queue);
[[nodiscard]] cell state_cell(const khttp::worker_info &worker);
[[nodiscard]] cell workers_cell(const khttp::queue_info &queue);
/* "-" for a process that the caller's pid namespace does not show */
[[nodiscard]] std::string pid_text(const khttp::worker_info &worker);
[[nodiscard]] std::string attached_for(const khttp::worker_info &worker);

/* "308 https://host/path/" */
[[nodiscard]] std::string redirect_text(const khttp::redirect &redirect);
/* The queue, and in parentheses a group that is not its default one; of a redirect
 * that, and its group
 */
[[nodiscard]] std::string place_text(const khttp::url_info &url);

} // namespace khttpctl
