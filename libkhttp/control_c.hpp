/* SPDX-License-Identifier: MIT */
/* What the files of control's C face share: no exception passes them. */
#pragma once

#include <khttp/khttp_control.h>

#include <cerrno>
#include <memory>
#include <new>
#include <optional>
#include <system_error>

#include <khttp/control.hpp>
#include <khttp/error.hpp>
#include <khttp/transaction.hpp>

struct khttp_control {
	khttp::control control;
	/* ends before it */
	std::unique_ptr<khttp::transaction> open = nullptr;
};

namespace khttp::detail {

/* Keeps the text for khttp_control_error(); -code */
int failed(int code, const char *text) noexcept;

/* What @work returns, or the errno of what it throws */
template <typename F>
int guarded(F &&work) noexcept
{
	try {
		return work();
	} catch (const std::system_error &failure) {
		return failed(failure.code().value(), failure.what());
	} catch (const std::bad_alloc &) {
		return failed(ENOMEM, "out of memory");
	} catch (const std::exception &failure) {
		return failed(EINVAL, failure.what());
	}
}

template <typename F>
int done(F &&work) noexcept
{
	return guarded([&] {
		work();
		return 0;
	});
}

/* A setting of which any negative value says that it is not given */
template <typename T>
std::optional<T> setting(std::int64_t value)
{
	if (value < 0)
		return std::nullopt;
	if (value > UINT32_MAX)
		throw error(ERANGE, "a setting is above 4294967295");
	return static_cast<T>(value);
}

} // namespace khttp::detail
