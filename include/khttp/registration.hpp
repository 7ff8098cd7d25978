/* SPDX-License-Identifier: MIT */
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <khttp/export.hpp>

namespace khttp {

/*
 * URL prefixes that a process binds for itself, under a reservation and without
 * any privilege, for as long as it lives:
 *
 *	khttp::registration mine{"http://+:80/bob/"};
 *	khttp::server srv{mine.queue()};
 *
 * The kernel takes them away with the last descriptor of its file, however the
 * process ends, and with them the queue, if it made that; what waits in it then
 * is answered 503. Used by one thread at a time.
 */
class KHTTP_EXPORT registration {
public:
	/*
	 * @url: in normal form, as for control::add_url. @queue: one that we may
	 * control; empty: a new one, ours with mode 0600. @context: handed to
	 * workers with each request. Throws khttp::error, whose text says who
	 * may bind it and which command would let us.
	 */
	explicit registration(std::string_view url, std::string_view queue = {},
			      std::uint64_t context = 0);
	registration(registration &&) noexcept;
	registration &operator=(registration &&) noexcept;
	~registration();

	/* One more prefix of the same queue, 16 at most */
	void add(std::string_view url, std::uint64_t context = 0);
	[[nodiscard]] const std::string &queue() const noexcept;

private:
	struct impl;
	std::unique_ptr<impl> impl_;
};

} // namespace khttp
