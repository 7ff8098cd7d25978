/* SPDX-License-Identifier: MIT */
/*
 * The access log: a record of each request that is over, whoever answered it, for as
 * long as somebody reads. khttp::control::open_log() begins; what is read are the
 * records of khttp/uapi/linux/khttp.h (struct khttp_log_record, struct
 * khttp_log_lost), as `khttpctl log` writes them into files. All of it is for
 * CAP_NET_ADMIN; who may control a queue reads that one's requests.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <khttp/export.hpp>
#include <khttp/fd.hpp>

namespace khttp {

enum class log_outcome { all, errors, successes };

/* Which requests, and what of them */
struct log_filter {
	std::string group; /* only requests to it; empty: all */
	log_outcome outcome = log_outcome::all;
	std::uint32_t sample = 1; /* each so many-th of a CPU's */
	std::uint32_t texts = 0;  /* 1 << KHTTP_LOG_METHOD and so on */
	std::uint32_t ring = 0;	  /* bytes of one CPU's ring, a power of two; 0: the default */
	std::string queue;	  /* only requests to it, instead of a group; empty: all */
};

/* One reader, with rings of its own in the kernel until this ends. Movable. */
class KHTTP_EXPORT access_log {
public:
	explicit access_log(unique_fd fd) noexcept;

	/* Readable when there are records, and when this ends */
	[[nodiscard]] int fd() const noexcept { return fd_.get(); }
	/* Whole records into ROOM, of KHTTP_LOG_RECORD_MAX bytes or more: how many bytes
	 * of it, after waiting for the first. 0: the network namespace is gone. Throws
	 * khttp::error: EAGAIN where fd() was made not to wait; EIDRM the queue that was
	 * asked for is gone, EACCES it may not be controlled any more */
	[[nodiscard]] std::size_t read(std::span<char> room);

private:
	unique_fd fd_;
};

} // namespace khttp
