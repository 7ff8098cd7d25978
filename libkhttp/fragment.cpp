/* SPDX-License-Identifier: MIT */
/* Pieces of answers that the kernel has by a name, and what to do when it has not. */
#include <khttp/fragment.hpp>

#include <cerrno>
#include <exception>

#include <khttp/async.hpp>
#include <khttp/error.hpp>
#include <khttp/queue.hpp>

#include "engine.hpp"

namespace khttp {

namespace {

constexpr std::chrono::seconds longest_lifetime{31536000}; /* by the ABI */

/* One that its owner keeps until the piece has been taken */
std::shared_ptr<const fragment> lent(const fragment &of) noexcept
{
	return {std::shared_ptr<void>{}, &of};
}

std::error_code keep_now(detail::engine &by, const fragment &of) noexcept
try {
	std::shared_ptr<const std::string> bytes = of.make ? of.make() : nullptr;

	return bytes ? by.keep_bytes(of, *bytes) : detail::code_of(-ENODATA);
} catch (const std::bad_alloc &) {
	return detail::code_of(-ENOMEM);
} catch (...) {
	return detail::code_of(-ENODATA);
}

} // namespace

std::error_code detail::engine::keep_bytes(const fragment &of,
					   std::string_view bytes) noexcept
{
	if (of.lifetime.count() < 0 || of.lifetime > longest_lifetime)
		return misuse::bad_lifetime;
	if (of.name.size() >= KHTTP_PREFIX_MAX || of.tags.size() > KHTTP_FRAGMENT_TAGS_MAX)
		return code_of(-EINVAL);
	khttp_fragment_add ask{
		.name = reinterpret_cast<std::uintptr_t>(of.name.data()),
		.name_len = static_cast<__u32>(of.name.size()),
		.ttl = of.lifetime.count() ? static_cast<__u32>(of.lifetime.count())
					   : KHTTP_TTL_UNTIL_PURGED,
		.addr = reinterpret_cast<std::uintptr_t>(bytes.data()),
		.len = bytes.size(),
		.tags = reinterpret_cast<std::uintptr_t>(of.tags.data()),
		.tags_len = static_cast<__u32>(of.tags.size()),
		.flags = 0,
	};
	long result = device_->call(KHTTP_IOC_FRAGMENT_ADD, &ask);

	return result < 0 ? code_of(result) : std::error_code{};
}

/*
 * That it cannot be kept is no failure of the answer's: it costs the next one as
 * much. But what will never be kept is a mistake that somebody should see.
 */
bool detail::engine::refill(delivery &d) noexcept
try {
	std::shared_ptr<const fragment> of = std::exchange(d.splices, {});

	if (!of || !of->make)
		return false;
	std::shared_ptr<const std::string> bytes = of->make();
	if (!bytes || !d.set_bytes(bytes))
		return false;
	if (!can_splice() || bytes->empty())
		return true;
	std::error_code refused = keep_bytes(*of, *bytes);
	if (refused.category() == misuse_category() || refused.value() == EACCES ||
	    refused.value() == EINVAL)
		report("the fragment " + of->name + " is not kept", refused);
	return true;
} catch (...) {
	return false;
}

std::error_code detail::delivery::set_fragment(std::shared_ptr<const fragment> of,
					       std::uint64_t offset,
					       std::uint64_t length) noexcept
{
	khttp_reply &r = out.reply();

	set_piece({});
	if (length == 0)
		return {};
	if (!of || of->name.empty() || of->name.size() >= KHTTP_PREFIX_MAX)
		return code_of(-EINVAL);
	/* The head's fields have been taken; their place is free. */
	if (at == phase::streaming && !has_trailers)
		out.drop_fields();
	r.body_addr = offset;
	r.body_len = length;
	splices = std::move(of);
	if (!home.can_splice())
		return home.refill(*this) ? std::error_code{} : code_of(-ENODATA);
	return out.set_fragment(splices->name) ? std::error_code{}
					       : misuse::head_too_large;
}

bool detail::delivery::set_bytes(std::shared_ptr<const std::string> all) noexcept
{
	khttp_reply &r = out.reply();

	if (r.body_addr > all->size())
		return false;
	std::string_view part = std::string_view{*all}.substr(r.body_addr);
	if (r.body_len == KHTTP_LENGTH_UNKNOWN)
		r.body_len = part.size();
	if (r.body_len > part.size())
		return false;
	r.body_kind = r.body_len ? KHTTP_BODY_USER : KHTTP_BODY_NONE;
	r.body_addr = reinterpret_cast<std::uintptr_t>(part.data());
	r.fragment = {};
	shared = std::move(all);
	return true;
}

std::error_code response::send_fragment(const fragment &of, std::uint64_t offset,
					std::uint64_t length) noexcept
{
	std::error_code refused = of_->can_answer();

	if (!refused)
		refused = of_->set_fragment(lent(of), offset, length);
	return refused ? refused : detail::commit_piece(*of_);
}

std::error_code response::keep(const fragment &of) noexcept
{
	return keep_now(of_->home, of);
}

async::send_operation async::response::send_fragment(const fragment &of,
						     std::uint64_t offset,
						     std::uint64_t length) noexcept
{
	std::error_code refused = of_->can_answer();

	if (!refused)
		refused = of_->set_fragment(lent(of), offset, length);
	return {of_, refused};
}

std::error_code queue::keep(const fragment &of) noexcept
{
	return keep_now(*engine_, of);
}

std::error_code queue::read_fragment(std::string_view name, std::uint64_t offset,
				     std::span<char> into, std::size_t &got,
				     std::uint64_t &length) noexcept
{
	constexpr std::size_t most = 0x7fffffff; /* by the ABI */
	khttp_fragment_read ask{
		.name = reinterpret_cast<std::uintptr_t>(name.data()),
		.name_len = static_cast<__u32>(
			std::min<std::size_t>(name.size(), KHTTP_PREFIX_MAX)),
		.flags = 0,
		.offset = offset,
		.addr = reinterpret_cast<std::uintptr_t>(into.data()),
		.len = std::min(into.size(), most),
		.length = 0,
	};
	long result = engine_->file().call(KHTTP_IOC_FRAGMENT_READ, &ask);

	got = result < 0 ? 0 : static_cast<std::size_t>(result);
	length = ask.length;
	return result < 0 ? detail::code_of(result) : std::error_code{};
}

} // namespace khttp
