// SPDX-License-Identifier: MIT
//
// What a worker supplies: a name and a value, cut by a line feed, and a status.
// A field that is let through must stand in the head as one line and come back
// as it was; a head must never be written behind the end of its buffer.
#include "fuzz.hpp"

extern "C" {
#include "http/field.h"
#include "http/reply.h"
}

static khttp_span span_of(const std::vector<char> &bytes)
{
	return khttp_span_of(bytes.data(), static_cast<u32>(bytes.size()));
}

static void check_round_trip(const std::vector<char> &name,
			     const std::vector<char> &value)
{
	std::vector<char> line(name.size() + value.size() + 4);
	khttp_field field;
	khttp_out out;
	u32 pos = 0;

	khttp_out_init(&out, line.data(), static_cast<u32>(line.size()));
	khttp_reply_field(&out, span_of(name), span_of(value));
	MUST(khttp_out_ok(&out) && out.len == line.size());
	if (line.size() > KHTTP_HEAD_MAX)
		return;
	MUST(!khttp_field_line(line.data(), out.len, &pos, &field));
	MUST(pos == out.len);
	MUST(field.name_len == name.size() && field.value_len == value.size());
	MUST(field.id == khttp_field_lookup(name.data(), field.name_len));
}

static void check_lists(const std::vector<char> &value)
{
	khttp_span list = span_of(value);
	khttp_span item;
	u32 pos = 0;
	u64 number;

	while (khttp_list_next(list, &pos, &item)) {
		MUST(item.len > 0);
		MUST(item.ptr >= list.ptr);
		MUST(item.ptr + item.len <= list.ptr + list.len);
	}
	khttp_list_has(list, "close");
	if (khttp_number(list, &number))
		MUST(number == std::strtoull(
				       std::string(value.begin(), value.end())
					       .c_str(),
				       nullptr, 10));
}

static void check_error(std::uint8_t reason, std::uint8_t size, bool terse)
{
	std::vector<char> room(size * 4u);
	struct khttp_reply_error error = {};
	khttp_out out;

	error.now = reason * 1000000007ull;
	error.server = "khttp";
	error.reason = reason;
	error.version = KHTTP_HTTP_10;
	error.terse = terse;
	error.retry_after = size;
	khttp_out_init(&out, room.data(), static_cast<u32>(room.size()));
	khttp_reply_error(&out, &error);
	MUST(out.len <= room.size());
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	chooser choose(data, size);
	std::uint8_t reason = choose.byte();
	std::uint8_t room = choose.byte();
	std::string_view text = choose.rest();
	std::size_t cut = std::min(text.find('\n'), text.size());
	std::vector<char> name = exact(text.substr(0, cut));
	std::vector<char> value = exact(text.substr(std::min(cut + 1,
							     text.size())));

	khttp_field_id id;

	if (khttp_field_identify(name.data(), static_cast<u32>(name.size()),
				 &id) &&
	    khttp_field_value_ok(value.data(), static_cast<u32>(value.size())))
		check_round_trip(name, value);
	check_lists(value);
	check_error(reason, room, text.size() & 1);
	return 0;
}
