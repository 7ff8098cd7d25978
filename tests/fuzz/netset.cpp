// SPDX-License-Identifier: MIT
//
// A byte of choices, an address, and packed networks. What the sizer lets pass
// must be made into exactly as many nodes as it counted, and the trie must
// answer as the plain list does; what is printed must be read as the same.
#include <cstring>

#include "fuzz.hpp"

extern "C" {
#include "http/netset.h"
#include "http/network.h"
}

static khttp_network unpack(const char *packed, u32 width)
{
	khttp_network network{};

	network.address.len = static_cast<u8>(width);
	std::memcpy(network.address.bytes, packed, width);
	network.bits = static_cast<u8>(packed[width]);
	return network;
}

static void check_text(const khttp_network &network)
{
	std::vector<char> out(KHTTP_NETWORK_TEXT_MAX);
	khttp_network again;

	out.resize(khttp_network_print(&network, out.data()));
	std::vector<char> text = exact({ out.data(), out.size() });
	MUST(!khttp_network_parse(text.data(), static_cast<u32>(text.size()), &again));
	MUST(network.bits == again.bits);
	MUST(khttp_network_has(&network, &again.address));
}

static void check_any_text(std::string_view bytes)
{
	std::vector<char> text = exact(bytes);
	khttp_network network;

	if (!khttp_network_parse(text.data(), static_cast<u32>(text.size()), &network))
		check_text(network);
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	chooser choices(data, size);
	u8 choice = choices.byte();
	u32 width = choice & 1 ? KHTTP_ADDRESS6_LEN : KHTTP_ADDRESS4_LEN;

	if (choice & 2) {
		check_any_text(choices.rest());
		return 0;
	}
	std::vector<char> address = exact(choices.take(width));
	address.resize(width);
	u32 n = static_cast<u32>(choices.rest().size() / (width + 1));
	std::vector<char> packed = exact(choices.rest().substr(0, n * (width + 1)));
	auto *bytes = reinterpret_cast<const u8 *>(packed.data());
	khttp_netset_sizer sizer;

	khttp_netset_sizer_init(&sizer, width);
	if (khttp_netset_sizer_add(&sizer, bytes, n))
		return 0;
	khttp_netset_sizer_end(&sizer);
	std::vector<khttp_netset_node> nodes(sizer.nodes);
	khttp_netset set{};
	khttp_netset_build build;

	set.nodes = nodes.data();
	khttp_netset_build_begin(&build, &set, bytes, &sizer);
	while (khttp_netset_build_step(&build, 1 + choice / 4))
		;
	MUST(build.end == sizer.nodes);
	khttp_address asked{};
	bool expected = false;

	asked.len = static_cast<u8>(width);
	std::memcpy(asked.bytes, address.data(), width);
	for (u32 i = 0; i < n; i++) {
		khttp_network network = unpack(packed.data() + i * (width + 1), width);

		check_text(network);
		expected |= khttp_network_has(&network, &asked);
		MUST(khttp_netset_has(&set, network.address.bytes));
	}
	MUST(khttp_netset_has(&set, asked.bytes) == expected);
	return 0;
}
