/* SPDX-License-Identifier: MIT */
#include <khttp/response.hpp>

#include <algorithm>
#include <cerrno>

#include <fcntl.h>

#include <khttp/error.hpp>
#include <khttp/exchange.hpp>

#include "engine.hpp"

namespace khttp {

using detail::code_of;
using detail::delivery;
using detail::phase;

namespace {

constexpr std::chrono::seconds longest_lifetime{31536000}; /* by the ABI */

/* One of the three ways at most */
void set_caching(khttp_reply &reply, std::uint32_t way, std::uint32_t ttl) noexcept
{
	reply.flags &= ~(KHTTP_REPLY_CACHE | KHTTP_REPLY_CACHE_AUTO | KHTTP_REPLY_CACHE_NEVER);
	reply.flags |= way;
	reply.ttl = ttl;
}

std::string_view text_of(std::span<const std::byte> bytes) noexcept
{
	return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

/* The reply is filled: give it to the kernel as the last of this answer. A
 * mistake in the head is answered 500 and told to the caller. */
std::error_code answer(delivery &d)
{
	std::error_code mistake = d.at == phase::open ? d.mistake
						      : std::error_code{};

	if (mistake) {
		d.home.report_refusal(d, mistake);
		d.set_plain(500);
	} else {
		d.set_end();
	}
	d.at = phase::answered;
	d.home.commit(d);
	return mistake;
}

} // namespace

std::error_code detail::commit_piece(delivery &d) noexcept
{
	if (d.at == phase::open && d.mistake)
		return d.mistake;

	bool last = !d.more_follows();
	long result = d.home.commit_wait(d);
	d.note_piece(result, last);
	if (result < 0)
		return code_of(result);
	return last ? d.mistake : std::error_code{};
}

response &response::status(int code) noexcept
{
	std::error_code refused = of_->can_change_head();

	if (!refused && (code < 200 || code > 599))
		refused = misuse::bad_status;
	if (refused)
		of_->remember(refused);
	else
		of_->out.reply().status = static_cast<std::uint16_t>(code);
	return *this;
}

response &response::header(std::string_view name,
			   std::string_view value) noexcept
{
	std::error_code refused = of_->can_change_head();

	if (!refused)
		refused = of_->out.add_field(name, value);
	of_->remember(refused);
	return *this;
}

response &response::cache_for(std::chrono::seconds lifetime) noexcept
{
	std::error_code refused = of_->can_change_head();

	if (!refused && (lifetime.count() < 1 || lifetime > longest_lifetime))
		refused = misuse::bad_lifetime;
	of_->remember(refused);
	if (refused)
		return *this;
	set_caching(of_->out.reply(), KHTTP_REPLY_CACHE,
		    static_cast<std::uint32_t>(lifetime.count()));
	return *this;
}

response &response::cache_until_purged() noexcept
{
	std::error_code refused = of_->can_change_head();

	of_->remember(refused);
	if (!refused)
		set_caching(of_->out.reply(), KHTTP_REPLY_CACHE,
			    KHTTP_TTL_UNTIL_PURGED);
	return *this;
}

response &response::cache_auto() noexcept
{
	std::error_code refused = of_->can_change_head();

	of_->remember(refused);
	if (!refused)
		set_caching(of_->out.reply(), KHTTP_REPLY_CACHE_AUTO, 0);
	return *this;
}

response &response::cache_never() noexcept
{
	std::error_code refused = of_->can_change_head();

	of_->remember(refused);
	if (!refused)
		set_caching(of_->out.reply(), KHTTP_REPLY_CACHE_NEVER, 0);
	return *this;
}

response &response::tell_stored() noexcept
{
	std::error_code refused = of_->can_change_head();

	of_->remember(refused);
	if (!refused && of_->home.can_tell_stored()) {
		of_->out.reply().flags |= KHTTP_REPLY_TELL;
		of_->tells = true;
	}
	return *this;
}

response &response::close() noexcept
{
	std::error_code refused = of_->can_change_head();

	of_->remember(refused);
	if (!refused)
		of_->out.reply().flags |= KHTTP_REPLY_CLOSE;
	return *this;
}

std::error_code response::log(std::string_view name, std::string_view value) noexcept
{
	std::error_code refused = of_->can_answer();

	if (refused)
		return refused;
	if (!of_->home.can_add_to_log())
		return std::make_error_code(std::errc::operation_not_supported);
	return of_->out.add_to_log(name, value);
}

response &response::length(std::uint64_t bytes) noexcept
{
	std::error_code refused = of_->can_change_head();

	of_->remember(refused);
	if (refused)
		return *this;
	of_->out.reply().flags |= KHTTP_REPLY_LENGTH;
	of_->out.reply().content_length = bytes;
	return *this;
}

std::error_code response::body(std::string_view bytes)
{
	std::error_code refused = of_->can_answer();

	if (refused)
		return refused;
	of_->set_piece({});
	if (!bytes.empty() && !of_->out.set_inline_body(bytes)) {
		of_->bytes.assign(bytes);
		of_->set_piece(of_->bytes);
	}
	return answer(*of_);
}

std::error_code response::body(std::span<const std::byte> bytes)
{
	return body(text_of(bytes));
}

std::error_code response::body(std::string &&bytes)
{
	std::error_code refused = of_->can_answer();

	if (refused)
		return refused;
	of_->bytes = std::move(bytes);
	of_->set_piece(of_->bytes);
	return answer(*of_);
}

std::error_code response::body(std::shared_ptr<const std::string> bytes)
{
	std::error_code refused = of_->can_answer();

	if (refused)
		return refused;
	of_->shared = std::move(bytes);
	of_->set_piece(of_->shared ? std::string_view{*of_->shared}
				   : std::string_view{});
	return answer(*of_);
}

std::error_code response::body()
{
	return body(std::string_view{});
}

std::error_code response::file(int fd, std::uint64_t offset,
			       std::uint64_t length)
{
	unique_fd own{fcntl(fd, F_DUPFD_CLOEXEC, 0)};

	if (!own)
		return {errno, std::generic_category()};
	return file(std::move(own), offset, length);
}

std::error_code response::file(unique_fd fd, std::uint64_t offset,
			       std::uint64_t length)
{
	std::error_code refused = of_->can_answer();

	if (refused)
		return refused;
	of_->file = std::move(fd);
	of_->set_file(of_->file.get(), offset, length);
	return answer(*of_);
}

std::error_code response::body(std::shared_ptr<const fragment> of,
			       std::uint64_t offset, std::uint64_t length)
{
	std::error_code refused = of_->can_answer();

	if (!refused)
		refused = of_->set_fragment(std::move(of), offset, length);
	return refused ? refused : answer(*of_);
}

std::error_code response::send(std::string_view piece) noexcept
{
	std::error_code refused = of_->can_answer();

	if (refused)
		return refused;
	of_->set_piece(piece);
	return commit_piece(*of_);
}

std::error_code response::send(std::span<const std::byte> piece) noexcept
{
	return send(text_of(piece));
}

std::error_code response::send_file(int fd, std::uint64_t offset,
				    std::uint64_t length) noexcept
{
	std::error_code refused = of_->can_answer();

	if (refused)
		return refused;
	of_->set_file(fd, offset, length);
	return commit_piece(*of_);
}

response &response::trailer(std::string_view name,
			    std::string_view value) noexcept
{
	of_->remember(of_->add_trailer(name, value));
	return *this;
}

std::error_code response::finish() noexcept
{
	std::error_code refused = of_->can_finish();

	if (refused)
		return refused;
	of_->set_piece({});
	of_->set_end();
	return commit_piece(*of_);
}

std::error_code response::delegate(std::string_view queue) noexcept
{
	std::error_code refused = of_->can_answer();

	if (!refused && of_->at == phase::streaming)
		refused = misuse::head_sent;
	if (refused)
		return refused;
	long result = of_->home.delegate(*of_, queue);
	return result < 0 ? code_of(result) : std::error_code{};
}

void response::cancel() noexcept
{
	if (of_->at != phase::answered)
		of_->home.cancel(*of_);
}

bool response::started() const noexcept
{
	return of_->at != phase::open;
}

bool response::answered() const noexcept
{
	return of_->at == phase::answered;
}

std::error_code response::error() const noexcept
{
	return of_->mistake ? of_->mistake : of_->ended;
}

std::string_view response::stored() const noexcept
{
	return detail::stored_word(of_->stored);
}

exchange response::later()
{
	return of_->home.keep(*of_);
}

} // namespace khttp
