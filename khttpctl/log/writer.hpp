/* SPDX-License-Identifier: MIT */
/* Records into files: which one, what it begins with, and what was lost. */
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "file.hpp"
#include "format.hpp"
#include "place.hpp"

namespace khttpctl::access {

struct writer_options {
	std::string path; /* a folder: files in it have names; else the file itself */
	bool folder = false;
	kind of = kind::w3c;
	roll by = roll::daily;
	std::uint64_t max_size = 20971520; /* of roll::size, where a new file begins */
	bool local_time = false;
};

class writer {
public:
	/* @say: to whom who looks after the machine listens */
	writer(writer_options wanted, std::unique_ptr<format> look, disk &on,
	       std::function<void(const std::string &)> say);

	/* They wait for flush() */
	void put(const khttp_log_entry &e);
	void lost(std::uint64_t n);
	/* Into the file, as far as there is room. What is left out is counted, and the
	 * file told as soon as it can be. Throws nothing */
	void flush() noexcept;
	/* The next record opens the file anew: it was moved away */
	void reopen() noexcept;

	[[nodiscard]] std::uint64_t written() const { return written_; }
	/* For want of room here; those that the kernel lost are not in it */
	[[nodiscard]] std::uint64_t unwritten() const { return unwritten_; }

private:
	void turn_to(std::uint64_t ns);
	[[nodiscard]] std::string name_at(std::uint64_t ns) const;
	[[nodiscard]] std::uint64_t last_number() const;
	[[nodiscard]] bool open_file();
	void begin_file();
	void fail(const std::string &why, std::size_t n);
	void recover();

	writer_options wanted_;
	std::unique_ptr<format> format_;
	disk &disk_;
	std::function<void(const std::string &)> say_;
	std::string name_;	      /* of the file in use, within the folder */
	std::uint64_t number_ = 0;    /* roll::size: of that; 0: not looked for yet */
	std::optional<log_file> file_; /* none: it is opened for the next record */
	std::vector<std::string> waiting_;
	std::uint64_t bytes_ = 0; /* of waiting */
	std::uint64_t last_ns_ = 0;
	std::uint64_t written_ = 0;
	std::uint64_t unwritten_ = 0;
	std::uint64_t untold_ = 0; /* lost here or by the kernel: the file does not say so yet */
	std::uint64_t failing_ = 0; /* lost since all went */
};

} // namespace khttpctl::access
