/* SPDX-License-Identifier: MIT */
#include "writer.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <khttp/error.hpp>
#include <unistd.h>

namespace khttpctl::access {

namespace {

/* As a machine leaves the end of a file that it lost its power over */
bool is_empty_from(const log_file &file, std::uint64_t at, std::vector<char> &room)
{
	for (;;) {
		const ssize_t n = pread(file.fd(), room.data(), room.size(),
					static_cast<off_t>(at));

		if (n <= 0)
			return !n;
		if (std::any_of(room.begin(), room.begin() + n, [](char c) { return c; }))
			return false;
		at += static_cast<std::uint64_t>(n);
	}
}

/* Behind the last whole record of a binary file: where to go on */
std::uint64_t end_of_records(const log_file &file)
{
	std::vector<char> room(1 << 20);
	std::uint64_t at = 0;

	for (;;) {
		const ssize_t n = pread(file.fd(), room.data(), room.size(),
					static_cast<off_t>(at));
		if (n < 0)
			throw khttp::error(errno, std::strerror(errno));
		const char *pos = room.data(), *end = pos + n;
		khttp_log_result result = KHTTP_LOG_MORE;
		khttp_log_entry e;

		while (pos < end) {
			result = khttp_log_next(&pos, end, &e);
			if (result == KHTTP_LOG_MORE || result == KHTTP_LOG_BROKEN)
				break;
		}
		const bool none = pos == room.data();
		at += static_cast<std::uint64_t>(pos - room.data());
		if (result == KHTTP_LOG_BROKEN && !(at && is_empty_from(file, at, room)))
			throw khttp::error(EINVAL, "it holds something else than a binary log");
		if (none || result == KHTTP_LOG_BROKEN)
			return at;
	}
}

} // namespace

writer::writer(writer_options wanted, std::unique_ptr<format> look, disk &on,
	       std::function<void(const std::string &)> say)
	: wanted_(std::move(wanted)), format_(std::move(look)), disk_(on), say_(std::move(say))
{
}

/* ---- which file ---- */

std::uint64_t writer::last_number() const
{
	std::uint64_t last = 1;
	std::error_code ignored;

	for (const auto &entry : std::filesystem::directory_iterator(wanted_.path, ignored)) {
		const std::string name = entry.path().filename().string();

		last = std::max(last, number_in(wanted_.of, name).value_or(1));
	}
	return last;
}

std::string writer::name_at(std::uint64_t ns) const
{
	const auto seconds = static_cast<std::time_t>(ns / 1000000000);
	std::tm when{};

	if (wanted_.local_time)
		localtime_r(&seconds, &when);
	else
		gmtime_r(&seconds, &when);
	return timed_name(wanted_.of, wanted_.by, when);
}

/* Records of two CPUs may be out of order a little: never back to an older file, but
 * where the clock was set
 */
void writer::turn_to(std::uint64_t ns)
{
	constexpr std::uint64_t out_of_order_ns = 60'000'000'000;

	if (ns > last_ns_ || last_ns_ - ns > out_of_order_ns)
		last_ns_ = ns;
	if (!wanted_.folder)
		return;
	if (wanted_.by == roll::size) {
		if (!number_)
			number_ = last_number();
		if (file_ && file_->size() + bytes_ >= wanted_.max_size) {
			flush();
			file_.reset();
			number_++;
		}
		name_ = numbered_name(wanted_.of, number_);
		return;
	}
	std::string name = name_at(last_ns_);
	if (name == name_)
		return;
	flush();
	file_.reset();
	name_ = std::move(name);
}

/* ---- writing ---- */

void writer::put(const khttp_log_entry &e)
{
	turn_to(e.r.time_ns);
	waiting_.push_back(format_->line(e));
	bytes_ += waiting_.back().size();
}

void writer::lost(std::uint64_t n)
{
	say_(fmt::format("{} records were lost before they could be read: a larger --ring "
			 "holds more",
			 n));
	/* With the next records: a file is made for these, not for want of them */
	untold_ += n;
}

/* What is new in it begins with a line that says what follows */
void writer::begin_file()
{
	std::vector<std::string> start;

	if (wanted_.of == kind::binary)
		file_->cut(end_of_records(*file_));
	else if (!file_->ends_in_line())
		start.emplace_back("\n");
	start.push_back(format_->header(last_ns_));
	if (file_->add(start) < start.size())
		throw khttp::error(errno, std::strerror(errno));
}

bool writer::open_file()
{
	if (file_)
		return true;
	const std::string path = wanted_.folder ? wanted_.path + "/" + name_ : wanted_.path;
	try {
		file_.emplace(path, disk_);
		/* It may be full since the last time: the next one then */
		if (wanted_.folder && wanted_.by == roll::size &&
		    file_->size() >= wanted_.max_size) {
			file_.reset();
			name_ = numbered_name(wanted_.of, ++number_);
			return open_file();
		}
		begin_file();
		return true;
	} catch (const std::exception &e) {
		file_.reset();
		fail(fmt::format("{}: {}", path, e.what()), waiting_.size());
		return false;
	}
}

void writer::fail(const std::string &why, std::size_t n)
{
	unwritten_ += n;
	untold_ += n;
	if (!failing_)
		say_(fmt::format("records are lost: {}", why));
	failing_ += n;
}

/* All went: on a disk that takes some and not others nobody is told of each */
void writer::recover()
{
	if (failing_)
		say_(fmt::format("{} records were lost for want of room", failing_));
	failing_ = 0;
}

void writer::flush() noexcept
{
	if (waiting_.empty() && !(file_ && untold_))
		return;
	const std::size_t n = waiting_.size();
	if (open_file()) {
		const std::size_t tells = untold_ ? 1 : 0;
		if (tells)
			waiting_.insert(waiting_.begin(), format_->lost(untold_));
		const std::size_t done = file_->add(waiting_);
		const int code = errno;
		const std::size_t records = done > tells ? done - tells : 0;

		written_ += records;
		if (tells && (records || (done && !waiting_.front().empty())))
			untold_ = 0;
		if (done == waiting_.size())
			recover();
		else
			fail(std::strerror(code), n - records);
	}
	waiting_.clear();
	bytes_ = 0;
	format_->forget();
}

void writer::reopen() noexcept
{
	flush();
	file_.reset();
	number_ = 0;
}

} // namespace khttpctl::access
