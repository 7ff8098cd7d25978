// SPDX-License-Identifier: MIT
#pragma once

#include <sys/mman.h>

#include <cstring>
#include <stdexcept>
#include <string_view>

// Bytes whose end lies flush against a page that must not be touched: reading
// one byte too many is a crash and not a matter of luck.
class guard_page {
public:
	explicit guard_page(std::size_t capacity)
		: size_((capacity + page - 1) / page * page)
	{
		void *map = mmap(nullptr, size_ + page, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (map == MAP_FAILED)
			throw std::runtime_error("mmap");
		base_ = static_cast<char *>(map);
		mprotect(base_ + size_, page, PROT_NONE);
	}

	guard_page(const guard_page &) = delete;
	guard_page &operator=(const guard_page &) = delete;

	~guard_page() { munmap(base_, size_ + page); }

	// The same bytes every time at another place, if the size differs.
	const char *put(std::string_view bytes)
	{
		if (bytes.size() > size_)
			throw std::length_error("guard_page");
		char *at = base_ + size_ - bytes.size();

		// Stale bytes in front would hide reads before the start.
		if (used_ > bytes.size())
			std::memset(base_ + size_ - used_, 0xee,
				    used_ - bytes.size());
		used_ = bytes.size();
		std::memcpy(at, bytes.data(), bytes.size());
		return at;
	}

	// Room of exactly @len bytes in front of the guard.
	char *room(std::size_t len) { return base_ + size_ - len; }

private:
	static constexpr std::size_t page = 4096;
	std::size_t size_;
	std::size_t used_ = 0;
	char *base_;
};
