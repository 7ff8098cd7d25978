/* SPDX-License-Identifier: MIT */
/* The served directory: nothing outside it can be opened through it. */
#pragma once

#include <string>
#include <system_error>

#include <sys/stat.h>

#include <khttp/fd.hpp>

namespace files {

struct opened {
	khttp::unique_fd fd;
	struct stat st {};
	std::error_code error;

	explicit operator bool() const noexcept { return !error; }
	bool regular() const noexcept { return S_ISREG(st.st_mode); }
	bool directory() const noexcept { return S_ISDIR(st.st_mode); }
};

class root {
public:
	/* Throws khttp::error, whose text says what to do. */
	explicit root(const std::string &directory);

	/*
	 * A regular file or directory below the root, open for reading;
	 * anything else gives ENOENT. NAME is relative. Symbolic links are
	 * followed as long as they stay inside: EXDEV otherwise. The kernel
	 * walks the path (RESOLVE_BENEATH), so no rename can slip in between.
	 */
	opened open(const std::string &name) const noexcept;

private:
	khttp::unique_fd fd_;
};

} // namespace files
