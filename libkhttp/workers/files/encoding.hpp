/* SPDX-License-Identifier: MIT */
/* Choice of a content coding, RFC 9110 sections 12.5.3 and 8.4.1. Pure. */
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace files {

struct coding {
	std::string_view name;	 /* in Content-Encoding */
	std::string_view suffix; /* of the file next to the plain one */
};

/* Best first: between equal q-values the smaller file wins. */
inline constexpr std::array<coding, 2> codings{{
	{"br", ".br"},
	{"gzip", ".gz"},
}};

/*
 * The coding to send to a client with this Accept-Encoding, of those that are
 * AVAILABLE; a null pointer for the plain file. That is also the answer when
 * the client accepts nothing we have: it may still be able to use it.
 */
const coding *choose_coding(const std::optional<std::string_view> &accepted,
			    const std::array<bool, codings.size()> &available);

} // namespace files
