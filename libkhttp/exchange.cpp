/* SPDX-License-Identifier: MIT */
#include <khttp/exchange.hpp>

#include <stdexcept>
#include <utility>

#include "engine.hpp"

namespace khttp {

exchange::exchange() noexcept = default;

exchange::exchange(std::shared_ptr<detail::engine> home,
		   detail::delivery *of) noexcept
	: home_{std::move(home)}, of_{of}
{
}

exchange::exchange(exchange &&other) noexcept
	: home_{std::move(other.home_)}, of_{std::exchange(other.of_, nullptr)}
{
}

exchange &exchange::operator=(exchange &&other) noexcept
{
	if (this != &other) {
		release();
		home_ = std::move(other.home_);
		of_ = std::exchange(other.of_, nullptr);
	}
	return *this;
}

exchange::~exchange()
{
	release();
}

void exchange::release() noexcept
{
	if (of_)
		home_->release(*std::exchange(of_, nullptr));
	home_.reset();
}

detail::delivery *exchange::get() const
{
	if (!of_)
		throw std::logic_error{"khttp::exchange is empty"};
	return of_;
}

const khttp::request &exchange::request() const
{
	return get()->rq;
}

khttp::response &exchange::response()
{
	return get()->rs;
}

} // namespace khttp
