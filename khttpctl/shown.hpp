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
[[nodiscard]] std::string pid_text(std::uint32_t pid);
/* How long ago, from seconds of uptime */
[[nodiscard]] std::string since_text(std::uint64_t since);
/* The grant by which it came, or "-" */
[[nodiscard]] std::string grant_text(const khttp::worker_info &worker);

/* "HTTP/1.1", of 0x0101 */
[[nodiscard]] std::string version_text(std::uint16_t version);

/* "308 https://host/path/" */
[[nodiscard]] std::string redirect_text(const khttp::redirect &redirect);
/* The queue, and in parentheses a group that is not its default one; of a redirect
 * that, and its group
 */
[[nodiscard]] std::string place_text(const khttp::url_info &url);

} // namespace khttpctl
