/* SPDX-License-Identifier: MIT */
/* Conditional requests, RFC 9110 section 13. Pure. */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/stat.h>

namespace files {

/* What the client named; several lines of one field are joined with ",". */
struct conditions {
	std::optional<std::string> if_match;
	std::optional<std::string> if_none_match;
	std::optional<std::string> if_modified_since;
	std::optional<std::string> if_unmodified_since;
	std::optional<std::string> if_range;
	std::optional<std::string> range;
};

/* What identifies the state of a representation. */
struct validators {
	std::string etag; /* strong, with its quotes */
	std::optional<std::uint64_t> modified;
};

enum class verdict {
	proceed,
	not_modified, /* 304 */
	failed,	      /* 412 */
};

/*
 * Strong: any write changes size or time, any replacement the inode. Names the
 * file's state in this file system only: replicas of a site give other tags.
 */
std::string etag_of(const struct stat &st);

/* The steps 1 to 4 of section 13.2.2, for GET and HEAD. */
verdict judge(const conditions &asked, const validators &current,
	      std::uint64_t now);

/* Step 5: is a Range field to be looked at? Without If-Range it is. */
bool range_applies(const conditions &asked, const validators &current,
		   std::uint64_t now);

} // namespace files
