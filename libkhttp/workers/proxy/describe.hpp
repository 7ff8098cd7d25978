/* SPDX-License-Identifier: MIT */
#pragma once

#include "request.hpp"

namespace proxy {

/* What libkhttp says of RQ. */
incoming describe(const khttp::request &rq, bool sends_body);

} // namespace proxy
