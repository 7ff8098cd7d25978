// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

#include "http.hpp"

namespace {

using bytes = std::vector<u8>;

// Packed networks of one family, with the trie that is made of them.
struct made {
	std::vector<khttp_netset_node> nodes;
	khttp_netset set{};

	bool has(const u8 *address) const
	{
		return khttp_netset_has(&set, address);
	}
};

const char *size(khttp_netset_sizer &sizer, u32 width, const bytes &packed)
{
	khttp_netset_sizer_init(&sizer, width);
	const char *error = khttp_netset_sizer_add(
		&sizer, packed.data(),
		static_cast<u32>(packed.size() / (width + 1)));

	if (!error)
		khttp_netset_sizer_end(&sizer);
	return error;
}

made make(u32 width, const bytes &packed, u32 step = 1)
{
	khttp_netset_sizer sizer;
	khttp_netset_build build;
	made out;

	REQUIRE(size(sizer, width, packed) == nullptr);
	REQUIRE(sizer.nodes <= 2 * sizer.n);
	out.nodes.resize(sizer.nodes);
	out.set.nodes = out.nodes.data();
	khttp_netset_build_begin(&build, &out.set, packed.data(), &sizer);
	while (khttp_netset_build_step(&build, step))
		;
	// The sizer counted exactly what was made.
	REQUIRE(build.end == sizer.nodes);
	return out;
}

void pack(bytes &to, const khttp_network &network)
{
	to.insert(to.end(), network.address.bytes,
		  network.address.bytes + network.address.len);
	to.push_back(network.bits);
}

bytes packed_of(const std::vector<const char *> &texts)
{
	bytes out;

	for (const char *text : texts) {
		khttp_network network;

		REQUIRE(khttp_network_parse(
				text, static_cast<u32>(std::strlen(text)),
				&network) == nullptr);
		pack(out, network);
	}
	return out;
}

bool less(const khttp_network &a, const khttp_network &b)
{
	int order = std::memcmp(a.address.bytes, b.address.bytes, 16);

	return order ? order < 0 : a.bits < b.bits;
}

// Sorted, and without those that lie within another.
void tidy(std::vector<khttp_network> &list)
{
	std::vector<khttp_network> kept;

	std::sort(list.begin(), list.end(), less);
	for (const khttp_network &network : list)
		if (kept.empty() ||
		    !khttp_network_has(&kept.back(), &network.address))
			kept.push_back(network);
	list = kept;
}

class model {
public:
	model(u32 width, unsigned seed) : width_(width), random_(seed) {}

	// Clustered, so that networks share bytes in every way there is.
	khttp_address address()
	{
		khttp_address a{};

		a.len = static_cast<u8>(width_);
		for (u32 i = 0; i < width_; i++)
			a.bytes[i] = below(3) ? static_cast<u8>(below(4) * 64)
					      : static_cast<u8>(below(256));
		return a;
	}

	khttp_network network()
	{
		khttp_network n{ address(), 0 };

		n.bits = static_cast<u8>(below(20) ? 1 + below(width_ * 8)
						   : width_ * 8);
		khttp_address_mask(&n.address, n.bits);
		return n;
	}

	u32 below(u32 n) { return static_cast<u32>(random_() % n); }

private:
	u32 width_;
	std::mt19937 random_;
};

// An address at or beside the border of one of the networks.
khttp_address near(model &m, const khttp_network &network)
{
	khttp_address a = network.address;
	u32 bit = m.below(a.len * 8u);

	if (m.below(3))
		a.bytes[bit / 8] ^= static_cast<u8>(0x80 >> bit % 8);
	for (u32 i = network.bits; i < a.len * 8u; i++)
		if (m.below(2))
			a.bytes[i / 8] ^= static_cast<u8>(0x80 >> i % 8);
	return a;
}

bool naive(const std::vector<khttp_network> &list, const khttp_address &a)
{
	return std::any_of(list.begin(), list.end(), [&](const auto &network) {
		return khttp_network_has(&network, &a);
	});
}

}  // namespace

TEST_CASE("netset: nothing and everything need no node")
{
	made none = make(4, {});
	made all = make(4, packed_of({ "0.0.0.0/0" }));
	const u8 address[4] = { 1, 2, 3, 4 };

	CHECK(none.set.n_nodes == 0);
	CHECK(!none.has(address));
	CHECK(all.set.n_nodes == 0);
	CHECK(all.has(address));
}

TEST_CASE("netset: what cannot be made is refused")
{
	khttp_netset_sizer sizer;

	auto error = [&](u32 width, const bytes &packed) {
		const char *text = size(sizer, width, packed);

		return std::string(text ? text : "");
	};
	auto texts = [&](const std::vector<const char *> &list) {
		return error(4, packed_of(list));
	};

	CHECK(texts({ "10.0.0.0/8", "9.0.0.0/8" }).find("order") != std::string::npos);
	CHECK(texts({ "10.0.0.0/8", "10.0.0.0/8" }).find("within") != std::string::npos);
	CHECK(texts({ "10.0.0.0/8", "10.1.0.0/16" }).find("within") != std::string::npos);
	CHECK(texts({ "10.0.0.0/16", "10.0.0.0/8" }).find("within") != std::string::npos);
	CHECK(texts({ "0.0.0.0/0", "10.0.0.0/8" }).find("within") != std::string::npos);
	CHECK(texts({ "10.0.0.0/16", "10.1.0.0/16" }).empty());
	CHECK(error(4, { 10, 0, 0, 1, 8 }).find("have to be 0") != std::string::npos);
	CHECK(error(4, { 10, 0, 0, 0, 33 }).find("length") != std::string::npos);
	bytes mapped(17);
	mapped[10] = mapped[11] = 0xff;
	mapped[16] = 104;
	CHECK(error(16, mapped).find("::ffff:") != std::string::npos);
}

TEST_CASE("netset: bytes in which all are alike cost no node")
{
	made one = make(16, packed_of({ "2001:db8:1:2:3:4:5:6" }));
	made two = make(16, packed_of({ "2001:db8::1", "2001:db8::2" }));

	CHECK(one.set.n_nodes == 1);
	CHECK(two.set.n_nodes == 1);
}

TEST_CASE("netset: every set answers as a plain list would")
{
	for (u32 width : { 4u, 16u })
		for (unsigned seed = 0; seed < 60; seed++) {
			model m(width, seed);
			std::vector<khttp_network> list(m.below(300));
			bytes packed;

			std::generate(list.begin(), list.end(),
				      [&] { return m.network(); });
			tidy(list);
			for (const khttp_network &network : list)
				pack(packed, network);
			made set = make(width, packed, 1 + m.below(9));
			for (int i = 0; i < 1000; i++) {
				khttp_address a =
					list.empty() || !m.below(4)
						? m.address()
						: near(m, list[m.below(static_cast<u32>(
								list.size()))]);

				REQUIRE(set.has(a.bytes) == naive(list, a));
			}
		}
}

TEST_CASE("netset: no lookup takes more steps than an address has bytes")
{
	std::mt19937 random(1);
	std::vector<khttp_network> list(100000);
	bytes packed;

	for (khttp_network &network : list) {
		u32 value = static_cast<u32>(random());

		network = {};
		network.address.len = 4;
		std::memcpy(network.address.bytes, &value, 4);
		network.bits = static_cast<u8>(16 + random() % 17);
		khttp_address_mask(&network.address, network.bits);
	}
	tidy(list);
	for (const khttp_network &network : list)
		pack(packed, network);
	made set = make(4, packed, 1000);
	for (u32 i = 0; i < set.set.n_nodes; i++) {
		const khttp_netset_node &node = set.nodes[i];

		for (u32 child = 0; child < 4; child++)
			if (node.child[child])
				REQUIRE(set.nodes[node.base].depth > node.depth);
		REQUIRE(node.depth < 4);
	}
	for (const khttp_network &network : list)
		REQUIRE(set.has(network.address.bytes));
}
