/* SPDX-License-Identifier: MIT */
/* A client's request as the upstream gets it. Pure. */
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <khttp/request.hpp>

#include "settings.hpp"

namespace proxy {

struct incoming {
	std::string_view method;
	std::string_view target;
	std::string_view version;
	std::string_view scheme;
	std::string_view authority;
	std::string client; /* address without a port */
	bool sends_body = false;
	bool expects = false; /* the client waits for 100 (Continue) */
	std::vector<khttp::field> fields;
};

/* Twice is as once: RFC 9110 section 9.2.2. */
bool is_idempotent(std::string_view method);

/* The target: origin form or "*", below BASE, which its dot segments do not leave; an
 * encoded slash is no slash here, whatever the server makes of it (RFC 3986 2.2). */
std::string target_of(const incoming &rq, std::string_view base);

/* What is left of Max-Forwards where that counts; 0: it goes no further
 * (RFC 9110 section 7.6.2). */
std::optional<unsigned> forwards_left(const incoming &rq);

/*
 * "Name: value" for each field, in libcurl's form: "Name;" has no value, and
 * "Name:" keeps libcurl from adding its own.
 */
std::vector<std::string> field_lines(const incoming &rq, const settings &set);

/* The same for fields behind the body; what may not stand there is left out. */
std::vector<std::string>
trailer_lines(const std::vector<std::pair<std::string, std::string>> &fields);

} // namespace proxy
