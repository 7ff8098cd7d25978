/* SPDX-License-Identifier: MIT */
#include "page.hpp"

#include <array>
#include <exception>

#include "common/authority.hpp"
#include "common/read_only.hpp"
#include "common/text.hpp"

namespace status {

namespace {

constexpr std::string_view authority_start = "://";

/* "host:port" of a prefix, and its path with a slash at both ends */
std::string_view authority_of(std::string_view prefix)
{
	prefix.remove_prefix(prefix.find(authority_start) + authority_start.size());
	return prefix.substr(0, prefix.find('/'));
}

std::string_view path_of(std::string_view prefix)
{
	const auto authority = authority_of(prefix);

	return prefix.substr(prefix.find(authority) + authority.size());
}

struct part {
	std::string_view name; /* below the prefix */
	std::string_view type;
	std::string_view page_files::*text;
};

constexpr std::array<part, 3> parts = {{
	{"", "text/html; charset=utf-8", &page_files::html},
	{"status.css", "text/css; charset=utf-8", &page_files::css},
	{"status.js", "text/javascript; charset=utf-8", &page_files::js},
}};

void protect(khttp::response &rs)
{
	rs.cache_never()
		.header("Cache-Control", "no-store")
		.header("Content-Security-Policy", files.policy)
		.header("Cross-Origin-Resource-Policy", "same-origin")
		.header("Referrer-Policy", "no-referrer")
		.header("X-Content-Type-Options", "nosniff");
}

void tell_figures(const service &of, const khttp::request &rq, khttp::response &rs)
{
	std::shared_ptr<const std::string> document;

	try {
		document = of.document();
	} catch (const std::exception &failure) {
		of.complain(failure.what());
		return worker::refuse(rs, rq, 503, std::string(failure.what()) + "\n");
	}
	rs.header("Content-Type", "application/json");
	worker::reply(rs, rq, *document);
}

} // namespace

bool may_be_called(std::string_view prefix, std::string_view authority)
{
	const std::string bound = worker::host_of_prefix(prefix);

	if (bound != "+" && bound != "*" && !worker::is_address(bound))
		return true;
	return worker::called_by_address(authority);
}

void answer(const service &of, const khttp::request &rq, khttp::response &rs)
{
	const std::string_view base = path_of(rq.prefix());
	std::string_view path = rq.path();

	protect(rs);
	if (!may_be_called(rq.prefix(), rq.authority()))
		return worker::refuse(rs, rq, 421, "bind a URL of that name to be called by it\n");
	/* The page names its parts relative to itself */
	if (path.size() < base.size()) {
		rs.header("Location", text::encode_path(base));
		return worker::refuse(rs, rq, 308, "the page is one slash further\n");
	}
	path.remove_prefix(base.size());
	if (path == "status.json")
		return worker::only_reads(rs, rq) ? tell_figures(of, rq, rs) : void();
	for (const part &one : parts) {
		if (path != one.name)
			continue;
		if (!worker::only_reads(rs, rq))
			return;
		rs.header("Content-Type", one.type);
		return worker::reply(rs, rq, std::string{files.*one.text});
	}
	worker::refuse(rs, rq, 404, "there is only the page and its status.json\n");
}

} // namespace status
