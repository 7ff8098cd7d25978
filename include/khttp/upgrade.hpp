/* SPDX-License-Identifier: MIT */
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>

#include <khttp/export.hpp>
#include <khttp/request.hpp>

namespace khttp {

class response;

/*
 * A client's connection after 101 (Switching Protocols), from
 * response::upgrade(): bytes of another protocol both ways.
 *
 * A small view of the exchange, which has to live longer. One thread may read
 * while another sends. When the exchange ends without close() or end(), the
 * connection is reset.
 */
class KHTTP_EXPORT upgraded {
public:
	/* Whether there is one, and why not; then the request wants another
	 * answer. */
	explicit operator bool() const noexcept { return !error_; }
	std::error_code error() const noexcept { return error_; }

	/* What the client sent behind its request, as it comes; 0 bytes without
	 * an error once it has shut down its side. Waits. */
	read_result read(std::span<char> buffer) const noexcept;
	read_result read(std::span<std::byte> buffer) const noexcept;
	/* As it is; waits until the kernel has taken it. */
	std::error_code send(std::string_view bytes) const noexcept;
	std::error_code send(std::span<const std::byte> bytes) const noexcept;
	std::error_code send_file(int fd, std::uint64_t offset,
				  std::uint64_t length) const noexcept;
	/* Nothing more is sent, which the client is told; read() goes on. */
	std::error_code end() const noexcept;
	/* Both ways are over: what was sent arrives, what the client still sends
	 * is thrown away. */
	std::error_code close() const noexcept;

protected:
	friend class response;
	upgraded(detail::delivery *of, std::error_code error) noexcept
		: of_{of}, error_{error}
	{
	}

	detail::delivery *of_;
	std::error_code error_;
};

} // namespace khttp
