/* SPDX-License-Identifier: MIT */
/* A request becomes a WebSocket connection whose messages come back. */
#pragma once

#include <cstddef>

#include <khttp/async.hpp>

namespace websocket {

/* LIMIT: bytes of one message. */
khttp::task serve(khttp::async::request rq, khttp::async::response rs,
		  std::size_t limit);

} // namespace websocket
