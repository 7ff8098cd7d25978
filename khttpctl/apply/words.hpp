/* SPDX-License-Identifier: MIT */
/* Objects, made into what the library takes. Pure, but for users' names. */
#pragma once

#include <khttp/control.hpp>

#include "model.hpp"

namespace khttpctl::configuration {

[[nodiscard]] khttp::queue_settings queue_words(const object &keys);
/* Of whole ones, in normal form */
[[nodiscard]] khttp::listener_settings listener_words(object keys);
[[nodiscard]] khttp::rate_settings rate_words(object keys);
[[nodiscard]] khttp::reservation_settings reservation_words(const object &keys);

} // namespace khttpctl::configuration
