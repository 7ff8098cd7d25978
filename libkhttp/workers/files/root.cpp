/* SPDX-License-Identifier: MIT */
#include "root.hpp"

#include <cerrno>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fmt/format.h>

#include <khttp/error.hpp>

namespace files {

namespace {

/* A rename or mount elsewhere during the walk makes it EAGAIN (openat2(2)). */
constexpr int open_attempts = 32;

int open_beneath(int directory, const char *name)
{
	struct open_how how {};
	long fd = -1;

	/* O_NONBLOCK: opening a FIFO that lies here must not wait. */
	how.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
	for (int i = 0; i < open_attempts; i++) {
		fd = syscall(SYS_openat2, directory, name, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return static_cast<int>(fd);
}

} // namespace

root::root(const std::string &directory)
	: fd_{::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)}
{
	if (!fd_) {
		const int error = errno;

		throw khttp::error{error,
			fmt::format("cannot serve '{}': {}; name a directory "
				    "that this user may read", directory,
				    std::generic_category().message(error))};
	}
	const khttp::unique_fd probe{open_beneath(fd_.get(), ".")};

	if (!probe) {
		const int error = errno;

		throw khttp::error{error,
			fmt::format("cannot read '{}': {}; {}", directory,
				    std::generic_category().message(error),
				    error == ENOSYS || error == EPERM
				    ? "the system call openat2 must be allowed "
				      "(a container's seccomp profile?)"
				    : "let this user read and search it")};
	}
}

opened root::open(const std::string &name) const noexcept
{
	opened file;

	file.fd = khttp::unique_fd{open_beneath(fd_.get(), name.c_str())};
	if (!file.fd || fstat(file.fd.get(), &file.st) != 0)
		file.error = {errno, std::generic_category()};
	else if (!file.regular() && !file.directory())
		file.error = {ENOENT, std::generic_category()};
	return file;
}

} // namespace files
