/* SPDX-License-Identifier: MIT */
/*
 * A log file that is only added to. What there is no room for is left out whole: a
 * line that went in part is taken back, and what stands before it is never touched.
 */
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <khttp/fd.hpp>

namespace khttpctl::access {

/* write(2) and ftruncate(2), or what stands for them in a test */
class disk {
public:
	virtual ~disk() = default;
	virtual ssize_t write(int fd, const char *bytes, std::size_t n);
	virtual int truncate(int fd, std::uint64_t length);
};

class log_file {
public:
	/* Made where it is not there; nobody else may write it. Throws khttp::error */
	explicit log_file(const std::string &path, disk &on);

	/* How many of the first @pieces are in the file now, each whole. Fewer than all:
	 * errno says why */
	std::size_t add(std::span<const std::string> pieces);

	[[nodiscard]] std::uint64_t size() const { return size_; }
	/* A text that somebody else's end has cut off ends without a line end */
	[[nodiscard]] bool ends_in_line() const;
	/* Bytes from @at on are no record: taken away */
	void cut(std::uint64_t at);
	[[nodiscard]] int fd() const { return fd_.get(); }

private:
	bool take_back();

	khttp::unique_fd fd_;
	disk &disk_;
	std::uint64_t size_ = 0; /* behind the last whole piece */
	bool torn_ = false;	 /* there is more than that */
};

} // namespace khttpctl::access
