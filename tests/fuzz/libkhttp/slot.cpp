/* SPDX-License-Identifier: MIT */
/*
 * The input is what stands in a slot's request area. Whatever it says, every
 * view lies inside the area, and the rest of the input, written as fields of
 * the reply, reads back the same. What is left then is read as a block of
 * trailer fields.
 */
#include <algorithm>
#include <cstring>
#include <vector>

#include "fuzz.hpp"
#include "slot.hpp"

using namespace khttp::detail;

namespace {

constexpr slot_layout layout{8192, 8192};

void read_request(const std::vector<std::uint64_t> &memory)
{
	auto *base = reinterpret_cast<const std::byte *>(memory.data());
	auto *text = reinterpret_cast<const char *>(base);
	slot_view view{base, layout};
	const khttp_slot &s = view.head();
	auto inside = [text](std::string_view part) {
		MUST(part.empty() || (part.data() >= text &&
				      part.data() + part.size() <=
					      text + layout.request_area));
	};

	if (!view.valid(s.id))
		return;
	for (khttp_ref where : {s.method, s.scheme, s.authority, s.target,
				s.path, s.query, s.prefix, s.body})
		inside(view.text(where));
	for (std::size_t i = 0; i <= view.field_count(); i++) {
		inside(view.field_at(i).name);
		inside(view.field_at(i).value);
	}
}

void write_reply(std::vector<std::uint64_t> &memory, chooser &choose)
{
	auto *base = reinterpret_cast<std::byte *>(memory.data());
	reply_writer out{base, layout};
	std::vector<std::pair<std::string, std::string>> wanted;

	out.reset();
	for (unsigned count = choose.byte(); count > 0; count--) {
		std::string name(choose.byte() % 40, 'n');
		std::string value(choose.byte() * 8, 'v');

		if (!name.empty())
			name[0] = static_cast<char>(choose.byte());
		if (!out.add_field(name, value))
			wanted.emplace_back(name, value);
	}
	out.set_inline_body(std::string(choose.byte() * 64, 'b'));
	const khttp_reply &r = out.reply();
	field_block records{{reinterpret_cast<char *>(base) + r.fields.off,
			     r.fields.len}};
	khttp::field f;
	std::size_t at = 0;
	while (records.next(f)) {
		MUST(at < wanted.size());
		MUST(f.name == wanted[at].first && f.value == wanted[at].second);
		at++;
	}
	MUST(at == wanted.size() && at == r.nfields);
	MUST(r.body_len <= layout.reply_area);
}

void read_block(std::string_view input)
{
	std::vector<char> bytes = exact(input);
	field_block records{{bytes.data(), bytes.size()}};
	khttp::field f;
	std::size_t sum = 0;

	while (records.next(f)) {
		MUST(f.name.empty() || (f.name.data() >= bytes.data()));
		sum += 2 * sizeof(std::uint16_t) + f.name.size() + f.value.size();
		MUST(sum <= bytes.size());
	}
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
				      std::size_t size)
{
	std::vector<std::uint64_t> memory(layout.size() / 8);
	std::size_t head = std::min<std::size_t>(size, layout.request_area);
	chooser choose{data, size};

	if (head > 0)
		std::memcpy(memory.data(), data, head);
	read_request(memory);
	write_reply(memory, choose);
	read_block(choose.rest());
	return 0;
}
