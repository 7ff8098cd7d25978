/* SPDX-License-Identifier: MIT */
/*
 * The JSON answer, written from front to back so that a large body is held
 * once. Pure.
 */
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace echo {

using field_pair = std::pair<std::string_view, std::string_view>;

/* Everything in front of the body. */
struct head {
	std::string_view method;
	std::string_view target;
	std::string_view path;
	std::string_view query;
	std::string_view version;
	std::vector<field_pair> fields;
};

class report {
public:
	explicit report(const head &of);

	/* Base64 of bytes that come in pieces, between begin and end. */
	void begin_body();
	void add_body(std::string_view piece);
	void end_body();
	/* Instead of these: only its digest, in lower-case hexadecimal. */
	void body_digest(std::string_view sha256, std::uint64_t length);

	void trailers(const std::vector<field_pair> &fields);
	void worker_pid(long pid);
	void ends(std::string_view client, std::string_view peer,
		  std::string_view local, std::string_view id);
	/* The text in front of the pad's bytes; pad_end follows them. */
	void begin_pad();

	/* What was written so far; end or pad_end is still to come. */
	std::string take() && { return std::move(out_); }

	static constexpr std::string_view end = "}\n";
	static constexpr std::string_view pad_end = "\"}\n";

private:
	void name(std::string_view name);

	std::string out_;
	std::string rest_; /* 0 to 2 bytes that do not fill a group */
};

/*
 * Bytes as text for JSON: UTF-8 as it is, anything else byte by byte as
 * Latin-1, which is what HTTP fields were once defined to be.
 */
std::string json_text(std::string_view bytes);

/* {"error":...,"status":...} */
std::string error_report(int status, std::string_view text);

} // namespace echo
