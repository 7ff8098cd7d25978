/* SPDX-License-Identifier: MIT */
/* Another protocol instead of HTTP: RFC 9110 7.8. */
#include <khttp/upgrade.hpp>

#include <khttp/error.hpp>

#include "delivery.hpp"

namespace khttp {

namespace {

std::string_view trim(std::string_view text) noexcept
{
	constexpr std::string_view blanks{" \t"};
	std::size_t first = text.find_first_not_of(blanks);

	if (first == text.npos)
		return {};
	return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/* Neither a protocol's name nor its version has a comma or a quote. */
bool lists(std::string_view list, std::string_view wanted) noexcept
{
	while (!list.empty()) {
		std::size_t end = std::min(list.find(','), list.size());

		if (detail::same_name(trim(list.substr(0, end)), wanted))
			return true;
		list.remove_prefix(std::min(end + 1, list.size()));
	}
	return false;
}

} // namespace

bool request::offers(std::string_view protocol) const noexcept
{
	if (!(of_->in.head().flags & KHTTP_REQ_UPGRADE))
		return false;
	for (field f : fields())
		if (detail::same_name(f.name, "upgrade") &&
		    lists(f.value, protocol))
			return true;
	return false;
}

std::error_code detail::delivery::set_upgrade(std::string_view protocol) noexcept
{
	std::error_code refused = can_change_head();

	if (!refused && !rq.offers(protocol))
		refused = misuse::not_offered;
	if (!refused)
		refused = mistake;
	if (!refused)
		refused = out.add_field("upgrade", protocol);
	if (refused)
		return refused;
	out.reply().status = 101;
	/* What follows is no answer that could have a bandwidth. */
	out.set_flow({});
	set_piece({});
	return {};
}

upgraded response::upgrade(std::string_view protocol) noexcept
{
	std::error_code refused = of_->set_upgrade(protocol);

	if (!refused)
		refused = detail::commit_piece(*of_);
	of_->upgraded = !refused;
	return {of_, refused};
}

read_result upgraded::read(std::span<char> buffer) const noexcept
{
	return error_ ? read_result{0, error_} : of_->rq.read(buffer);
}

read_result upgraded::read(std::span<std::byte> buffer) const noexcept
{
	return error_ ? read_result{0, error_} : of_->rq.read(buffer);
}

std::error_code upgraded::send(std::string_view bytes) const noexcept
{
	return error_ ? error_ : of_->rs.send(bytes);
}

std::error_code upgraded::send(std::span<const std::byte> bytes) const noexcept
{
	return error_ ? error_ : of_->rs.send(bytes);
}

std::error_code upgraded::send_file(int fd, std::uint64_t offset,
				    std::uint64_t length) const noexcept
{
	return error_ ? error_ : of_->rs.send_file(fd, offset, length);
}

std::error_code upgraded::end() const noexcept
{
	std::error_code refused = error_ ? error_ : of_->can_answer();

	if (refused)
		return refused;
	of_->set_shut();
	return detail::commit_piece(*of_);
}

std::error_code upgraded::close() const noexcept
{
	return error_ ? error_ : of_->rs.finish();
}

} // namespace khttp
