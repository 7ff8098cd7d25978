/* SPDX-License-Identifier: MIT */
/* Networks as the kernel takes them: sorted, none within another, packed. */
#include "networks.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <khttp/error.hpp>

namespace khttp {

namespace {

constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned mapped_bits = 96;

void mask(network &n)
{
	for (std::size_t i = 0; i < n.address.size(); i++) {
		unsigned first = static_cast<unsigned>(i) * 8;

		if (n.bits <= first)
			n.address[i] = 0;
		else if (n.bits < first + 8)
			n.address[i] &= static_cast<std::uint8_t>(0xff00U >> (n.bits - first));
	}
}

network normal(network n)
{
	if (n.bits > (n.ipv6 ? 128 : 32))
		throw error(EINVAL, "a network's length is more than its address has bits");
	mask(n);
	if (n.ipv6 && n.bits >= mapped_bits &&
	    std::equal(mapped.begin(), mapped.end(), n.address.begin())) {
		n.ipv6 = false;
		n.bits = static_cast<std::uint8_t>(n.bits - mapped_bits);
		std::copy(n.address.begin() + 12, n.address.end(), n.address.begin());
		mask(n);
	}
	return n;
}

bool before(const network &a, const network &b)
{
	if (a.ipv6 != b.ipv6)
		return b.ipv6;
	return a.address != b.address ? a.address < b.address : a.bits < b.bits;
}

bool covers(const network &outer, network inner)
{
	if (outer.ipv6 != inner.ipv6 || outer.bits > inner.bits)
		return false;
	inner.bits = outer.bits;
	mask(inner);
	return inner.address == outer.address;
}

} // namespace

std::vector<network> tidy_networks(std::vector<network> list)
{
	std::vector<network> kept;

	for (network &n : list)
		n = normal(n);
	std::sort(list.begin(), list.end(), before);
	for (const network &n : list)
		if (kept.empty() || !covers(kept.back(), n))
			kept.push_back(n);
	return kept;
}

namespace detail {

void pack(const network &n, byte_vector &to)
{
	auto *bytes = reinterpret_cast<const std::byte *>(n.address.data());

	to.insert(to.end(), bytes, bytes + (n.ipv6 ? 16 : 4));
	to.push_back(static_cast<std::byte>(n.bits));
}

void unpack(byte_view packed, bool ipv6, std::vector<network> &to)
{
	std::size_t length = ipv6 ? 16 : 4;

	for (; packed.size() > length; packed = packed.subspan(length + 1)) {
		network &n = to.emplace_back();

		n.ipv6 = ipv6;
		std::memcpy(n.address.data(), packed.data(), length);
		n.bits = static_cast<std::uint8_t>(packed[length]);
	}
	if (!packed.empty())
		throw error(EBADMSG, "the module's answer is malformed (networks)");
}

} // namespace detail

} // namespace khttp
