/* SPDX-License-Identifier: MIT */
/* Records of the access log as lines of a file. */
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

extern "C" {
#include "http/log_record.h"
}

namespace khttpctl::access {

/* What a record does not say itself */
struct surroundings {
	std::string computer;				 /* name of the machine */
	std::function<std::string(std::uint64_t)> group; /* name by id; empty: unknown */
};

class format {
public:
	explicit format(surroundings around) : around_(std::move(around)) {}
	virtual ~format() = default;

	/* A bit for each text that lines are made of: log_filter::texts */
	[[nodiscard]] virtual std::uint32_t texts() const = 0;
	/* What a file begins with, and what is added to one goes on with */
	[[nodiscard]] virtual std::string header(std::uint64_t now_ns);
	[[nodiscard]] virtual std::string line(const khttp_log_entry &e) = 0;
	/* What comes next may be read without what came before */
	virtual void forget() {}
	/* So many were lost here; empty where the format cannot say it */
	[[nodiscard]] virtual std::string lost(std::uint64_t n) = 0;

protected:
	[[nodiscard]] std::string group_of(const khttp_log_entry &e) const;
	[[nodiscard]] const surroundings &around() const { return around_; }

private:
	surroundings around_;
};

/* W3C extended: a field that the format knows, or x-NAME: what a worker adds as NAME */
struct w3c_field;
struct w3c_column {
	std::string name;
	const w3c_field *known; /* NULL: a worker's */
};
/* "date,time,x-tenant", or "all" that are known; in the order of a line, workers'
 * last. Throws usage_error */
[[nodiscard]] std::vector<w3c_column> parse_w3c_fields(std::string_view text);
extern const char *const w3c_default_fields;

[[nodiscard]] std::unique_ptr<format> make_w3c(surroundings around,
					       std::vector<w3c_column> columns);
/* NCSA common; with referer and user agent: combined */
[[nodiscard]] std::unique_ptr<format> make_ncsa(surroundings around, bool combined);
[[nodiscard]] std::unique_ptr<format> make_json(surroundings around);
/* Records as the kernel has them, and the names of groups, which they have not */
[[nodiscard]] std::unique_ptr<format> make_binary(surroundings around);

/* A group's name in a binary log: struct khttp_log_lost with the id, then the name */
constexpr std::uint16_t type_group_name = 0x8000;

[[nodiscard]] inline std::string_view text_of(const khttp_log_entry &e, khttp_log_text which)
{
	return {e.text[which].ptr ? e.text[which].ptr : "", e.text[which].len};
}

/* What its worker added, in its order */
struct added_field {
	std::string_view name;
	std::string_view value;
};
[[nodiscard]] std::vector<added_field> added_fields(const khttp_log_entry &e);
/* The first of that name; empty: there is none */
[[nodiscard]] std::string_view added_text(const khttp_log_entry &e, std::string_view name);
/* Of these names the formats know what they mean */
constexpr std::string_view added_user = "cs-username";
constexpr std::string_view added_substatus = "sc-substatus";
constexpr std::string_view added_win32_status = "sc-win32-status";

[[nodiscard]] std::string address_text(const khttp_endpoint &endpoint);
/* "HTTP/1.1"; empty: unknown */
[[nodiscard]] std::string version_text(const khttp_log_entry &e);
/* "hit", "coalesced"; empty: it is not what was stored */
[[nodiscard]] std::string_view cache_text(const khttp_log_entry &e);

} // namespace khttpctl::access
