/* SPDX-License-Identifier: MIT */
/*
 * Collecting a whole body or its trailers, apart from how a read waits: the
 * blocking and the awaited calls share it.
 *
 *	while (r.wants_more()) r.took(read into r.room());
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <khttp/request.hpp>

namespace khttp::detail {

class body_reader {
public:
	body_reader(const request &of, std::size_t limit);

	bool wants_more() const noexcept { return !over_; }
	std::span<char> room();
	void took(read_result got) noexcept;
	body_result result();

private:
	const std::size_t limit_;
	std::size_t used_ = 0;
	std::string data_;
	std::error_code error_;
	bool over_ = false;
};

class trailer_reader {
public:
	explicit trailer_reader(const request &of);

	bool wants_more() const noexcept { return !over_; }
	std::span<char> room();
	void took(long got) noexcept;
	trailers_result result();

private:
	std::size_t used_ = 0;
	std::string block_;
	std::error_code error_;
	bool over_ = false;
};

} // namespace khttp::detail
