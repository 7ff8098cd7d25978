/* SPDX-License-Identifier: MIT */
/* One request, one answer: the echo contract. */
#pragma once

#include <khttp/async.hpp>

#include "timer.hpp"
#include "upload.hpp"

namespace echo {

/* Outlives the server. */
struct service {
	explicit service(bool crash) : allow_crash{crash} {}

	const bool allow_crash;
	body_budget budget;
	timer later;
};

khttp::task answer(service &with, khttp::async::request rq,
		   khttp::async::response rs);

} // namespace echo
