/* SPDX-License-Identifier: MIT */
#include "condition.hpp"

#include <fmt/format.h>

#include "common/text.hpp"

namespace files {

namespace {

/* Ours are strong, so a weak one never matches strongly (section 8.8.3.2). */
bool matches_strongly(std::string_view list, std::string_view etag)
{
	if (text::trim(list) == "*")
		return true;
	for (auto item : text::list_items(list))
		if (item == etag)
			return true;
	return false;
}

bool matches_weakly(std::string_view list, std::string_view etag)
{
	if (text::trim(list) == "*")
		return true;
	for (auto item : text::list_items(list)) {
		if (item.starts_with("W/"))
			item.remove_prefix(2);
		if (item == etag)
			return true;
	}
	return false;
}

/* A date that cannot be read, or has nothing to be compared with, is void. */
std::optional<std::uint64_t> usable_date(const std::optional<std::string> &date,
					 const validators &current,
					 std::uint64_t now)
{
	if (!date || !current.modified)
		return std::nullopt;
	return text::parse_http_date(*date, now);
}

/* Steps 1 and 2. */
bool may_proceed(const conditions &asked, const validators &current,
		 std::uint64_t now)
{
	if (asked.if_match)
		return matches_strongly(*asked.if_match, current.etag);
	const auto date = usable_date(asked.if_unmodified_since, current, now);

	return !date || *current.modified <= *date;
}

/* Steps 3 and 4. */
bool client_has_it(const conditions &asked, const validators &current,
		   std::uint64_t now)
{
	if (asked.if_none_match)
		return matches_weakly(*asked.if_none_match, current.etag);
	const auto date = usable_date(asked.if_modified_since, current, now);

	return date && *current.modified <= *date;
}

} // namespace

std::string etag_of(const struct stat &st)
{
	return fmt::format("\"{:x}-{:x}-{:x}.{:x}\"", st.st_ino, st.st_size,
			   st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

verdict judge(const conditions &asked, const validators &current,
	      std::uint64_t now)
{
	if (!may_proceed(asked, current, now))
		return verdict::failed;
	if (client_has_it(asked, current, now))
		return verdict::not_modified;
	return verdict::proceed;
}

bool range_applies(const conditions &asked, const validators &current,
		   std::uint64_t now)
{
	if (!asked.if_range)
		return true;
	const auto wanted = text::trim(*asked.if_range);

	if (wanted.starts_with('"') || wanted.starts_with("W/"))
		return wanted == current.etag;
	const auto date = text::parse_http_date(wanted, now);

	/* Exactly equal, and strong only once the second has passed in which
	 * another write could go unnoticed (sections 13.1.5, 8.8.2.2). */
	return date && current.modified && *date == *current.modified &&
	       *current.modified < now;
}

} // namespace files
