/* SPDX-License-Identifier: MIT */
/* What opens a WebSocket: RFC 6455 section 4.2. */
#pragma once

#include <string>
#include <string_view>

namespace websocket {

/* Base64 of 16 bytes. */
bool is_key(std::string_view key) noexcept;

/* What answers the key, in Sec-WebSocket-Accept. Throws std::runtime_error where
 * SHA-1 is not to be had. */
std::string accept_of(std::string_view key);

} // namespace websocket
