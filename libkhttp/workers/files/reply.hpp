/* SPDX-License-Identifier: MIT */
/* One request, one answer. */
#pragma once

#include <khttp/async.hpp>

#include "site.hpp"

namespace files {

/* FROM outlives the server. */
khttp::task reply(const site &from, khttp::async::request rq,
		  khttp::async::response rs);

} // namespace files
