/* SPDX-License-Identifier: MIT */
/* Supervised applications of a file: what khttpctl run would have on its line. */
#pragma once

#include <string>

#include "../command.hpp"
#include "model.hpp"

namespace khttpctl::configuration {

/* Throws usage_error, which says what would be right */
void check_app(const std::string &name, const object &app);

/* What stands behind "khttpctl run" */
[[nodiscard]] arguments line_of_app(const std::string &name, const object &app);

/*
 * What @line does not say of --config FILE, [app.NAME] there says, where NAME is the
 * one word of the line; its queue is that of the name unless it says another. No such
 * file, or no such table: @line has to be enough.
 */
[[nodiscard]] arguments with_config(const arguments &line);

} // namespace khttpctl::configuration
