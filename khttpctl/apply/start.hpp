/* SPDX-License-Identifier: MIT */
/* The applications of a file, whose supervisors are the service manager's. */
#pragma once

#include "../command.hpp"
#include "model.hpp"

namespace khttpctl::configuration {

/* Those whose queue has no supervisor now */
[[nodiscard]] std::vector<std::string> not_running(const context &ctx, const model &m);

/* Asks systemd for khttp-app@NAME.service of each, without waiting for it */
void start(const std::vector<std::string> &names);

} // namespace khttpctl::configuration
