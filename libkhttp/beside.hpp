/* SPDX-License-Identifier: MIT */
#pragma once

#include <khttp/companion.hpp>

namespace khttp::detail {

class engine;

/* WITH has its turn; then the thread sleeps until that or E, whose loop it runs,
 * has news. */
void run_beside(engine &e, companion &with);

} // namespace khttp::detail
