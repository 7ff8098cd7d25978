/* SPDX-License-Identifier: MIT */
/* Fields that end with the connection: RFC 9110 section 7.6.1. Pure. */
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace proxy {

/* What one message says of its connection. */
class hops {
public:
	/* The value of a Connection field; there may be several. */
	void add_connection(std::string_view value);
	/* Does this field stay here? */
	bool drops(std::string_view name) const;

private:
	std::vector<std::string> named_; /* in lower case */
};

} // namespace proxy
