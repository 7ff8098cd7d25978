/* SPDX-License-Identifier: MIT */
#include "answer_head.hpp"

#include <algorithm>

#include "common/text.hpp"

#include "hops.hpp"

namespace proxy {

namespace {

constexpr std::string_view protocol = "HTTP/";

std::string_view without_end(std::string_view line)
{
	if (line.ends_with('\n'))
		line.remove_suffix(1);
	if (line.ends_with('\r'))
		line.remove_suffix(1);
	return line;
}

bool is_interim(int status)
{
	return status >= 100 && status < 200 && status != 101;
}

/* What ends with the connection; with 426 (Upgrade Required) Upgrade says which
 * protocol it is. Trailer would name what may be left out of them. */
bool stays(const hops &here, std::string_view name, int status)
{
	if (text::equals_fold(name, "upgrade"))
		return status != 426;
	return here.drops(name) || text::equals_fold(name, "trailer");
}

} // namespace

bool answer_head::fail(std::string_view why) noexcept
{
	problem_ = why;
	return false;
}

bool answer_head::take(std::string_view line)
{
	if (!problem_.empty())
		return false;
	bytes_ += line.size();
	if (bytes_ > most_bytes)
		return fail("the head of its answer is too large");
	line = without_end(line);
	if (complete_)
		return line.empty() || take_field(line);
	if (!begun_)
		return take_status(line);
	return line.empty() ? end_head() : take_field(line);
}

/* RFC 9112 section 4; the reason phrase has nothing to say. */
bool answer_head::take_status(std::string_view line)
{
	constexpr std::string_view why = "its answer is no HTTP/1";
	const auto space = line.find(' ');

	if (!line.starts_with(protocol) || space == std::string_view::npos)
		return fail(why);
	version_ = line.substr(protocol.size(), space - protocol.size());
	const auto digits = line.substr(space + 1, 3);
	const auto number = text::number(digits);

	if ((version_ != "1.1" && version_ != "1.0") || digits.size() != 3 ||
	    !number || (line.size() > space + 4 && line[space + 4] != ' '))
		return fail(why);
	status_ = static_cast<int>(*number);
	if (!is_interim(status_) && (status_ < 200 || status_ > 599))
		return fail("the status of its answer cannot be passed on");
	begun_ = true;
	return true;
}

bool answer_head::take_field(std::string_view line)
{
	const auto colon = line.find(':');

	/* Also a line that goes on with the one before: RFC 9112 section 5.2 */
	if (colon == std::string_view::npos)
		return fail("its answer has a line that is no field");
	answer_field field{std::string{line.substr(0, colon)},
			   std::string{text::trim(line.substr(colon + 1))}};

	if (!text::is_field(field.name, field.value))
		return fail("its answer has a field that HTTP forbids");
	if (complete_) {
		trailers_.push_back(std::move(field));
		return true;
	}
	if (!note_framing(field))
		return false;
	fields_.push_back(std::move(field));
	return true;
}

/* Stricter than libcurl, which goes by what it understands: two recipients have
 * to see the same end (RFC 9112 section 6.3). */
bool answer_head::note_framing(const answer_field &field)
{
	if (text::equals_fold(field.name, "transfer-encoding")) {
		if (chunked_ || !text::equals_fold(field.value, "chunked"))
			return fail("its answer has a transfer coding that is "
				    "not known");
		chunked_ = true;
	} else if (text::equals_fold(field.name, "content-length")) {
		const auto bytes = text::number(field.value);

		if (!bytes || *bytes >> 63 || (length_ && length_ != bytes))
			return fail("the length of its answer is not certain");
		length_ = bytes;
	}
	return true;
}

bool answer_head::end_head()
{
	bytes_ = 0;
	begun_ = false;
	if (is_interim(status_)) {
		fields_.clear();
		length_.reset();
		chunked_ = false;
		return true;
	}
	if (chunked_)
		length_.reset();
	complete_ = true;
	return true;
}

std::optional<std::vector<answer_field>> answer_head::passed()
{
	std::vector<answer_field> out;
	hops here;

	for (const auto &[name, value] : fields_)
		if (text::equals_fold(name, "connection"))
			here.add_connection(value);
	for (const auto &field : fields_) {
		if (stays(here, field.name, status_))
			continue;
		const auto before = std::ranges::find_if(
			out, [&field](const answer_field &other) {
				return text::equals_fold(other.name, field.name);
			});

		if (before == out.end() || !text::stands_once(field.name)) {
			out.push_back(field);
		} else if (before->value != field.value) {
			fail("its answer has two fields that contradict");
			return {};
		}
	}
	return out;
}

std::vector<answer_field> answer_head::trailers() const
{
	std::vector<answer_field> out;
	const hops here;

	std::ranges::copy_if(trailers_, std::back_inserter(out),
			     [&here](const answer_field &field) {
				     return text::may_trail(field.name) &&
					    !here.drops(field.name);
			     });
	return out;
}

} // namespace proxy
