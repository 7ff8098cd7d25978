/* SPDX-License-Identifier: MIT */
#include "prometheus.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "text.hpp"

namespace khttpctl {

namespace {

std::string metric_name(const khttp::stat_info &figure)
{
	std::string name = "khttp_";

	for (char c : figure.name) {
		bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			  (c >= '0' && c <= '9') || c == '_';
		name += ok ? c : '_';
	}
	if (figure.kind == khttp::stat_kind::counter && !name.ends_with("_total"))
		name += "_total";
	return name;
}

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

std::string labels_of(const khttp::stat_info &figure)
{
	std::vector<std::string> labels;

	if (!figure.queue.empty())
		labels.push_back(fmt::format("queue=\"{}\"", escaped(figure.queue, true)));
	if (!figure.reason.empty())
		labels.push_back(fmt::format("reason=\"{}\"", escaped(figure.reason, true)));
	return labels.empty() ? "" : fmt::format("{{{}}}", join(labels, ","));
}

struct family {
	std::string name;
	std::string text;
};

} // namespace

std::string prometheus_text(const std::vector<khttp::stat_info> &figures)
{
	std::vector<family> families; /* in the order of their first figure */
	std::string all;

	for (const khttp::stat_info &figure : figures) {
		std::string name = metric_name(figure);
		auto found = std::ranges::find(families, name, &family::name);

		if (found == families.end()) {
			families.push_back({name, fmt::format("# HELP {} {}\n# TYPE {} {}\n", name,
							      escaped(figure.help, false), name,
							      khttp::to_string(figure.kind))});
			found = families.end() - 1;
		}
		found->text += fmt::format("{}{} {}\n", name, labels_of(figure), figure.value);
	}
	for (const family &f : families)
		all += f.text;
	return all;
}

} // namespace khttpctl
