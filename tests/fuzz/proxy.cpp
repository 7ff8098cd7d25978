// SPDX-License-Identifier: MIT
//
// PROXY protocol headers. The first byte chooses the versions that are
// accepted, the second how long the pieces are. The result must not depend on
// them.
#include "fuzz.hpp"

extern "C" {
#include "http/proxy.h"
}

struct outcome {
	khttp_proxy_result result = KHTTP_PROXY_MORE;
	std::size_t used = 0;
	khttp_node source{};
};

static outcome parse(std::string_view text, std::size_t piece, u8 accept)
{
	khttp_proxy p;
	outcome out;

	khttp_proxy_init(&p, accept);
	while (out.result == KHTTP_PROXY_MORE && out.used < text.size()) {
		std::vector<char> part = exact(text.substr(out.used, piece));
		u32 used = 0;

		out.result = khttp_proxy_parse(&p, part.data(),
					       static_cast<u32>(part.size()),
					       &used);
		MUST(used > 0 && used <= part.size());
		MUST(out.result != KHTTP_PROXY_MORE || used == part.size());
		out.used += used;
	}
	out.source = p.source;
	return out;
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	chooser choose(data, size);
	u8 accept = choose.byte() & 3;
	std::size_t piece = choose.byte() + 1U;
	std::string_view text = choose.rest();
	outcome whole = parse(text, text.size() + 1, accept);
	outcome parts = parse(text, piece, accept);

	MUST(whole.result == parts.result);
	MUST(whole.used <= KHTTP_PROXY_HEADER_MAX);
	if (whole.result != KHTTP_PROXY_DONE)
		return 0;
	MUST(accept != 0);
	MUST(whole.used == parts.used);
	MUST(khttp_node_eq(&whole.source, &parts.source));
	return 0;
}
