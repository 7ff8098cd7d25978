/* SPDX-License-Identifier: MIT */
#pragma once

#include <string_view>

#include "failure.hpp"

namespace proxy {

/* On stderr, once a second at most: an upstream that is down must not fill a
 * disk. From any thread. */
void complain(std::string_view method, std::string_view target,
	      const failure &why);

} // namespace proxy
