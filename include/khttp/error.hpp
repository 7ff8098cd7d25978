/* SPDX-License-Identifier: MIT */
/*
 * Errors. Set-up and control throw khttp::error, whose text says what to do
 * next. On the request path nothing throws: results carry a std::error_code,
 * either an errno (std::generic_category) or a khttp::misuse.
 */
#pragma once

#include <functional>
#include <string>
#include <system_error>

#include <khttp/export.hpp>

namespace khttp {

class KHTTP_EXPORT error : public std::system_error {
public:
	/* what() is exactly TEXT; code() is for programs. */
	error(std::error_code code, std::string text);
	error(int errno_value, std::string text);
	~error() override;

	const char *what() const noexcept override;

private:
	std::string text_;
};

/* What went wrong outside any caller's view; for a log. */
struct failure {
	std::string what;      /* one sentence */
	std::error_code error; /* empty: an exception of the handler */
};

using failure_handler = std::function<void(const failure &)>;

/* The caller's own mistakes, as error codes of category "khttp". */
enum class misuse {
	already_answered = 1, /* a final answer was given before */
	head_sent,	      /* status or field after the first piece */
	bad_status,	      /* status outside 200 to 599 */
	bad_field,	      /* name or value holds what HTTP forbids */
	head_too_large,	      /* fields do not fit the slot's reply area */
	bad_lifetime,	      /* cache_for() outside 1 s to one year */
	not_streaming,	      /* finish() or trailer() without send() */
	body_too_large,	      /* request body over the limit given */
	empty_handle,	      /* the exchange was moved from or is over */
	not_offered,	      /* upgrade() to what the request does not offer */
	stream_ended,	      /* send() after end() */
	bad_flow,	      /* flow_rate::mistake() says why */
};

KHTTP_EXPORT const std::error_category &misuse_category() noexcept;

inline std::error_code make_error_code(misuse value) noexcept
{
	return {static_cast<int>(value), misuse_category()};
}

} // namespace khttp

template <> struct std::is_error_code_enum<khttp::misuse> : std::true_type {};
