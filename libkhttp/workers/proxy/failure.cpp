/* SPDX-License-Identifier: MIT */
#include "failure.hpp"

#include <algorithm>
#include <array>

namespace proxy {

namespace {

struct row {
	CURLcode code;
	int status;
	std::string_view word;
	std::string_view text;
};

constexpr std::array<row, 11> table{{
	{CURLE_COULDNT_RESOLVE_HOST, 502, "dns_error",
	 "the upstream's name is not found"},
	{CURLE_COULDNT_CONNECT, 502, "connection_refused",
	 "no connection to the upstream"},
	{CURLE_OPERATION_TIMEDOUT, 504, "connection_timeout",
	 "no connection to the upstream in time"},
	{CURLE_GOT_NOTHING, 502, "connection_terminated",
	 "the upstream closed the connection without an answer"},
	{CURLE_SEND_ERROR, 502, "connection_terminated",
	 "the upstream broke the connection off"},
	{CURLE_RECV_ERROR, 502, "connection_terminated",
	 "the upstream broke the connection off"},
	{CURLE_PARTIAL_FILE, 502, "http_response_incomplete",
	 "the upstream's answer ended early"},
	/* A request that must not be sent twice, or cannot be. */
	{CURLE_ABORTED_BY_CALLBACK, 502, "connection_terminated",
	 "the upstream closed the connection as the request came"},
	{CURLE_SEND_FAIL_REWIND, 502, "connection_terminated",
	 "the upstream closed the connection as the request came"},
	{CURLE_OUT_OF_MEMORY, 502, "proxy_internal_error",
	 "out of memory"},
	{CURLE_FAILED_INIT, 502, "proxy_internal_error",
	 "the request cannot be sent"},
}};

} // namespace

failure failure_of(CURLcode code, const char *detail)
{
	const auto *found = std::ranges::find(table, code, &row::code);
	const auto why = std::string{*detail ? detail
					     : curl_easy_strerror(code)};

	if (found == table.end())
		return {502, "http_protocol_error",
			"the upstream's answer is malformed", why};
	return {found->status, found->word, found->text, why};
}

failure stalled(bool answer_begun)
{
	return {504, "http_response_timeout",
		answer_begun ? "the upstream's answer stopped coming"
			     : "the upstream does not answer",
		{}};
}

failure malformed(std::string_view problem)
{
	return {502, "http_protocol_error",
		"the upstream's answer cannot be passed on",
		std::string{problem}};
}

} // namespace proxy
