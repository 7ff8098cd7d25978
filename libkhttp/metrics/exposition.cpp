/* SPDX-License-Identifier: MIT */
#include "exposition.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace metrics {

namespace {

constexpr std::string_view total = "_total";

/* In the HELP of plain text only backslash and newline are special, elsewhere the quote
 * too */
std::string escaped(std::string_view text, bool quote)
{
	std::string out;

	for (char c : text) {
		if (c == '\\' || (c == '"' && quote))
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

std::string_view content_type(format which) noexcept
{
	return which == format::open_metrics ?
		       "application/openmetrics-text; version=1.0.0; charset=utf-8" :
		       "text/plain; version=0.0.4; charset=utf-8";
}

family::family(std::string name, std::string_view type, std::string_view help, format as)
	: name_(std::move(name)), as_{as}
{
	const bool open = as == format::open_metrics;
	std::string_view of = name_;

	/* There the suffix is the sample's alone */
	if (open && type == "counter" && of.ends_with(total))
		of.remove_suffix(total.size());
	text_.append("# HELP ").append(of).append(" ").append(escaped(help, open));
	text_.append("\n# TYPE ").append(of).append(" ").append(type).append("\n");
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

void family::bucket(const labels &of, std::uint64_t value, const exemplar *slow)
{
	std::string sample = std::to_string(value);

	if (slow && as_ == format::open_metrics) {
		sample += " # " + text_of({{"request_id", slow->request_id}}) + " ";
		sample += text_of(static_cast<double>(slow->ns) / 1e9);
	}
	line("_bucket", of, sample);
}

void family::add(const labels &of, const buckets &value, const exemplar *slow)
{
	labels with = of;

	with.emplace_back("le", "");
	for (std::size_t i = 0; i < bounds.size(); i++) {
		const bool here = slow && slow->ns <= bounds[i].ns;

		with.back().second = bounds[i].seconds;
		bucket(with, value.below[i], here ? std::exchange(slow, nullptr) : nullptr);
	}
	with.back().second = "+Inf";
	bucket(with, value.count, slow);
	line("_sum", of, text_of(value.sum));
	line("_count", of, std::to_string(value.count));
}

family &exposition::of(std::string name, std::string_view type, std::string_view help)
{
	const auto found = std::ranges::find(families_, name, &family::name);

	if (found != families_.end())
		return *found;
	return families_.emplace_back(std::move(name), type, help, as_);
}

family &exposition::counter(std::string_view name, std::string_view help)
{
	std::string full = metric_name(name);

	if (!full.ends_with(total))
		full += total;
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
	if (as_ == format::open_metrics)
		all += "# EOF\n";
	return all;
}

} // namespace metrics
