/* SPDX-License-Identifier: MIT */
/* W3C extended log format: one word for each field, and a header that names them. */
#include <algorithm>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <khttp/request.hpp>

#include "../command.hpp"
#include "../text.hpp"
#include "format.hpp"

extern "C" {
#include "http/field.h"
}

namespace khttpctl::access {

const char *const w3c_default_fields =
	"date,time,s-ip,cs-method,cs-uri-stem,cs-uri-query,s-port,cs-username,c-ip,"
	"cs(User-Agent),cs(Referer),sc-status,sc-substatus,sc-win32-status,time-taken";

/* What a field is made of */
struct w3c_source {
	const khttp_log_entry &e;
	const surroundings &around;
};

struct w3c_field {
	const char *name;
	std::uint32_t texts; /* that it needs */
	std::string (*value)(const w3c_source &from);
};

namespace {

constexpr std::uint32_t bit(khttp_log_text which)
{
	return 1U << which;
}

/*
 * One word: blanks and what cannot be printed are +, nothing is -. Bytes beyond ASCII
 * are %XX: whatever a client sent, a line is a line on every terminal.
 */
std::string word(std::string_view text)
{
	std::string out;

	for (char c : text) {
		const auto byte = static_cast<unsigned char>(c);

		if (byte >= 0x80)
			out += fmt::format("%{:02X}", byte);
		else
			out += byte <= ' ' || byte == 0x7f ? '+' : c;
	}
	return out.empty() ? "-" : out;
}

std::string number(std::uint64_t value)
{
	return fmt::format("{}", value);
}

template <khttp_log_text which> std::string text(const w3c_source &from)
{
	return word(text_of(from.e, which));
}

/* What a worker says of the answer, where it says it */
std::string added_number(const w3c_source &from, std::string_view name)
{
	const std::string_view value = added_text(from.e, name);

	return value.empty() ? "0" : word(value);
}

std::tm utc(const w3c_source &from)
{
	return fmt::gmtime(static_cast<std::time_t>(from.e.r.time_ns / 1000000000));
}

std::string stem(const w3c_source &from)
{
	const std::string_view target = text_of(from.e, KHTTP_LOG_TARGET);

	return word(target.substr(0, target.find('?')));
}

std::string query(const w3c_source &from)
{
	const std::string_view target = text_of(from.e, KHTTP_LOG_TARGET);
	const std::size_t at = target.find('?');

	return word(at == std::string_view::npos ? std::string_view{} : target.substr(at + 1));
}

std::string group(const w3c_source &from)
{
	return word(from.e.r.group && from.around.group ? from.around.group(from.e.r.group) : "");
}

std::string cache(const w3c_source &from)
{
	return word(cache_text(from.e));
}

/* In the order of a line. Behind streamid stand our own. */
constexpr w3c_field table_of_fields[] = {
	{"date", 0, [](const w3c_source &s) { return fmt::format("{:%Y-%m-%d}", utc(s)); }},
	{"time", 0, [](const w3c_source &s) { return fmt::format("{:%H:%M:%S}", utc(s)); }},
	{"s-sitename", 0, group},
	{"s-computername", 0, [](const w3c_source &s) { return word(s.around.computer); }},
	{"s-ip", 0, [](const w3c_source &s) { return word(address_text(s.e.r.local)); }},
	{"cs-method", bit(KHTTP_LOG_METHOD), text<KHTTP_LOG_METHOD>},
	{"cs-uri-stem", bit(KHTTP_LOG_TARGET), stem},
	{"cs-uri-query", bit(KHTTP_LOG_TARGET), query},
	{"s-port", 0, [](const w3c_source &s) { return number(s.e.r.local.port); }},
	{"cs-username", bit(KHTTP_LOG_FIELDS),
	 [](const w3c_source &s) { return word(added_text(s.e, added_user)); }},
	{"c-ip", 0, [](const w3c_source &s) { return word(address_text(s.e.r.client)); }},
	{"cs-version", 0, [](const w3c_source &s) { return word(version_text(s.e)); }},
	{"cs(User-Agent)", bit(KHTTP_LOG_USER_AGENT), text<KHTTP_LOG_USER_AGENT>},
	{"cs(Cookie)", bit(KHTTP_LOG_COOKIE), text<KHTTP_LOG_COOKIE>},
	{"cs(Referer)", bit(KHTTP_LOG_REFERER), text<KHTTP_LOG_REFERER>},
	{"cs-host", bit(KHTTP_LOG_HOST), text<KHTTP_LOG_HOST>},
	{"sc-status", 0, [](const w3c_source &s) { return number(s.e.r.status); }},
	{"sc-substatus", bit(KHTTP_LOG_FIELDS),
	 [](const w3c_source &s) { return added_number(s, added_substatus); }},
	{"sc-win32-status", bit(KHTTP_LOG_FIELDS),
	 [](const w3c_source &s) { return added_number(s, added_win32_status); }},
	{"sc-bytes", 0, [](const w3c_source &s) { return number(s.e.r.sent); }},
	{"cs-bytes", 0, [](const w3c_source &s) { return number(s.e.r.received); }},
	{"time-taken", 0, [](const w3c_source &s) { return number(s.e.r.taken_ns / 1000000); }},
	{"streamid", 0, [](const w3c_source &s) { return number(s.e.r.stream); }},
	{"x-connection", 0, [](const w3c_source &s) { return number(s.e.r.connection); }},
	{"s-reason", bit(KHTTP_LOG_REASON), text<KHTTP_LOG_REASON>},
	{"s-queuename", bit(KHTTP_LOG_QUEUE), text<KHTTP_LOG_QUEUE>},
	{"x-cache", 0, cache},
	{"c-port", 0, [](const w3c_source &s) { return number(s.e.r.client.port); }},
	{"x-request-id", 0,
	 [](const w3c_source &s) { return khttp::request_id(s.e.r.connection, s.e.r.stream); }},
	{"x-trace-id", bit(KHTTP_LOG_TRACE_ID), text<KHTTP_LOG_TRACE_ID>},
};

constexpr std::string_view added_prefix = "x-";

/* "x-tenant" */
bool is_added(std::string_view name)
{
	return name.starts_with(added_prefix) &&
	       khttp_token_ok(name.data() + added_prefix.size(),
			      static_cast<u32>(name.size() - added_prefix.size()));
}

std::string value_of(const w3c_column &column, const w3c_source &from)
{
	if (column.known)
		return column.known->value(from);
	return word(added_text(from.e, std::string_view{column.name}.substr(added_prefix.size())));
}

class w3c final : public format {
public:
	w3c(surroundings around, std::vector<w3c_column> columns)
		: format(std::move(around)), columns_(std::move(columns))
	{
	}

	std::uint32_t texts() const override
	{
		std::uint32_t all = 0;

		for (const w3c_column &column : columns_)
			all |= column.known ? column.known->texts : bit(KHTTP_LOG_FIELDS);
		return all;
	}

	std::string header(std::uint64_t now_ns) override
	{
		const auto now = static_cast<std::time_t>(now_ns / 1000000000);
		std::string names;

		for (const w3c_column &column : columns_)
			names += " " + column.name;
		return fmt::format("#Software: khttp\n#Version: 1.0\n#Date: {:%Y-%m-%d %H:%M:%S}\n"
				   "#Fields:{}\n",
				   fmt::gmtime(now), names);
	}

	std::string line(const khttp_log_entry &e) override
	{
		const w3c_source from{e, around()};
		std::string out;

		for (const w3c_column &column : columns_)
			out += (out.empty() ? "" : " ") + value_of(column, from);
		/* A method may begin with it, and a request is no comment */
		if (out.starts_with('#'))
			out.replace(0, 1, "%23");
		return out + '\n';
	}

	/* To readers of the format a comment */
	std::string lost(std::uint64_t n) override { return fmt::format("#Lost: {}\n", n); }

private:
	std::vector<w3c_column> columns_;
};

} // namespace

std::vector<w3c_column> parse_w3c_fields(std::string_view text)
{
	std::vector<std::string> known, wanted = split(text, ',');
	std::vector<w3c_column> columns;

	for (const w3c_field &field : table_of_fields) {
		known.emplace_back(field.name);
		if (text == "all" || std::ranges::find(wanted, field.name) != wanted.end())
			columns.push_back({field.name, &field});
	}
	if (text == "all")
		return columns;
	for (const std::string &name : wanted) {
		if (std::ranges::find(known, name) != known.end())
			continue;
		if (!is_added(name))
			throw usage_error(fmt::format("'{}' is no field; there are {}, and x-NAME "
						      "for what a worker adds as NAME",
						      printable(name), join(known, ", ")));
		columns.push_back({name, nullptr});
	}
	return columns;
}

std::unique_ptr<format> make_w3c(surroundings around, std::vector<w3c_column> columns)
{
	return std::make_unique<w3c>(std::move(around), std::move(columns));
}

} // namespace khttpctl::access
