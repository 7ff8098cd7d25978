/* SPDX-License-Identifier: MIT */
#include "file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <khttp/error.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace khttpctl::access {

ssize_t disk::write(int fd, const char *bytes, std::size_t n)
{
	return ::write(fd, bytes, n);
}

int disk::truncate(int fd, std::uint64_t length)
{
	return ftruncate(fd, static_cast<off_t>(length));
}

namespace {

[[noreturn]] void cannot(const std::string &path, int code)
{
	throw khttp::error(code, code == EWOULDBLOCK
					 ? path + " is written by another khttpctl"
					 : fmt::format("cannot write {}: {}", path,
						       std::strerror(code)));
}

} // namespace

log_file::log_file(const std::string &path, disk &on)
	: fd_(open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640)),
	  disk_(on)
{
	struct stat there {};

	/* Two who take back each other's lines would damage what they did not write */
	if (!fd_ || flock(fd_.get(), LOCK_EX | LOCK_NB) < 0 || fstat(fd_.get(), &there) < 0)
		cannot(path, errno);
	if (!S_ISREG(there.st_mode))
		cannot(path, EINVAL);
	size_ = static_cast<std::uint64_t>(there.st_size);
}

bool log_file::take_back()
{
	torn_ = torn_ && disk_.truncate(fd_.get(), size_) < 0;
	return !torn_;
}

std::size_t log_file::add(std::span<const std::string> pieces)
{
	struct stat there {};
	std::string all;
	std::size_t done = 0, whole = 0;
	int code = 0;

	/* Somebody may have emptied it: what is taken back ends there now */
	if (!fstat(fd_.get(), &there))
		size_ = std::min(size_, static_cast<std::uint64_t>(there.st_size));
	/* Nothing is added behind a part of a line */
	if (!take_back())
		return 0;
	for (const std::string &piece : pieces)
		all += piece;
	while (done < all.size()) {
		const ssize_t n = disk_.write(fd_.get(), all.data() + done, all.size() - done);
		code = n < 0 ? errno : ENOSPC;
		if (n < 0 && code == EINTR)
			continue;
		if (n <= 0)
			break;
		done += static_cast<std::size_t>(n);
	}
	std::size_t end = 0;
	while (whole < pieces.size() && end + pieces[whole].size() <= done)
		end += pieces[whole++].size();
	size_ += end;
	torn_ = end < done;
	(void)take_back();
	errno = code;
	return whole;
}

bool log_file::ends_in_line() const
{
	char last = '\n';

	return !size_ || (pread(fd_.get(), &last, 1, static_cast<off_t>(size_ - 1)) == 1 &&
			  last == '\n');
}

void log_file::cut(std::uint64_t at)
{
	size_ = at;
	torn_ = true;
	(void)take_back();
}

} // namespace khttpctl::access
