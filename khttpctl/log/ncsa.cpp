/* SPDX-License-Identifier: MIT */
/* NCSA common and combined. */
#include <algorithm>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "format.hpp"

namespace khttpctl::access {

namespace {

/* Nothing ends quotes, and nothing is not printable; in a @word nothing is a blank */
std::string escaped(std::string_view text, bool word)
{
	const unsigned char least = word ? '!' : ' ';
	std::string out;

	for (char c : text) {
		const auto byte = static_cast<unsigned char>(c);

		if (c == '"' || c == '\\')
			out += std::string{'\\', c};
		else if (byte < least || byte > 0x7e)
			out += fmt::format("\\x{:02x}", byte);
		else
			out += c;
	}
	return out.empty() ? "-" : out;
}

std::string in_quotes(std::string_view text)
{
	return fmt::format("\"{}\"", escaped(text, false));
}

/* [26/Nov/2026:15:12:14 +0000]: when it came, in local time */
std::string clock(const khttp_log_entry &e)
{
	const std::uint64_t began = e.r.time_ns - std::min(e.r.time_ns, e.r.taken_ns);
	const auto seconds = static_cast<std::time_t>(began / 1000000000);
	std::tm t{};

	localtime_r(&seconds, &t);
	return fmt::format("[{:%d/%b/%Y:%H:%M:%S %z}]", t);
}

std::string request_line(const khttp_log_entry &e)
{
	std::string line{text_of(e, KHTTP_LOG_METHOD)};

	for (std::string part : {std::string{text_of(e, KHTTP_LOG_TARGET)}, version_text(e)})
		if (!part.empty())
			line += (line.empty() ? "" : " ") + part;
	return in_quotes(line);
}

class ncsa final : public format {
public:
	ncsa(surroundings around, bool combined) : format(std::move(around)), combined_(combined) {}

	std::uint32_t texts() const override
	{
		constexpr std::uint32_t common = 1U << KHTTP_LOG_METHOD | 1U << KHTTP_LOG_TARGET |
						 1U << KHTTP_LOG_FIELDS;

		return combined_ ? common | 1U << KHTTP_LOG_REFERER | 1U << KHTTP_LOG_USER_AGENT
				 : common;
	}

	std::string line(const khttp_log_entry &e) override
	{
		const std::string host = address_text(e.r.client);
		std::string out = fmt::format(
			"{} - {} {} {} {} {}", host.empty() ? "-" : host,
			escaped(added_text(e, added_user), true), clock(e), request_line(e),
			e.r.status ? fmt::format("{}", e.r.status) : "-",
			e.r.sent ? fmt::format("{}", e.r.sent) : "-");

		if (combined_)
			out += " " + in_quotes(text_of(e, KHTTP_LOG_REFERER)) + " " +
			       in_quotes(text_of(e, KHTTP_LOG_USER_AGENT));
		return out + '\n';
	}

	/* There are no comments in it */
	std::string lost(std::uint64_t) override { return {}; }

private:
	bool combined_;
};

} // namespace

std::unique_ptr<format> make_ncsa(surroundings around, bool combined)
{
	return std::make_unique<ncsa>(std::move(around), combined);
}

} // namespace khttpctl::access
