/* SPDX-License-Identifier: MIT */
/* One request goes to the upstream, its answer to the client. */
#pragma once

#include <khttp/async.hpp>

namespace proxy {

/* On a thread that has a loop. */
khttp::task forward(khttp::async::request rq, khttp::async::response rs);

} // namespace proxy
