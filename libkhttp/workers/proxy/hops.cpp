/* SPDX-License-Identifier: MIT */
#include "hops.hpp"

#include <algorithm>
#include <array>

#include "common/text.hpp"

namespace proxy {

namespace {

/* Proxy-Status is for the client (RFC 9209); Proxy is no field at all, but a
 * server that hands fields on as variables would take it for HTTP_PROXY. */
constexpr std::array<std::string_view, 11> always{
	"connection",	       "keep-alive",
	"proxy",	       "proxy-authenticate",
	"proxy-authorization", "proxy-authentication-info",
	"proxy-connection",    "te",
	"transfer-encoding",   "content-length",
	"upgrade",
};

} // namespace

void hops::add_connection(std::string_view value)
{
	for (const auto item : text::list_items(value))
		named_.push_back(text::lower(item));
}

bool hops::drops(std::string_view name) const
{
	const auto small = text::lower(name);

	return std::ranges::find(always, small) != always.end() ||
	       std::ranges::find(named_, small) != named_.end();
}

} // namespace proxy
