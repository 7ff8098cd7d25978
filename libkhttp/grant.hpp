/* SPDX-License-Identifier: MIT */
#pragma once

#include <string>

#include <khttp/fd.hpp>
#include <khttp/grant.hpp>
#include <khttp/options.hpp>

namespace khttp::detail {

/* A file like an open /dev/khttp, for one worker by this grant. Throws */
unique_fd open_granted(const grant &by);

/* The socket of the worker's grant, by option or environment; empty: none */
std::string grant_socket(const options &wanted);

} // namespace khttp::detail
