/* SPDX-License-Identifier: MIT */
#include "handshake.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <openssl/evp.h>

namespace websocket {

namespace {

constexpr std::size_t digest_size = 20;

bool is_base64(char c) noexcept
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '+' || c == '/';
}

} // namespace

bool is_key(std::string_view key) noexcept
{
	constexpr std::size_t digits = 22; /* of 24: 16 bytes */

	return key.size() == digits + 2 && key.ends_with("==") &&
	       std::ranges::all_of(key.substr(0, digits), is_base64);
}

std::string accept_of(std::string_view key)
{
	std::string text{key};
	std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
	/* Four for each three begun, and a NUL. */
	std::array<unsigned char, (digest_size + 2) / 3 * 4 + 1> coded;
	unsigned size = 0;

	text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	if (!EVP_Digest(text.data(), text.size(), digest.data(), &size,
			EVP_sha1(), nullptr) ||
	    size != digest_size)
		throw std::runtime_error{"SHA-1 is not available"};
	int count = EVP_EncodeBlock(coded.data(), digest.data(),
				    static_cast<int>(size));
	return {coded.begin(), coded.begin() + count};
}

} // namespace websocket
