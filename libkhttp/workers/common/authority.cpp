/* SPDX-License-Identifier: MIT */
#include "authority.hpp"

#include <arpa/inet.h>

#include "common/text.hpp"

namespace worker {

std::string host_of(std::string_view authority)
{
	if (authority.starts_with('['))
		return std::string{authority.substr(0, authority.find(']') + 1)};
	return std::string{authority.substr(0, authority.find(':'))};
}

std::string host_of_prefix(std::string_view prefix)
{
	constexpr std::string_view start = "://";

	prefix.remove_prefix(prefix.find(start) + start.size());
	return host_of(prefix.substr(0, prefix.find('/')));
}

bool is_address(const std::string &host)
{
	in_addr address;

	return host.starts_with('[') || inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_loopback(const std::string &host)
{
	return host == "[::1]" || (host.starts_with("127.") && is_address(host));
}

bool called_by_address(std::string_view authority)
{
	const std::string host = host_of(authority);

	return authority.empty() || is_address(host) || text::equals_fold(host, "localhost");
}

} // namespace worker
