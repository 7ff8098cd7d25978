/* SPDX-License-Identifier: MIT */
#include <khttp/error.hpp>

#include <unistd.h>

#include <khttp/fd.hpp>
#include <khttp/version.hpp>

namespace khttp {

namespace {

class misuse_texts final : public std::error_category {
public:
	const char *name() const noexcept override { return "khttp"; }
	std::string message(int value) const override;
};

std::string misuse_texts::message(int value) const
{
	switch (static_cast<misuse>(value)) {
	case misuse::already_answered:
		return "the request has been answered already";
	case misuse::head_sent:
		return "the response's head has been sent already";
	case misuse::bad_status:
		return "a response's status is 200 to 599";
	case misuse::bad_field:
		return "a field that HTTP or the kernel's framing forbids";
	case misuse::head_too_large:
		return "the response's fields do not fit the reply area";
	case misuse::bad_flow:
		return "a rate, peak or burst that cannot be kept";
	case misuse::bad_lifetime:
		return "a cache lifetime is 1 second to 365 days";
	case misuse::not_streaming:
		return "no stream has begun";
	case misuse::body_too_large:
		return "the request's body is over the limit";
	case misuse::empty_handle:
		return "the exchange is empty";
	case misuse::not_offered:
		return "the request does not offer this protocol";
	case misuse::stream_ended:
		return "the end of what is sent was told already";
	}
	return "unknown error";
}

} // namespace

error::error(std::error_code code, std::string text)
	: std::system_error{code}, text_{std::move(text)}
{
}

error::error(int errno_value, std::string text)
	: error{{errno_value, std::generic_category()}, std::move(text)}
{
}

error::~error() = default;

const char *error::what() const noexcept
{
	return text_.c_str();
}

const std::error_category &misuse_category() noexcept
{
	static const misuse_texts category;

	return category;
}

void unique_fd::reset(int fd) noexcept
{
	int old = std::exchange(fd_, fd);

	if (old >= 0)
		close(old);
}

const char *version() noexcept
{
	return KHTTP_VERSION_STRING;
}

} // namespace khttp
