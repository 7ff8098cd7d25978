/* SPDX-License-Identifier: MIT */
#include "registration.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <linux/khttp.h>

#include <khttp/control.hpp>
#include <khttp/error.hpp>

#include "device.hpp"

namespace khttp {

struct registration::impl {
	std::unique_ptr<detail::device> file;
	std::string queue;
};

namespace {

/* Who may bind it is asked of the control interface, which may not be there */
std::string more_about(std::string_view url)
{
	try {
		control ctl;
		std::string text = who_may_bind(ctl, url);

		return text.empty() ? text : ": " + text;
	} catch (const error &) {
		return {};
	}
}

std::string register_advice(int code, std::string_view url, const char *why)
{
	std::string text = "cannot bind " + std::string(url) + ": ";

	text += *why ? why : std::strerror(code);
	return code == EPERM ? text + more_about(url) : text;
}

void bind(detail::device &file, std::string &queue, std::string_view url, std::uint64_t context)
{
	std::array<char, KHTTP_REGISTER_TEXT_MAX> why{};
	khttp_register ask{};

	if (queue.size() >= sizeof(ask.queue))
		throw error(EINVAL, "a queue's name has 1 to " +
					    std::to_string(sizeof(ask.queue) - 1) + " characters");
	queue.copy(ask.queue, queue.size());
	ask.context = context;
	ask.url = reinterpret_cast<std::uintptr_t>(url.data());
	ask.url_len = static_cast<std::uint32_t>(url.size());
	ask.text = reinterpret_cast<std::uintptr_t>(why.data());
	long result = file.call(KHTTP_IOC_REGISTER, &ask);
	if (result < 0) {
		int code = static_cast<int>(-result);

		why.back() = '\0';
		throw error(code, register_advice(code, url, why.data()));
	}
	queue.assign(ask.queue, strnlen(ask.queue, sizeof(ask.queue)));
}

} // namespace

registration::registration(std::string_view url, std::string_view queue, std::uint64_t context)
	: impl_(std::make_unique<impl>(impl{detail::open_device({}), std::string(queue)}))
{
	bind(*impl_->file, impl_->queue, url, context);
}

registration::registration(registration &&) noexcept = default;
registration &registration::operator=(registration &&) noexcept = default;
registration::~registration() = default;

void registration::add(std::string_view url, std::uint64_t context)
{
	bind(*impl_->file, impl_->queue, url, context);
}

const std::string &registration::queue() const noexcept
{
	return impl_->queue;
}

std::optional<registration> detail::bind_urls(const options &wanted, const std::string &socket)
{
	std::optional<registration> bound;

	if (!socket.empty())
		return bound;
	for (const std::string &url : wanted.urls)
		if (bound)
			bound->add(url);
		else
			bound.emplace(url, wanted.queue);
	return bound;
}

} // namespace khttp
