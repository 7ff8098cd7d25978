/* SPDX-License-Identifier: MIT */
/* libcurl's handles, told all that is the same for each request. */
#pragma once

#include <stdexcept>

#include "loop.hpp"

namespace proxy {

/* Throws std::runtime_error. */
easy_handle make_handle(const settings &set);

/* Set one option. Throws std::runtime_error. */
template <typename T> void set_option(CURL *easy, CURLoption option, T value)
{
	const auto code = curl_easy_setopt(easy, option, value);

	if (code != CURLE_OK)
		throw std::runtime_error{curl_easy_strerror(code)};
}

} // namespace proxy
