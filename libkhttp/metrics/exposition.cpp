/* SPDX-License-Identifier: MIT */
#include "exposition.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace metrics {

namespace {

/* In HELP only backslash and newline are special, in labels the quote too */
std::string escaped(std::string_view text, bool label)
{
	std::string out;

	for (char c : text) {
		if (c == '\\' || (c == '"' && label))
			out += '\\';
		if (c == '\n')
			out += "\\n";
		else
			out += c;
	}
	return out;
}

/* A module may know figures that we do not; what it calls them is made a name */
std::string metric_name(std::string_view name)
{
	std::string out = "khttp_";

	for (char c : name) {
		bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			  (c >= '0' && c <= '9') || c == '_';
		out += ok ? c : '_';
	}
	return out;
}

std::string text_of(const labels &of)
{
	std::string out;

	for (const auto &[name, value] : of) {
		if (value.empty())
			continue;
		out += out.empty() ? "{" : ",";
		out.append(name).append("=\"").append(escaped(value, true)).append("\"");
	}
	return out.empty() ? out : out + "}";
}

/* The shortest that is read as the same number */
std::string text_of(double value)
{
	std::array<char, 32> digits;
	const auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;

	return {digits.begin(), end};
}

} // namespace

family::family(std::string name, std::string_view type, std::string_view help)
	: name_(std::move(name))
{
	text_.append("# HELP ").append(name_).append(" ").append(escaped(help, false));
	text_.append("\n# TYPE ").append(name_).append(" ").append(type).append("\n");
}

void family::line(std::string_view suffix, const labels &of, std::string_view value)
{
	text_.append(name_).append(suffix).append(text_of(of)).append(" ");
	text_.append(value).append("\n");
}

void family::add(const labels &of, std::uint64_t value)
{
	line("", of, std::to_string(value));
}

void family::add(const labels &of, double value)
{
	line("", of, text_of(value));
}

void family::add(const labels &of, const buckets &value)
{
	const std::string count = std::to_string(value.count);
	labels with = of;

	with.emplace_back("le", "");
	for (std::size_t i = 0; i < bounds.size(); i++) {
		with.back().second = bounds[i].seconds;
		line("_bucket", with, std::to_string(value.below[i]));
	}
	with.back().second = "+Inf";
	line("_bucket", with, count);
	line("_sum", of, text_of(value.sum));
	line("_count", of, count);
}

family &exposition::of(std::string name, std::string_view type, std::string_view help)
{
	const auto found = std::ranges::find(families_, name, &family::name);

	if (found != families_.end())
		return *found;
	return families_.emplace_back(std::move(name), type, help);
}

family &exposition::counter(std::string_view name, std::string_view help)
{
	std::string full = metric_name(name);

	if (!full.ends_with("_total"))
		full += "_total";
	return of(std::move(full), "counter", help);
}

family &exposition::gauge(std::string_view name, std::string_view help)
{
	return of(metric_name(name), "gauge", help);
}

family &exposition::histogram(std::string_view name, std::string_view help)
{
	return of(metric_name(name), "histogram", help);
}

std::string exposition::text() const
{
	std::string all;

	for (const family &f : families_)
		all += f.text();
	return all;
}

} // namespace metrics
