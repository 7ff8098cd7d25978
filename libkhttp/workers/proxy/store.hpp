/* SPDX-License-Identifier: MIT */
/* What of the upstream's answers the kernel keeps. */
#pragma once

#include <vector>

#include <khttp/request.hpp>
#include <khttp/response.hpp>

#include "answer_head.hpp"
#include "settings.hpp"

namespace proxy {

void set_caching(const khttp::request &rq, khttp::response &rs,
		 const answer_head &head, const std::vector<answer_field> &fields,
		 const settings &set);

} // namespace proxy
