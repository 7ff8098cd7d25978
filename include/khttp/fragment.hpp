/* SPDX-License-Identifier: MIT */
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace khttp {

/*
 * Bytes that the kernel keeps by a name, for pieces of many answers:
 *
 *	const khttp::fragment menu{
 *		.name = "http://example.org/parts/menu",
 *		.make = [] { return std::make_shared<std::string>(draw_menu()); }};
 *
 *	rs.send("<html>");
 *	rs.send_fragment(menu);
 *	rs.send("</html>");
 *	rs.finish();
 *
 * They stand in the cache like responses, may be gone at any time, and are purged by
 * URL and by tag. Whenever one is not there, MAKE is asked, what it gives is kept
 * anew, and the piece is sent of that: the client sees no difference.
 */
struct fragment {
	/* A URL that routes to this queue: http://host[:port]/path. No client is
	 * answered with it. */
	std::string name = {};
	/* All of its bytes. Called by the thread that sends the piece, or that serves,
	 * maybe by several at once. Where it throws, or gives nothing or too little,
	 * the piece fails with ENODATA. */
	std::function<std::shared_ptr<const std::string>()> make = {};
	/* 0: until it is purged or has to make room */
	std::chrono::seconds lifetime{0};
	/* To purge it by, with commas or blanks between them as in Cache-Tag */
	std::string tags = {};
};

/* A length: all that is behind the offset */
constexpr std::uint64_t to_its_end = UINT64_MAX;

} // namespace khttp
