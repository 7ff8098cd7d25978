// SPDX-License-Identifier: MIT
#include "wire_vectors.hpp"

#include <algorithm>
#include <cctype>

namespace {

constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";

bool is_token(std::string_view text)
{
	return !text.empty() && std::ranges::all_of(text, [](char c) {
		return std::isalnum(static_cast<unsigned char>(c)) ||
		       token_marks.find(c) != std::string_view::npos;
	});
}

bool is_value(std::string_view text)
{
	return std::ranges::all_of(text, [](char c) {
		auto byte = static_cast<unsigned char>(c);

		return (byte >= 0x20 && byte != 0x7f) || c == '\t';
	});
}

class reader {
public:
	explicit reader(std::string_view bytes) : rest_{ bytes } {}

	bool at_end() const { return rest_.empty(); }

	std::string_view take(std::size_t n)
	{
		if (rest_.size() < n)
			throw malformed{ "a body that breaks off" };
		std::string_view piece = rest_.substr(0, n);

		rest_.remove_prefix(n);
		return piece;
	}

	std::string_view line()
	{
		auto end = rest_.find("\r\n");

		if (end == std::string_view::npos)
			throw malformed{ "a line without end" };
		std::string_view line = take(end);

		take(2);
		if (!is_value(line))
			throw malformed{ "a control character in a head" };
		return line;
	}

private:
	std::string_view rest_;
};

void read_field(std::string_view line, answer *to)
{
	auto colon = line.find(": ");

	if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
		throw malformed{ "field: " + std::string(line) };
	std::string name(line.substr(0, colon));

	std::ranges::transform(name, name.begin(),
			       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
	to->fields.emplace(name, line.substr(colon + 2));
}

void read_head(reader &from, answer *to)
{
	std::string_view line = from.line();

	if (!line.starts_with("HTTP/1.1 ") || line.size() < 13 || line[12] != ' ')
		throw malformed{ "status line: " + std::string(line) };
	to->status = std::stoi(std::string(line.substr(9, 3)));
	while (!(line = from.line()).empty())
		read_field(line, to);
}

void read_chunks(reader &from, answer *to)
{
	for (;;) {
		std::size_t n = std::stoul(std::string(from.line()), nullptr, 16);

		if (!n)
			break;
		to->body += from.take(n);
		if (!from.line().empty())
			throw malformed{ "a chunk longer than announced" };
	}
	while (!from.line().empty())
		;
}

// RFC 9112 section 6.3, and nothing that an origin server must not send.
void read_body(reader &from, const std::string &method, answer *to)
{
	bool length = to->has("content-length");
	bool chunked = to->has("transfer-encoding");

	if (to->fields.count("content-length") > 1 || (length && chunked))
		throw malformed{ "framing that contradicts itself" };
	if (to->status == 204 && (length || chunked))
		throw malformed{ "204 with framing" };
	if (method == "HEAD" || to->status == 204 || to->status == 304)
		return;
	if (length)
		to->body = from.take(std::stoul(to->fields.find("content-length")->second));
	else if (chunked)
		read_chunks(from, to);
	else
		throw malformed{ "no framing" };
}

void check_origin(const answer &a)
{
	// RFC 9110 sections 6.6.1, 10.2.4 and 15.5.6.
	if (a.fields.count("date") != 1 || a.fields.count("server") != 1)
		throw malformed{ "Date or Server is missing or repeated" };
	if (a.status == 405 && !a.has("allow"))
		throw malformed{ "405 without Allow" };
}

} // namespace

bool answer::closes() const
{
	auto [from, to] = fields.equal_range("connection");

	return std::any_of(from, to, [](const auto &field) { return field.second == "close"; });
}

std::vector<answer> read_answers(std::string_view bytes, const std::vector<std::string> &methods,
				 int *interim)
{
	std::vector<answer> all;
	reader from{ bytes };

	*interim = 0;
	while (!from.at_end()) {
		answer one;

		if (all.size() == methods.size())
			throw malformed{ "more answers than requests" };
		read_head(from, &one);
		if (one.status < 200) {
			++*interim;
			continue;
		}
		read_body(from, methods[all.size()], &one);
		check_origin(one);
		all.push_back(one);
	}
	return all;
}
