/* SPDX-License-Identifier: MIT */
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include <khttp/export.hpp>
#include <khttp/fd.hpp>
#include <khttp/fragment.hpp>
#include <khttp/upgrade.hpp>

namespace khttp {

namespace detail {
struct delivery;
}
class exchange;

/* At what bandwidth an answer goes out, in bytes a second and bytes; libkhttp(3) has the
 * rest. */
struct KHTTP_EXPORT flow_rate {
	std::uint32_t rate = 0;	 /* in the long run; 0: there is no limit */
	std::uint32_t peak = 0;	 /* never more; 0: as fast as it goes */
	std::uint32_t burst = 0; /* above the rate, at first; 0: the least */

	/* Why it may not be, as a sentence; empty: it may. */
	std::string_view mistake() const noexcept;
};

/*
 * The answer to a request: a head, then one final call (body, file), or a
 * stream (send ..., finish). A mistake in the head is remembered and returned
 * by the call that would send it; the client then gets 500.
 *
 * Framing is the kernel's: Connection, Proxy-Connection, Keep-Alive,
 * Content-Length, Transfer-Encoding, TE and Trailer are refused as fields (see
 * length() and close()), and Upgrade but with 426 (see upgrade()); Date and Server are added
 * when absent.
 *
 * A final answer given on the serving thread goes out with the next batch and
 * never waits for the client. send() and finish() wait until the kernel has
 * taken the piece.
 */
class KHTTP_EXPORT response {
public:
	response(const response &) = delete;
	response &operator=(const response &) = delete;

	/* The head; the status is 200 unless set. */
	response &status(int code) noexcept;
	response &header(std::string_view name, std::string_view value) noexcept;
	/* Let the kernel answer the same URL by itself for this long. */
	response &cache_for(std::chrono::seconds lifetime) noexcept;
	/* The same until it is purged or has to make room. */
	response &cache_until_purged() noexcept;
	/* As Cache-Control, Expires and the like tell a shared cache (RFC 9111);
	 * or never, also where the group's cache_auto is on. The last of these
	 * four calls counts. */
	response &cache_auto() noexcept;
	response &cache_never() noexcept;
	/* Send it no faster than that, also when it is answered from the cache;
	 * ENOTSUP where the kernel cannot. */
	response &flow(const flow_rate &at) noexcept;
	/* From now on stored() is told, by a kernel that can. */
	response &tell_stored() noexcept;
	/* Close the client's connection after this answer. */
	response &close() noexcept;
	/*
	 * Say something in this request's record of the access log: VALUE, any bytes,
	 * by NAME, a token. "cs-username", "sc-substatus" and "sc-win32-status" have
	 * columns of their own there. May be said until the answer is complete; what was
	 * said with a piece goes with it, and what is said after that takes its place.
	 * What it refuses does no harm to the answer: misuse, EMSGSIZE no more than
	 * KHTTP_LOG_FIELDS_MAX bytes or than the slot has room for, EOPNOTSUPP a kernel
	 * that cannot.
	 */
	std::error_code log(std::string_view name, std::string_view value) noexcept;
	/* Length of the whole body ahead of a stream, or what the answer to
	 * HEAD or a 304 announces. */
	response &length(std::uint64_t bytes) noexcept;

	/* Final answers. Bytes are copied unless they are handed over. */
	std::error_code body(std::string_view bytes);
	std::error_code body(const char *text) { return body(std::string_view{text}); }
	std::error_code body(std::span<const std::byte> bytes);
	std::error_code body(std::string &&bytes);
	std::error_code body(std::shared_ptr<const std::string> bytes);
	/* No body: 204, 205, 304, or an empty one. */
	std::error_code body();
	/* A range of a regular file open for reading, sent without copying.
	 * The number is duplicated, so the caller may close it at once; the
	 * handle is closed when the kernel has taken everything. */
	std::error_code file(int fd, std::uint64_t offset, std::uint64_t length);
	std::error_code file(unique_fd fd, std::uint64_t offset,
			     std::uint64_t length);

	/* LENGTH bytes of what the kernel keeps by a name, from OFFSET on. */
	std::error_code body(std::shared_ptr<const fragment> of,
			     std::uint64_t offset = 0,
			     std::uint64_t length = to_its_end);

	/* A stream. The bytes may be reused when the call returns. */
	std::error_code send(std::string_view piece) noexcept;
	std::error_code send(std::span<const std::byte> piece) noexcept;
	std::error_code send_file(int fd, std::uint64_t offset,
				  std::uint64_t length) noexcept;
	std::error_code send_fragment(const fragment &of, std::uint64_t offset = 0,
				      std::uint64_t length = to_its_end) noexcept;
	/* A field after the body, sent by finish() where HTTP/1.1 allows. */
	response &trailer(std::string_view name, std::string_view value) noexcept;
	std::error_code finish() noexcept;

	/* Answer 101 with the fields that were set: from now on the connection
	 * speaks PROTOCOL, which the request has to offer (request::offers()) and
	 * whose body, if it has one, has to be read first. */
	upgraded upgrade(std::string_view protocol) noexcept;
	/*
	 * It is for the workers of that queue, one of those to which this one may
	 * hand on: khttpctl queue set NAME delegates. Without an error the request
	 * is over for this worker; with one it is as before, to be answered after
	 * all: EACCES not one of those, ENOENT, ENOSPC full, EHOSTDOWN not active,
	 * ELOOP handed on too often, EALREADY read too far, EBUSY is being read.
	 */
	std::error_code delegate(std::string_view queue) noexcept;

	/* Have what OF makes now kept, in place of what there may be: EACCES not a
	 * name of this queue, EFBIG, ENOSPC, ECANCELED purged meanwhile. */
	std::error_code keep(const fragment &of) noexcept;

	/* Give the request up: the client's connection is closed. */
	void cancel() noexcept;

	/* Keep the request: it is answered through the handle, from any
	 * thread, after the handler has returned. Once per request. */
	[[nodiscard]] exchange later();

	bool started() const noexcept;	/* the head has been sent */
	bool answered() const noexcept; /* a final call was made */
	/* The first mistake made, or how the request ended early. */
	std::error_code error() const noexcept;
	/* After tell_stored(), what the kernel's cache has of the answer, as of the
	 * last piece that was taken: "yes", "filling" or in a word why it is not
	 * stored, as 'khttpctl stats' counts them by: "size", "budget". Empty: not known,
	 * which it is not before anything was taken, and of a final answer not
	 * before it has gone out, some time after the call. */
	std::string_view stored() const noexcept;

protected:
	friend struct detail::delivery;
	explicit response(detail::delivery *of) noexcept : of_{of} {}
	~response() = default;

	detail::delivery *of_;
};

} // namespace khttp
