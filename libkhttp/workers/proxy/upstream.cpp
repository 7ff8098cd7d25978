/* SPDX-License-Identifier: MIT */
#include "upstream.hpp"

#include <algorithm>
#include <stdexcept>

#include "common/text.hpp"

namespace proxy {

namespace {

constexpr std::string_view unix_scheme = "unix:";
constexpr std::string_view http_scheme = "http://";
constexpr std::size_t longest_socket = 107; /* sockaddr_un */

[[noreturn]] void refuse(const std::string &why)
{
	throw std::invalid_argument{why + "; expected HOST:PORT, "
					  "http://HOST[:PORT][/BASE] or "
					  "unix:/PATH"};
}

/* What a URL may have there without being taken for another part of it. */
bool is_plain(std::string_view text)
{
	return std::ranges::all_of(text, [](char c) {
		return c > ' ' && c < 0x7f &&
		       std::string_view{"@?#\\\"<>^`{|}"}.find(c) ==
			       std::string_view::npos;
	});
}

bool is_port(std::string_view digits)
{
	const auto port = text::number(digits);

	return port && *port >= 1 && *port <= 65535;
}

/* NAME, 192.0.2.1 or [2001:db8::1]; the rest of TEXT, "" or ":80". */
std::string_view after_host(std::string_view text)
{
	if (!text.starts_with('['))
		return text.substr(std::min(text.find(':'), text.size()));
	const auto end = text.find(']');

	if (end == std::string_view::npos || end < 2)
		refuse("the address in brackets has no end");
	return text.substr(end + 1);
}

void check_authority(std::string_view text, bool needs_port)
{
	const auto rest = after_host(text);

	if (rest.size() == text.size() || !is_plain(text))
		refuse("'" + std::string{text} + "' names no host");
	if (rest.empty() ? needs_port
			 : rest.front() != ':' || !is_port(rest.substr(1)))
		refuse("'" + std::string{text} + "' has no port from 1 to 65535");
}

upstream of_socket(std::string_view path)
{
	if (!path.starts_with('/'))
		refuse("the path of a unix socket begins with /");
	if (path.size() > longest_socket)
		refuse("the path of a unix socket has 107 bytes at most");
	return {"localhost", std::string{path}, ""};
}

} // namespace

upstream parse_upstream(std::string_view text)
{
	if (text.starts_with(unix_scheme))
		return of_socket(text.substr(unix_scheme.size()));
	if (text.starts_with("https://"))
		refuse("TLS to the upstream is not spoken");

	const bool is_url = text.starts_with(http_scheme);

	if (is_url)
		text.remove_prefix(http_scheme.size());
	auto base = text.substr(std::min(text.find('/'), text.size()));
	const auto authority = text.substr(0, text.size() - base.size());

	check_authority(authority, !is_url);
	if (!base.empty() && (!is_url || !is_plain(base)))
		refuse("'" + std::string{base} + "' is no path");
	while (base.ends_with('/'))
		base.remove_suffix(1);
	return {std::string{authority}, "", std::string{base}};
}

} // namespace proxy
