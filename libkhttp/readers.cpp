/* SPDX-License-Identifier: MIT */
#include "readers.hpp"

#include <algorithm>
#include <cerrno>

#include <khttp/error.hpp>

#include "slot.hpp"

namespace khttp::detail {

namespace {

constexpr std::size_t first_room = 16U << 10;
constexpr std::size_t most_trailers = 256U << 10;

} // namespace

body_reader::body_reader(const request &of, std::size_t limit) : limit_{limit}
{
	std::uint64_t announced = of.content_length().value_or(0);

	if (announced > limit) {
		error_ = misuse::body_too_large;
		over_ = true;
	} else if (!of.has_body()) {
		over_ = true;
	} else {
		/* A byte more, so that the end is seen without growing. Only
		 * bytes that came make it large, not what was announced. */
		data_.resize(announced && announced < first_room
				     ? announced + 1
				     : first_room);
	}
}

std::span<char> body_reader::room()
{
	if (used_ == data_.size())
		data_.resize(data_.size() * 2);
	return std::span{data_}.subspan(used_);
}

void body_reader::took(read_result got) noexcept
{
	used_ += got.size;
	error_ = got.error;
	if (!error_ && used_ > limit_)
		error_ = misuse::body_too_large;
	over_ = error_ || got.size == 0;
}

body_result body_reader::result()
{
	data_.resize(error_ ? 0 : used_);
	return {std::move(data_), error_};
}

/* Whether there are any is known once the whole body has come. */
trailer_reader::trailer_reader(const request &of)
	: over_{!of.has_body() || (of.body_complete() && !of.has_trailers())}
{
}

std::span<char> trailer_reader::room()
{
	block_.resize(std::max(first_room, block_.size() * 2));
	return block_;
}

void trailer_reader::took(long got) noexcept
{
	if (got == -EMSGSIZE && block_.size() < most_trailers)
		return;
	over_ = true;
	if (got < 0)
		error_ = {static_cast<int>(-got), std::generic_category()};
	else
		used_ = static_cast<std::size_t>(got);
}

trailers_result trailer_reader::result()
{
	field_block records{std::string_view{block_}.substr(0, used_)};
	trailers_result all;
	field f;

	while (records.next(f))
		all.fields.emplace_back(f.name, f.value);
	all.error = error_;
	return all;
}

} // namespace khttp::detail
