/* SPDX-License-Identifier: MIT */
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <khttp/export.hpp>

namespace khttp {

namespace detail {
struct delivery;
}

struct field {
	std::string_view name;
	std::string_view value;
};

/* The request's fields in the order and spelling in which they came. */
class KHTTP_EXPORT field_list {
public:
	class iterator {
	public:
		using iterator_category = std::input_iterator_tag;
		using value_type = field;
		using difference_type = std::ptrdiff_t;
		using pointer = void;
		using reference = field;

		iterator() noexcept = default;
		iterator(const detail::delivery *of, std::size_t at) noexcept
			: of_{of}, at_{at}
		{
		}
		field operator*() const noexcept { return field_list{of_}[at_]; }
		iterator &operator++() noexcept
		{
			++at_;
			return *this;
		}
		iterator operator++(int) noexcept
		{
			iterator old = *this;
			++at_;
			return old;
		}
		bool operator==(const iterator &) const noexcept = default;

	private:
		const detail::delivery *of_ = nullptr;
		std::size_t at_ = 0;
	};

	explicit field_list(const detail::delivery *of) noexcept : of_{of} {}

	std::size_t size() const noexcept;
	bool empty() const noexcept { return size() == 0; }
	field operator[](std::size_t index) const noexcept;
	iterator begin() const noexcept { return {of_, 0}; }
	iterator end() const noexcept { return {of_, size()}; }

private:
	const detail::delivery *of_;
};

/* One end of the client's connection. */
struct KHTTP_EXPORT endpoint {
	std::array<std::uint8_t, 16> address{}; /* IPv4: the first 4 bytes */
	std::uint16_t port = 0;
	std::uint32_t scope_id = 0;
	bool ipv6 = false;

	std::string host() const;      /* 192.0.2.1 or 2001:db8::1 */
	std::string to_string() const; /* 192.0.2.1:80 or [2001:db8::1]:80 */
};

/* Bytes read; 0 without an error is the end of the body. */
struct read_result {
	std::size_t size = 0;
	std::error_code error;
};

struct body_result {
	std::string data;
	std::error_code error;
};

/* Fields after a chunked body; a rare thing, so they are copies. */
struct trailers_result {
	std::vector<std::pair<std::string, std::string>> fields;
	std::error_code error;
};

/*
 * A request in hand. Everything it returns points into memory shared with the
 * kernel and is valid until the request is answered; keep a khttp::exchange
 * (response::later()) to answer after the handler has returned.
 */
class KHTTP_EXPORT request {
public:
	request(const request &) = delete;
	request &operator=(const request &) = delete;

	std::string_view method() const noexcept;
	std::string_view scheme() const noexcept;
	/* host[:port] as the client named it; empty for HTTP/1.0 without. */
	std::string_view authority() const noexcept;
	/* The request-target, the bytes as received. */
	std::string_view target() const noexcept;
	/* Decoded once, dot segments removed, valid UTF-8. */
	std::string_view path() const noexcept;
	/* What follows "?", as received; empty when there is none. */
	std::string_view query() const noexcept;
	/* The URL prefix that brought it here: scheme://host:port/path/ */
	std::string_view prefix() const noexcept;
	/* "1.0" or "1.1" */
	std::string_view version() const noexcept;

	field_list fields() const noexcept { return field_list{of_}; }
	/* First field of this name, letter case ignored. */
	std::optional<std::string_view> find(std::string_view name) const noexcept;

	/* It asks for this protocol instead of HTTP: response::upgrade() may
	 * grant it. Letter case is ignored. */
	bool offers(std::string_view protocol) const noexcept;

	/* Body. read() gives each byte once, the first ones from the slot, and
	 * waits for more; the kernel sends "100 Continue" when it has to wait.
	 * Only the calling thread waits. */
	bool has_body() const noexcept;
	bool body_complete() const noexcept; /* body_start() is all of it */
	/* What came with the head; empty where a body of known length does not
	 * fit the slot, which is to be read. */
	std::string_view body_start() const noexcept;
	std::optional<std::uint64_t> content_length() const noexcept;
	read_result read(std::span<char> buffer) const noexcept;
	read_result read(std::span<std::byte> buffer) const noexcept;
	/* All that is left; misuse::body_too_large when over LIMIT. */
	body_result body(std::size_t limit = 1U << 20) const;
	/* Known to have come; more may while the body is not complete. */
	bool has_trailers() const noexcept;
	/* Waits for the end of the body and drops what was not read of it. */
	trailers_result trailers() const;

	/* Who asks: the other end of the connection, or whom trusted proxies
	 * name (PROXY protocol, Forwarded, X-Forwarded-For); then the port is 0
	 * where they do not tell it. */
	endpoint client() const noexcept;
	/* The other end of the connection, whoever it speaks for. */
	endpoint peer() const noexcept;
	endpoint local() const noexcept;
	/* The number given when the URL was added to the queue. */
	std::uint64_t context() const noexcept;
	std::uint64_t connection() const noexcept;
	/* Number of the request on its connection, from 1. */
	std::uint64_t stream() const noexcept;
	/* Both of them, as logs have it: request_id(). Each delivery has the same. */
	std::string id() const;
	std::chrono::system_clock::time_point received() const noexcept;
	/* 1 for the first delivery; more when a worker died with it before. */
	unsigned attempt() const noexcept;
	bool redelivered() const noexcept;
	/* Its If-None-Match and If-Modified-Since are the kernel's, about what it has
	 * stored (options::validates): with 304 that is renewed, for as long as the
	 * response says, and sent to the client. */
	bool validates() const noexcept;
	/* The client has gone: an answer would reach nobody. The first call
	 * starts to watch, so ask once early and again later. */
	bool gone() const noexcept;

protected:
	friend struct detail::delivery;
	explicit request(detail::delivery *of) noexcept : of_{of} {}
	~request() = default;

	detail::delivery *of_;
};

/* "4711-3": the third request of connection 4711 in its network namespace. */
KHTTP_EXPORT std::string request_id(std::uint64_t connection, std::uint64_t stream);

} // namespace khttp
