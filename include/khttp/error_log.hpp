/* SPDX-License-Identifier: MIT */
/* Records of the error log: what control::errors() gives. */
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace khttp {

/* One address of a connection */
struct endpoint_info {
	bool ipv6 = false;
	std::array<std::uint8_t, 16> address{}; /* IPv4: the first 4 bytes */
	std::uint16_t port = 0;
	std::uint32_t scope = 0; /* of a link-local address: the interface */
};

/* Something that the kernel refused, cut or gave up, with the one reason */
struct error_record {
	std::uint64_t seq = 0;	   /* each has the next number */
	std::uint64_t time_ns = 0; /* CLOCK_REALTIME */
	std::uint64_t connection = 0; /* 0: none was made */
	std::uint64_t stream = 0;  /* request's number on it; 0: no request's affair */
	endpoint_info client;
	endpoint_info local;
	std::uint32_t version = 0; /* 0x0100, 0x0101; 0: not known */
	std::string method;	   /* bytes as they came; empty: not known */
	std::string target;	   /* likewise, cut after 256 */
	std::uint32_t target_length = 0; /* of all of it */
	std::uint32_t status = 0;  /* that the kernel answered; 0: none */
	std::string reason;	   /* the word */
	std::string queue;	   /* empty: did not come so far */
	std::uint32_t queue_id = 0;
	std::string prefix;	   /* that matched, while it is registered */
	std::uint64_t lost = 0;	   /* before this one: see error_records */
};

struct error_filter {
	std::string queue;	/* empty: all */
	std::string reason;	/* the word as the kernel writes it; empty: all */
	std::uint64_t from = 0; /* first sequence number */
};

/*
 * The kernel keeps a fixed number of records, the newest. Where others stood
 * that the filter might have let pass, their number is told: lost.
 */
struct error_records {
	std::vector<error_record> records; /* the oldest first */
	std::uint64_t next = 0; /* from: what goes on behind these */
	std::uint64_t lost = 0; /* behind the last one */
};

} // namespace khttp
