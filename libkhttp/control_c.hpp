/* SPDX-License-Identifier: MIT */
/* What the files of control's C face have in common: no exception passes them. */
#pragma once

#include <cerrno>
#include <new>
#include <system_error>

#include <khttp/control.hpp>
#include <khttp/error.hpp>
#include <khttp/khttp_control.h>

struct khttp_control {
	khttp::control control;
};

namespace khttp::detail {

/* Keeps the text for khttp_control_error(); returns -CODE */
int control_failed(int code, const char *text) noexcept;

/* What @work returns, or the errno of what it throws */
template <typename F>
int guarded(F &&work) noexcept
{
	try {
		return work();
	} catch (const std::system_error &failure) {
		return control_failed(failure.code().value(), failure.what());
	} catch (const std::bad_alloc &) {
		return control_failed(ENOMEM, "out of memory");
	} catch (const std::exception &failure) {
		return control_failed(EINVAL, failure.what());
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

} // namespace khttp::detail
