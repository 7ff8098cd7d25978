/* SPDX-License-Identifier: MIT */
/* Answers of workers that only show something. */
#pragma once

#include <string>

#include <khttp/request.hpp>
#include <khttp/response.hpp>

namespace worker {

/* TEXT ends the answer; to HEAD it is only announced. */
void reply(khttp::response &rs, const khttp::request &rq, std::string text);

/* STATUS, and why as plain text. */
void refuse(khttp::response &rs, const khttp::request &rq, int status, std::string text);

/* GET or HEAD; else it has been refused with 405. */
[[nodiscard]] bool only_reads(khttp::response &rs, const khttp::request &rq);

} // namespace worker
