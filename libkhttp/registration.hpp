/* SPDX-License-Identifier: MIT */
#pragma once

#include <optional>
#include <string>

#include <khttp/options.hpp>
#include <khttp/registration.hpp>

namespace khttp::detail {

/*
 * What a server that is WANTED binds for itself, if anything; nothing with the
 * socket of a grant: who granted the queue has bound what comes to it. Throws
 */
std::optional<registration> bind_urls(const options &wanted, const std::string &socket);

} // namespace khttp::detail
