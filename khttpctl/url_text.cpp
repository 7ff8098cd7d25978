/* SPDX-License-Identifier: MIT */
#include "url_text.hpp"

#include <vector>

#include <fmt/format.h>

#include "command.hpp"
#include "text.hpp"

namespace khttpctl {

namespace {

struct url_parts {
	std::string scheme;
	std::string host; /* with brackets */
	std::string port; /* empty: none was typed */
	std::string rest; /* from the first slash, question mark or hash on */
};

std::size_t port_colon(std::string_view authority)
{
	std::size_t colon = authority.rfind(':');
	std::size_t bracket = authority.rfind(']');

	/* the colons of an IPv6 address stand inside brackets */
	if (bracket != std::string_view::npos && colon != std::string_view::npos && colon < bracket)
		return std::string_view::npos;
	return colon;
}

url_parts take_apart(std::string_view typed)
{
	std::size_t scheme_end = typed.find("://");
	url_parts parts;

	if (scheme_end == std::string_view::npos)
		throw usage_error(fmt::format("'{}' has no scheme: write http://{}",
					      printable(typed), printable(typed)));
	parts.scheme = lower(typed.substr(0, scheme_end));
	if (parts.scheme != "http" && parts.scheme != "https")
		throw usage_error(
			fmt::format("'{}': the scheme must be http or https", printable(typed)));
	std::string_view behind = typed.substr(scheme_end + 3);
	std::size_t authority_end = std::min(behind.find_first_of("/?#"), behind.size());
	std::string_view authority = behind.substr(0, authority_end);
	std::size_t colon = port_colon(authority);

	parts.rest = behind.substr(authority_end);
	parts.host = authority.substr(0, colon);
	if (parts.host.empty())
		throw usage_error(fmt::format("'{}' has no host: write a name, an address, + or *",
					      printable(typed)));
	if (colon != std::string_view::npos)
		parts.port = authority.substr(colon + 1);
	if (parts.port.empty())
		parts.port = parts.scheme == "https" ? "443" : "80";
	return parts;
}

} // namespace

khttp_prefix parse_prefix(std::string_view text)
{
	khttp_prefix prefix{};
	const char *wrong = khttp_prefix_parse(text.data(), static_cast<u32>(text.size()), &prefix);

	if (wrong)
		throw usage_error(fmt::format("'{}': {}", printable(text), wrong));
	return prefix;
}

namespace {

/* A path as a browser shows it; what cannot be decoded is refused later */
std::string decoded(const std::string &path)
{
	const khttp_limits limits = KHTTP_LIMITS_DEFAULT;
	std::vector<char> out(path.size());
	u32 length = 0;

	if (path.find('%') == std::string::npos || path.size() > KHTTP_PREFIX_TEXT_MAX ||
	    khttp_path_cook(path.data(), static_cast<u32>(path.size()), &limits, out.data(),
			    static_cast<u32>(out.size()), &length) != KHTTP_REASON_NONE)
		return path;
	return {out.data(), length};
}

} // namespace

std::string normal_prefix(std::string_view typed)
{
	url_parts parts = take_apart(typed);
	std::string text = fmt::format("{}://{}:{}{}", parts.scheme, parts.host, parts.port,
				       decoded(parts.rest));
	std::vector<char> out(KHTTP_PREFIX_PRINT_MAX);

	if (!text.ends_with('/'))
		text += '/';
	khttp_prefix prefix = parse_prefix(text);
	u32 length = khttp_prefix_print(&prefix, out.data(), static_cast<u32>(out.size()));
	return {out.data(), length};
}

namespace {

/* The kernel's offsets into a head are 16 bits wide, and so is this */
constexpr std::size_t url_max = 65535;

void set_host(const url_parts &parts, std::string_view typed, request_url &url)
{
	std::string authority = parts.host + ":" + parts.port;
	std::vector<char> out(KHTTP_HOST_TEXT_MAX);

	if (!khttp_host_parse(authority.data(), static_cast<u32>(authority.size()), &url.host) ||
	    !url.host.port)
		throw usage_error(fmt::format("'{}': '{}' is not a host that a request can name",
					      printable(typed), printable(authority)));
	url.port = url.host.port;
	u32 length = khttp_host_print(&url.host, authority.data(), out.data(),
				      static_cast<u32>(out.size()));
	url.host_text.assign(out.data(), length);
}

void set_path(std::string_view raw, const khttp_limits &limits, request_url &url)
{
	std::string path(raw.empty() ? "/" : raw);
	std::vector<char> out(path.size());
	u32 length = 0;

	url.refused = khttp_path_cook(path.data(), static_cast<u32>(path.size()), &limits,
				      out.data(), static_cast<u32>(out.size()), &length);
	url.path = url.refused == KHTTP_REASON_NONE ? std::string(out.data(), length) : path;
}

} // namespace

request_url parse_request_url(std::string_view typed, const khttp_limits &limits)
{
	request_url url;

	if (typed.size() > url_max)
		throw usage_error("the URL is longer than any request can be");
	url_parts parts = take_apart(typed);
	std::string_view rest = parts.rest;

	url.scheme = parts.scheme == "https" ? KHTTP_SCHEME_HTTPS : KHTTP_SCHEME_HTTP;
	set_host(parts, typed, url);
	set_path(rest.substr(0, rest.find_first_of("?#")), limits, url);
	return url;
}

std::string whole_url(std::string_view typed)
{
	url_parts parts = take_apart(typed);
	std::string rest = parts.rest.substr(0, parts.rest.find('#'));

	if (!rest.starts_with('/'))
		rest.insert(0, "/");
	return fmt::format("{}://{}:{}{}", parts.scheme, parts.host, parts.port, rest);
}

} // namespace khttpctl
