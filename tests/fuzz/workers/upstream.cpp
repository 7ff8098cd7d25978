// SPDX-License-Identifier: MIT
//
// An upstream's answer and a client's request as khttp-proxy takes them. Whatever
// the lines say, what goes on has no line end, no field of the connection and no
// second one of what stands once; the target has no blank and the head is bounded.
#include <algorithm>

#include "common/text.hpp"
#include "fuzz.hpp"
#include "proxy/answer_head.hpp"
#include "proxy/request.hpp"

namespace {

void check_answer(std::string_view bytes)
{
	proxy::answer_head head;
	bool good = true;

	while (good && !bytes.empty()) {
		const auto end = std::min(bytes.find('\n'), bytes.size() - 1);

		good = head.take(bytes.substr(0, end + 1));
		bytes.remove_prefix(end + 1);
	}
	MUST(good == head.problem().empty());
	if (!head.complete())
		return;
	MUST(head.status() >= 200 && head.status() <= 599);
	const auto fields = head.passed();

	if (!fields) {
		MUST(!head.problem().empty());
		return;
	}
	std::size_t size = 0;

	for (const auto &field : *fields) {
		size += field.name.size() + field.value.size();
		MUST(text::is_field(field.name, field.value));
		for (const auto *name : {"connection", "content-length", "te",
					 "transfer-encoding", "keep-alive"})
			MUST(!text::equals_fold(field.name, name));
		MUST(!text::stands_once(field.name) ||
		     std::ranges::count_if(*fields, [&](const auto &other) {
			     return text::equals_fold(other.name, field.name);
		     }) == 1);
	}
	MUST(size <= proxy::answer_head::most_bytes);
	for (const auto &field : head.trailers())
		MUST(text::may_trail(field.name));
}

/* Fields that the kernel would pass: tokens, and no control characters. */
std::vector<khttp::field> fields_of(std::string_view bytes)
{
	std::vector<khttp::field> fields;

	while (!bytes.empty()) {
		const auto line = bytes.substr(0, bytes.find('\n'));
		const auto colon = std::min(line.find(':'), line.size());
		const khttp::field field{
			line.substr(0, colon),
			text::trim(line.substr(std::min(colon + 1, line.size())))};

		if (text::is_field(field.name, field.value))
			fields.push_back(field);
		bytes.remove_prefix(std::min(line.size() + 1, bytes.size()));
	}
	return fields;
}

void check_request(std::string_view bytes)
{
	proxy::settings set;
	const auto fields = fields_of(bytes);
	const proxy::incoming rq{.method = "OPTIONS",
				 .target = bytes.substr(0, bytes.find_first_of(
								   " \r\n")),
				 .version = "1.1",
				 .scheme = "http",
				 .authority = "a",
				 .client = "::1",
				 .fields = fields};
	std::size_t hosts = 0;

	set.introduces = proxy::introduction::both;
	MUST(proxy::target_of(rq, "").find(' ') == std::string::npos);
	for (const auto &line : proxy::field_lines(rq, set)) {
		MUST(line.find_first_of(std::string_view{"\r\n\0", 3}) ==
		     std::string::npos);
		hosts += text::equals_fold(line.substr(0, 5), "host:");
	}
	MUST(hosts == 1);
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	chooser input(data, size);
	std::vector<char> bytes = exact(input.rest());
	std::string_view text(bytes.data(), bytes.size());

	check_answer(text);
	check_request(text);
	return 0;
}
