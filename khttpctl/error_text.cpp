/* SPDX-License-Identifier: MIT */
#include "error_text.hpp"

#include "shown.hpp"

#include <algorithm>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <khttp/request.hpp>

namespace khttpctl {

const char *const error_fields = "#Fields: date time c-ip c-port s-ip s-port cs-version cs-method "
				 "cs-uri sc-status s-reason s-queuename x-request-id";

namespace {

/* One word: blanks become +, and nothing is - */
std::string field(std::string text)
{
	std::ranges::replace(text, ' ', '+');
	return text.empty() ? "-" : text;
}

std::string number(std::uint64_t value)
{
	return value ? fmt::format("{}", value) : "-";
}

/* In UTC, for the machines whose logs are laid side by side */
std::string clock(std::uint64_t ns)
{
	std::time_t seconds = static_cast<std::time_t>(ns / 1000000000);

	return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03}", fmt::gmtime(seconds),
			   ns % 1000000000 / 1000000);
}

std::string version(const khttp::error_record &record)
{
	return record.version ? version_text(record.version) : "-";
}

std::string target(const khttp::error_record &record)
{
	bool cut = record.target_length > record.target.size();

	return field(escaped_bytes(record.target)) + (cut ? "..." : "");
}

} // namespace

std::string escaped_bytes(std::string_view bytes)
{
	std::string out;

	for (char c : bytes) {
		unsigned char byte = static_cast<unsigned char>(c);

		if (byte < 0x20 || byte > 0x7e || byte == '\\')
			out += fmt::format("\\x{:02x}", byte);
		else
			out += c;
	}
	return out;
}

std::string request_id(const khttp::slow_request &r)
{
	return khttp::request_id(r.connection, r.stream);
}

std::string request_id(const khttp::error_record &r)
{
	return r.stream ? khttp::request_id(r.connection, r.stream) : "";
}

std::string error_line(const khttp::error_record &r)
{
	return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {}", clock(r.time_ns),
			   to_string(r.client), r.client.port, to_string(r.local), r.local.port,
			   version(r), field(escaped_bytes(r.method)), target(r),
			   number(r.status), field(escaped_bytes(r.reason)),
			   field(escaped_bytes(r.queue)), field(request_id(r)));
}

std::string lost_line(std::uint64_t lost)
{
	return fmt::format("#Lost: {} record{} here {} overwritten by newer ones", lost,
			   lost == 1 ? "" : "s", lost == 1 ? "was" : "were");
}

} // namespace khttpctl
