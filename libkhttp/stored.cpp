/* SPDX-License-Identifier: MIT */
/* The words for what became of an answer in the cache: those of the kernel's own
 * statistics and of Cache-Status. */
#include "stored.hpp"

#include <iterator>

namespace khttp::detail {

namespace {

constexpr std::string_view words[] = {
	"", "filling", "yes",
	/* the request: */
	"method", "request-body", "authorization", "range", "condition", "expect",
	"upgrade", "target", "delegated",
	/* the answer: */
	"not-asked", "ttl", "status", "vary", "tags", "never", "no-store", "private", "no-cache",
	"must-understand", "no-lifetime", "stale", "set-cookie", "partial", "size",
	"budget", "aborted", "purged", "share", "memory",
	/* the request again: */
	"spelling",
};

} // namespace

std::string_view stored_word(std::uint8_t what) noexcept
{
	/* A kernel that is newer than this library has its reasons, too. */
	return what < std::size(words) ? words[what] : "other";
}

} // namespace khttp::detail
