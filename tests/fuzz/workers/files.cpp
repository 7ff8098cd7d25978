// SPDX-License-Identifier: MIT
//
// Fields and paths as khttp-files reads them. The first byte gives the size of
// the file; then come two lines and the rest. Ranges lie within the file and do
// not overlap; a path never leaves the site; what is encoded has no byte that a
// field could not carry.
#include <sys/stat.h>

#include "common/text.hpp"
#include "files/condition.hpp"
#include "files/encoding.hpp"
#include "files/path.hpp"
#include "files/range.hpp"
#include "fuzz.hpp"

namespace {

constexpr std::uint64_t now = 1700000000;

std::string_view line_of(std::string_view &rest)
{
	std::size_t end = std::min(rest.find('\n'), rest.size());
	std::string_view line = rest.substr(0, end);

	rest.remove_prefix(std::min(end + 1, rest.size()));
	return line;
}

void check_range(std::string_view field, std::uint64_t size)
{
	files::range_choice choice = files::choose_ranges(field, size);
	std::vector<files::byte_range> seen;

	MUST((choice.kind == files::range_kind::parts) != choice.parts.empty());
	MUST(choice.parts.size() <= files::max_ranges);
	for (const files::byte_range &part : choice.parts) {
		MUST(part.length > 0 && part.first < size);
		MUST(part.length <= size - part.first);
		for (const files::byte_range &other : seen)
			MUST(part.first + part.length <= other.first ||
			     other.first + other.length <= part.first);
		seen.push_back(part);
	}
}

void check_conditions(std::string_view tags, std::string_view date)
{
	files::validators current{"\"1-2-3\"", now - 100};
	files::conditions asked;

	asked.if_match = std::string(tags);
	asked.if_unmodified_since = std::string(date);
	static_cast<void>(files::judge(asked, current, now));
	asked.if_match.reset();
	asked.if_none_match = std::string(tags);
	asked.if_modified_since = std::string(date);
	static_cast<void>(files::judge(asked, current, now));
	asked.if_range = std::string(tags);
	static_cast<void>(files::range_applies(asked, current, now));
	asked.if_range = std::string(date);
	static_cast<void>(files::range_applies(asked, current, now));
}

void check_path(std::string_view path, std::string_view prefix,
		std::string_view query)
{
	auto found = files::locate(path, prefix, false);
	std::string_view name;
	std::size_t at = 0;

	for (char c : files::directory_location(path, query))
		MUST(c > ' ' && c < 0x7f);
	if (!found)
		return;
	name = found->name;
	MUST(!name.empty() && name[0] != '/' && name.find('\0') == name.npos);
	if (name == ".")
		return;
	while (at <= name.size()) {
		std::size_t end = std::min(name.find('/', at), name.size());
		std::string_view part = name.substr(at, end - at);

		MUST(!part.empty() && (part[0] != '.' || part == ".well-known"));
		at = end + 1;
	}
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	chooser input(data, size);
	std::uint64_t file = std::uint64_t{input.byte()} << (size % 56);
	std::vector<char> bytes = exact(input.rest());
	std::string_view rest(bytes.data(), bytes.size());
	std::string_view first = line_of(rest);
	std::string_view second = line_of(rest);

	check_range(first, file);
	check_conditions(first, second);
	check_conditions(second, first);
	if (second.starts_with('/') && first.starts_with(second))
		check_path(first, second, rest);
	static_cast<void>(files::choose_coding(first, {true, true}));
	static_cast<void>(text::escape_html(first));
	static_cast<void>(text::is_utf8(second));
	return 0;
}
