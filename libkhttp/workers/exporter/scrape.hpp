/* SPDX-License-Identifier: MIT */
/* The answers of khttp-exporter. */
#pragma once

#include <functional>
#include <string>

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

/* The figures as they are now, in the format that the request asks for; or 404, 405, or
 * 503 when they cannot be read. */
void answer(const service &of, const khttp::request &rq, khttp::response &rs);

} // namespace exporter
