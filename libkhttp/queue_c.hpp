/* SPDX-License-Identifier: MIT */
/* What the files of the data path's C face have in common. */
#pragma once

#include <khttp/khttp.h>

#include <cerrno>
#include <new>
#include <optional>
#include <system_error>

#include <khttp/error.hpp>
#include <khttp/queue.hpp>

struct khttp_queue {
	khttp::queue queue;
};

struct khttp_exchange {
	khttp::exchange exchange;
	std::optional<khttp::upgraded> upgraded;
};

namespace khttp::detail {

inline int result_of(std::error_code error) noexcept
{
	if (!error)
		return 0;
	if (error.category() != misuse_category())
		return -error.value();
	return error == misuse::already_answered ? -EALREADY : -EINVAL;
}

/* WORK gives an error code; bad memory becomes one. */
template <typename F> int guarded(F &&work) noexcept
{
	try {
		return result_of(work());
	} catch (const std::system_error &e) {
		return -e.code().value();
	} catch (const std::bad_alloc &) {
		return -ENOMEM;
	}
}

} // namespace khttp::detail
