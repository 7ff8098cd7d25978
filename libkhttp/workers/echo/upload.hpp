/* SPDX-License-Identifier: MIT */
/* The request's body, into the report. */
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <system_error>

#include <khttp/async.hpp>

#include "report.hpp"

namespace echo {

/* A body that is to be echoed, not hashed, is held in memory. */
inline constexpr std::uint64_t max_body = std::uint64_t{16} << 20;
/* All of them together. */
inline constexpr std::uint64_t max_held = std::uint64_t{512} << 20;

/* Bytes of the process that echoed bodies may occupy. */
class body_budget {
public:
	bool take(std::uint64_t bytes) noexcept;
	void give(std::uint64_t bytes) noexcept { held_ -= bytes; }

private:
	std::atomic<std::uint64_t> held_{0};
};

/* What was taken from a budget; given back when this ends. */
class held_bytes {
public:
	explicit held_bytes(body_budget &from) noexcept : from_{from} {}
	held_bytes(const held_bytes &) = delete;
	held_bytes &operator=(const held_bytes &) = delete;
	~held_bytes() { from_.give(taken_); }

	bool take(std::uint64_t bytes) noexcept;

private:
	body_budget &from_;
	std::uint64_t taken_ = 0;
};

/* How reading went; status 0: well. */
struct upload_result {
	int status = 0;
	std::string text;
};

/* Base64 of the body, all of which is held. */
khttp::task_of<upload_result> echo_body(khttp::async::request rq, report &out,
					held_bytes &held);

/* SHA-256 and length of a body of any size, of which little is held. */
khttp::task_of<upload_result> digest_body(khttp::async::request rq,
					  report &out);

khttp::task_of<upload_result> echo_trailers(khttp::async::request rq,
					    report &out);

} // namespace echo
