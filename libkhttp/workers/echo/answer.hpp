/* SPDX-License-Identifier: MIT */
/* One request, one answer: the echo contract. */
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <khttp/async.hpp>

#include "timer.hpp"
#include "upload.hpp"

namespace echo {

/* A field of requests that is told in the access log, by another name */
struct logged_field {
	std::string name;
	std::string field;
};
/* "NAME=FIELD", or a field's name alone */
logged_field parse_logged(std::string_view text);

/* Outlives the server. */
struct service {
	explicit service(bool crash, std::vector<logged_field> log = {})
		: allow_crash{crash}, logged{std::move(log)}
	{
	}

	const bool allow_crash;
	const std::vector<logged_field> logged;
	body_budget budget;
	timer later;
};

khttp::task answer(service &with, khttp::async::request rq,
		   khttp::async::response rs);

} // namespace echo
