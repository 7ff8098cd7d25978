/* SPDX-License-Identifier: MIT */
/* Where khttp listens, and how: what control's calls about listeners take and give. */
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <khttp/export.hpp>

namespace khttp {

struct listener_info {
	bool ipv6 = false;
	std::array<std::uint8_t, 16> address{}; /* IPv4: the first 4 bytes */
	std::uint16_t port = 0;
	std::uint32_t prefixes = 0; /* that need it */
	std::uint64_t connections = 0;
	std::uint64_t accepted = 0;
};

/* Who is trusted has to begin connections with a PROXY protocol header */
enum class proxy_mode : std::uint32_t { off, v1, v2, any };

/* The field in which who is trusted names the client */
enum class client_from : std::uint32_t { none, forwarded, x_forwarded_for };

/* Where something is listened at */
struct listener_place {
	std::uint16_t port = 0;
	std::string address; /* "192.0.2.1"; empty: all without settings of their own */
};

/* What is absent keeps its value, which is the kernel's default at first */
struct listener_settings {
	std::optional<proxy_mode> proxy;
	std::optional<khttp::client_from> client_from;
	std::optional<std::vector<std::string>> trusted; /* "10.0.0.0/8", "::1" */
	std::optional<std::uint32_t> backlog;
	std::optional<std::uint32_t> keep_idle;	    /* seconds; 0: no keep-alive */
	std::optional<std::uint32_t> keep_interval; /* seconds */
	std::optional<std::uint32_t> keep_count;
	std::optional<std::string> device;		   /* interface; empty: any */
	std::optional<std::vector<std::string>> addresses; /* empty: everywhere */
};

struct listener_settings_info {
	listener_place place;
	proxy_mode proxy = proxy_mode::off;
	khttp::client_from client_from = khttp::client_from::none;
	std::vector<std::string> trusted;
	std::uint32_t backlog = 0;
	std::uint32_t keep_idle = 0;
	std::uint32_t keep_interval = 0;
	std::uint32_t keep_count = 0;
	std::string device;
	std::vector<std::string> addresses;
};

/* Names as the command line and the JSON output use them */
[[nodiscard]] KHTTP_EXPORT std::string_view to_string(proxy_mode mode) noexcept;
[[nodiscard]] KHTTP_EXPORT std::string_view to_string(client_from field) noexcept;

/* "0.0.0.0" or "::1", without brackets or port */
[[nodiscard]] KHTTP_EXPORT std::string to_string(const listener_info &listener);
/* "80", "192.0.2.1:80", "[2001:db8::1]:80" */
[[nodiscard]] KHTTP_EXPORT std::string to_string(const listener_place &place);

} // namespace khttp
