/* SPDX-License-Identifier: MIT */
/* The answers of khttp-exporter. */
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <khttp/request.hpp>
#include <khttp/response.hpp>

#include "metrics/exposition.hpp"

namespace exporter {

/* Where the figures are, and how they are read: from any thread, throws where they
 * cannot be. */
struct service {
	std::string path = "/metrics";
	std::function<std::string(metrics::format)> read;
	std::function<void(const std::string &)> complain;
};

/* PATH as it is compared: no slash at its end. */
std::string_view without_slash(std::string_view path);

/*
 * Whether AUTHORITY may be told the figures under PREFIX. At an address of this machine
 * alone nobody is called by a name, unless a page from elsewhere had its own lead here;
 * elsewhere those that scrape have names for it.
 */
[[nodiscard]] bool may_be_called(std::string_view prefix, std::string_view authority);

/* The figures as they are now, in the format that the request asks for; or 404, 405, 421,
 * or 503 when they cannot be read. */
void answer(const service &of, const khttp::request &rq, khttp::response &rs);

} // namespace exporter
