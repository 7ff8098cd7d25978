/* SPDX-License-Identifier: MIT */
/* A request's body on its way to the upstream. */
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <khttp/async.hpp>

namespace proxy {

class transfer;

/*
 * One piece at a time, read when libcurl wants it. A read may outlast the transfer
 * that it was for: it keeps the upload, and finds that it is nobody's.
 */
class upload : public std::enable_shared_from_this<upload> {
public:
	upload(transfer &of, const khttp::async::request &rq);

	/* Bytes there will be, if that is known. */
	std::optional<std::uint64_t> length() const noexcept;
	/* Into TO; 0 is the end, nothing: not yet, and wanted() is set. */
	std::optional<std::size_t> take(char *to, std::size_t room) noexcept;
	/* Some of it was taken. */
	bool begun() const noexcept { return taken_ > 0; }
	/* Begin anew; false where that cannot be done. */
	bool rewind() noexcept;
	/* The transfer waits for the client. */
	bool wanted() const noexcept { return wanted_; }
	/* Read on, if it waits for that; the transfer is stirred when it is done. */
	void go_on();
	/* Something came after take() had nothing; once. */
	bool came() noexcept { return std::exchange(came_, false); }
	/* The client's side broke: its kernel has answered. */
	bool broken() const noexcept { return broken_; }
	const auto &trailers() const noexcept { return trailers_; }
	/* The transfer ends. */
	void leave() noexcept { of_ = nullptr; }

private:
	struct detached;
	static detached read(std::shared_ptr<upload> self);
	khttp::task_of<std::error_code> read_piece();

	transfer *of_;
	khttp::async::request rq_;
	const std::optional<std::uint64_t> announced_;
	const bool whole_; /* all of it came with the head */
	std::string buffer_;
	std::string_view left_;
	std::uint64_t taken_ = 0;
	bool at_end_ = false;
	bool wanted_ = false;
	bool reading_ = false;
	bool came_ = false;
	bool broken_ = false;
	std::vector<std::pair<std::string, std::string>> trailers_;
};

} // namespace proxy
