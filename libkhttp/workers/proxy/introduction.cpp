/* SPDX-License-Identifier: MIT */
#include "introduction.hpp"

#include <algorithm>
#include <array>

#include "common/text.hpp"

namespace proxy {

namespace {

constexpr std::array<std::string_view, 7> names{
	"forwarded",	    "x-forwarded-for",	  "x-forwarded-host",
	"x-forwarded-port", "x-forwarded-proto", "x-forwarded-server",
	"x-real-ip",
};

/* What the client says, where that is one of the two. */
std::string_view scheme_of_client(const incoming &rq)
{
	for (const auto &[name, value] : rq.fields)
		if (text::equals_fold(name, "x-forwarded-proto"))
			return text::equals_fold(value, "https") ? "https"
								 : "http";
	return rq.scheme;
}

std::string_view scheme_for(const incoming &rq, scheme_said how)
{
	switch (how) {
	case scheme_said::http:
		return "http";
	case scheme_said::https:
		return "https";
	case scheme_said::keep:
		return scheme_of_client(rq);
	default:
		return rq.scheme;
	}
}

/* RFC 7239 section 4: a colon or bracket needs quotes. */
std::string value_of(std::string_view value)
{
	if (text::is_token(value))
		return std::string{value};
	std::string out{'"'};

	for (char c : value) {
		if (c == '"' || c == '\\')
			out += '\\';
		out += c;
	}
	return out + '"';
}

std::string forwarded(const incoming &rq, std::string_view scheme)
{
	const bool ipv6 = rq.client.find(':') != std::string::npos;
	auto line = "Forwarded: for=" +
		    value_of(ipv6 ? "[" + rq.client + "]" : rq.client);

	if (!rq.authority.empty())
		line += ";host=" + value_of(rq.authority);
	return line.append(";proto=").append(scheme);
}

} // namespace

std::string via(std::string_view version, std::string_view pseudonym)
{
	return std::string{version}.append(" ").append(pseudonym);
}

bool introduces_client(std::string_view name)
{
	return std::ranges::find(names, text::lower(name)) != names.end();
}

std::vector<std::string> introduce(const incoming &rq, const settings &set)
{
	const auto how = set.introduces;
	const auto scheme = scheme_for(rq, set.scheme);
	std::vector<std::string> lines;

	if (how == introduction::x_forwarded || how == introduction::both) {
		lines.push_back("X-Forwarded-For: " + rq.client);
		lines.push_back("X-Forwarded-Proto: " + std::string{scheme});
		if (!rq.authority.empty())
			lines.push_back("X-Forwarded-Host: " +
					std::string{rq.authority});
	}
	if (how == introduction::forwarded || how == introduction::both)
		lines.push_back(forwarded(rq, scheme));
	return lines;
}

} // namespace proxy
