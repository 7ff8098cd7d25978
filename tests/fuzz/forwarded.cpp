// SPDX-License-Identifier: MIT
//
// Forwarded and X-Forwarded-For, and networks. The first byte chooses the
// field; up to a line feed stands a trusted network, the rest are lines of the
// field. Whatever stands on their left, a well-formed element of the client's
// that is appended on their right is who it says.
#include "fuzz.hpp"

#include <cstring>

extern "C" {
#include "http/forwarded.h"
#include "http/node.h"
}

static khttp_node walk(const khttp_forwarded &by, std::string_view text,
		       khttp_node client)
{
	std::vector<char> bytes = exact(text.substr(0, 60000));
	std::vector<khttp_field> fields;
	std::size_t at = 0;

	while (at <= bytes.size()) {
		const char *begin = bytes.data() + at;
		const void *feed = at < bytes.size() ?
			std::memchr(begin, '\n', bytes.size() - at) : nullptr;
		std::size_t end = feed ? static_cast<std::size_t>(
			static_cast<const char *>(feed) - bytes.data()) : bytes.size();
		khttp_field field{};

		field.id = static_cast<u8>(by.field);
		field.value = static_cast<u16>(at);
		field.value_len = static_cast<u16>(end - at);
		fields.push_back(field);
		at = end + 1;
	}
	khttp_forwarded_walk(&by, fields.data(), static_cast<u32>(fields.size()),
			     bytes.data(), &client);
	return client;
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	static const u8 peer[4] = { 10, 0, 0, 1 };
	static const u8 stranger[4] = { 192, 0, 2, 1 };
	chooser choose(data, size);
	bool rfc = choose.byte() & 1;
	std::string_view rest = choose.rest();
	std::size_t cut = std::min(rest.find('\n'), rest.size());
	std::vector<char> text = exact(rest.substr(0, cut));
	std::string list(rest.substr(std::min(cut + 1, rest.size())));
	khttp_network nets[2];
	khttp_forwarded by = { rfc ? KHTTP_FIELD_FORWARDED :
				     KHTTP_FIELD_X_FORWARDED_FOR, nets, 1 };
	khttp_node from, to;

	khttp_node_set(&from, peer, 4, 1);
	khttp_node_set(&to, stranger, 4, 0);
	MUST(!khttp_network_parse("10.0.0.0/8", 10, &nets[0]));
	if (!khttp_network_parse(text.data(), static_cast<u32>(text.size()),
				 &nets[1])) {
		char out[KHTTP_NETWORK_TEXT_MAX];
		khttp_network again;
		u32 len = khttp_network_print(&nets[1], out);

		MUST(len <= sizeof(out));
		MUST(!khttp_network_parse(out, len, &again));
		MUST(!std::memcmp(&again, &nets[1], sizeof(again)));
		by.n_trusted = 2;
	}
	walk(by, list, from);
	if (khttp_network_any(nets, by.n_trusted, &to.address))
		return 0;
	list += rfc ? ",for=192.0.2.1;by=\"x\"" : ",192.0.2.1";
	khttp_node client = walk(by, list.substr(list.size() > 60000 ?
						 list.size() - 60000 : 0), from);
	MUST(client.address.len == to.address.len);
	MUST(!std::memcmp(client.address.bytes, to.address.bytes, 16));
	return 0;
}
