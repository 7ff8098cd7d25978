/* SPDX-License-Identifier: MIT */
#include "scrape.hpp"

#include <exception>
#include <utility>

#include "accept.hpp"
#include "common/authority.hpp"
#include "common/read_only.hpp"

namespace exporter {

std::string_view without_slash(std::string_view path)
{
	while (path.ends_with('/'))
		path.remove_suffix(1);
	return path;
}

bool may_be_called(std::string_view prefix, std::string_view authority)
{
	return !worker::is_loopback(worker::host_of_prefix(prefix)) ||
	       worker::called_by_address(authority);
}

void answer(const service &of, const khttp::request &rq, khttp::response &rs)
{
	const metrics::format format = choose_format(rq.find("Accept"));
	std::string text;

	rs.cache_never();
	if (!may_be_called(rq.prefix(), rq.authority()))
		return worker::refuse(rs, rq, 421, "scrape by the address that is bound\n");
	if (without_slash(rq.path()) != of.path)
		return worker::refuse(rs, rq, 404, "the figures are at " + of.path + "\n");
	if (!worker::only_reads(rs, rq))
		return;
	try {
		text = of.read(format);
	} catch (const std::exception &failure) {
		of.complain(failure.what());
		return worker::refuse(rs, rq, 503, std::string(failure.what()) + "\n");
	}
	rs.header("Content-Type", metrics::content_type(format));
	rs.header("Vary", "Accept");
	worker::reply(rs, rq, std::move(text));
}

} // namespace exporter
