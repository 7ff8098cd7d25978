/* SPDX-License-Identifier: MIT */
/* Bytes that are no text, in a file that is one (RFC 4648 4). */
#pragma once

#include <string>
#include <string_view>

namespace khttpctl::configuration {

[[nodiscard]] std::string to_base64(std::string_view bytes);
/* Throws usage_error */
[[nodiscard]] std::string from_base64(std::string_view text);

/* Can it stand in a TOML text as it is? UTF-8 without control characters but tab and
 * line end
 */
[[nodiscard]] bool is_text(std::string_view bytes);

} // namespace khttpctl::configuration
