/* SPDX-License-Identifier: MIT */
/* What a group says at its door, for khttp::control: see khttpctl(8). */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace khttp {

/* The body of refusals that the kernel makes with that status */
struct error_page {
	std::uint32_t status = 0;
	std::optional<std::string> body; /* absent: there is no page any more */
	std::string type = {};		 /* empty: HTML in UTF-8 */
};

/* One that there is */
struct error_page_info {
	std::uint32_t status = 0;
	std::string type;
	std::uint32_t length = 0;
};

/* What is absent stays as it is, and so do the pages that are not named */
struct door_settings {
	std::optional<std::string> server; /* the field's value; empty: no field */
	std::vector<error_page> pages;
	std::optional<bool> maintenance; /* everything is answered 503 */
	std::optional<std::uint32_t> retry_after; /* seconds, told then; 0: not */
};

/* Where a prefix redirects to, instead of feeding a queue */
struct redirect {
	std::string to; /* http://host/path/, or https; the rest of the target is added */
	std::uint32_t status = 308;
};

} // namespace khttp
