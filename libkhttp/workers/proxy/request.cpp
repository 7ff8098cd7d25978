/* SPDX-License-Identifier: MIT */
#include "request.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/text.hpp"

#include "hops.hpp"
#include "introduction.hpp"

namespace proxy {

namespace {

std::string line_of(std::string_view name, std::string_view value)
{
	if (value.empty())
		return std::string{name} + ';';
	return std::string{name}.append(": ").append(value);
}

/* Written here, whatever the client's says. */
bool is_replaced(std::string_view name, const settings &set)
{
	return text::equals_fold(name, "host") ||
	       text::equals_fold(name, "expect") ||
	       (set.introduces != introduction::keep && introduces_client(name));
}

bool has(const incoming &rq, std::string_view wanted)
{
	return std::ranges::any_of(rq.fields, [wanted](const khttp::field &f) {
		return text::equals_fold(f.name, wanted);
	});
}

std::string host_line(const incoming &rq, const settings &set)
{
	const bool known = !rq.authority.empty();

	return "Host: " + (set.host == host_sent::keep && known
				   ? std::string{rq.authority}
				   : set.to.authority);
}

void add_passed(std::vector<std::string> &lines, const incoming &rq,
		const settings &set)
{
	const auto left = forwards_left(rq);
	hops here;

	for (const auto &[name, value] : rq.fields)
		if (text::equals_fold(name, "connection"))
			here.add_connection(value);
	for (const auto &[name, value] : rq.fields) {
		if (here.drops(name) || is_replaced(name, set))
			continue;
		if (left && text::equals_fold(name, "max-forwards"))
			lines.push_back(line_of(name, std::to_string(*left - 1)));
		else
			lines.push_back(line_of(name, value));
	}
}

/* What libkhttp says of the body replaces the client's framing, but for a length
 * of 0, which libcurl would leave out. */
void add_framing(std::vector<std::string> &lines, const incoming &rq)
{
	if (rq.sends_body)
		lines.emplace_back(rq.expects ? "Expect: 100-continue"
					      : "Expect:");
	else if (has(rq, "content-length") && rq.method != "HEAD")
		lines.emplace_back("Content-Length: 0");
}

/* 1 of ".", 2 of "..": as an upstream sees them, to whom %2e is a dot too. */
std::size_t dots_of(std::string_view segment)
{
	std::size_t dots = 0;

	for (; !segment.empty(); dots++) {
		if (segment.starts_with('.'))
			segment.remove_prefix(1);
		else if (text::equals_fold(segment.substr(0, 3), "%2e"))
			segment.remove_prefix(3);
		else
			return 0;
	}
	return dots;
}

/* RFC 3986 section 5.2.4; PATH is empty or begins with a slash. */
std::string without_dots(std::string_view path)
{
	std::string out;

	while (!path.empty()) {
		const auto segment = path.substr(0, path.find('/', 1));
		const auto dots = dots_of(segment.substr(1));

		path.remove_prefix(segment.size());
		if (dots == 2 && !out.empty())
			out.resize(out.rfind('/'));
		if (dots != 1 && dots != 2)
			out += segment;
		else if (path.empty())
			out += '/';
	}
	return out;
}

} // namespace

bool is_idempotent(std::string_view method)
{
	constexpr std::array<std::string_view, 6> those{
		"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};

	return std::ranges::find(those, method) != those.end();
}

std::string target_of(const incoming &rq, std::string_view base)
{
	auto target = rq.target;

	if (target == "*")
		return "*";
	if (!target.starts_with('/')) {
		const auto host = target.find("://");
		const auto path = host == std::string_view::npos
					  ? host
					  : target.find_first_of("/?", host + 3);

		target = path == std::string_view::npos ? std::string_view{}
							: target.substr(path);
	}
	auto out = std::string{base};

	if (!target.starts_with('/'))
		out += '/';
	if (base.empty())
		return out.append(target);
	/* The upstream would take the dots for the way out of the base. */
	const auto path = target.substr(0, target.find('?'));

	return out.append(without_dots(path)).append(target.substr(path.size()));
}

std::optional<unsigned> forwards_left(const incoming &rq)
{
	constexpr std::uint64_t most = 255;

	if (rq.method != "OPTIONS" && rq.method != "TRACE")
		return {};
	for (const auto &[name, value] : rq.fields) {
		if (!text::equals_fold(name, "max-forwards"))
			continue;
		const auto left = text::number(value);

		if (left)
			return static_cast<unsigned>(std::min(*left, most));
	}
	return {};
}

std::vector<std::string> field_lines(const incoming &rq, const settings &set)
{
	std::vector<std::string> lines{host_line(rq, set)};

	add_passed(lines, rq, set);
	add_framing(lines, rq);
	lines.emplace_back("Accept:");
	for (auto &line : introduce(rq, set))
		lines.push_back(std::move(line));
	lines.push_back("Via: " + via(rq.version, set.pseudonym));
	return lines;
}

std::vector<std::string>
trailer_lines(const std::vector<std::pair<std::string, std::string>> &fields)
{
	std::vector<std::string> lines;
	const hops here;

	/* libcurl wants a value. */
	for (const auto &[name, value] : fields)
		if (!value.empty() && text::may_trail(name) && !here.drops(name))
			lines.push_back(line_of(name, value));
	return lines;
}

} // namespace proxy
