/* SPDX-License-Identifier: MIT */
#pragma once

#include <memory>

#include <khttp/export.hpp>
#include <khttp/request.hpp>
#include <khttp/response.hpp>

namespace khttp {

namespace detail {
class engine;
}

namespace async {
class request;
class response;
}

/*
 * A request in hand and its response, owned: from queue::next(), or from
 * response::later(). Move-only; may be used from any thread, by one at a time.
 * Destroying it unanswered answers 500; in the middle of a stream it closes
 * the client's connection, so that nobody takes a part for the whole.
 */
class KHTTP_EXPORT exchange {
public:
	exchange() noexcept;
	exchange(exchange &&other) noexcept;
	exchange &operator=(exchange &&other) noexcept;
	~exchange();

	explicit operator bool() const noexcept { return of_ != nullptr; }

	/* Throw std::logic_error on an empty handle. */
	const khttp::request &request() const;
	khttp::response &response();

private:
	friend class detail::engine;
	friend class async::request;
	friend class async::response;
	exchange(std::shared_ptr<detail::engine> home,
		 detail::delivery *of) noexcept;
	void release() noexcept;
	detail::delivery *get() const;

	/* Keeps the shared memory mapped while the handle lives. */
	std::shared_ptr<detail::engine> home_;
	detail::delivery *of_ = nullptr;
};

} // namespace khttp
