/* SPDX-License-Identifier: MIT */
#include "write.hpp"

#include <fmt/format.h>

#include "../text.hpp"
#include "base64.hpp"
#include "diff.hpp"

namespace khttpctl::configuration {

namespace {

/* As far as it is sure that TOML's 64 bits hold it */
constexpr std::size_t digits_max = 18;
constexpr std::size_t line_max = 80;

bool is_number(const std::string &text)
{
	return !text.empty() && text.size() <= digits_max && (text[0] != '0' || text.size() == 1) &&
	       text.find_first_not_of("0123456789") == std::string::npos;
}

/* A basic string, in which TOML has to have some characters escaped */
std::string toml_text(std::string_view text)
{
	std::string out = "\"";

	for (char c : text) {
		const auto code = static_cast<unsigned char>(c);

		if (c == '"' || c == '\\')
			out += {'\\', c};
		else if (c == '\n')
			out += "\\n";
		else if (c == '\t')
			out += "\\t";
		else if (code < 0x20 || code == 0x7f)
			out += fmt::format("\\u{:04X}", code);
		else
			out += c;
	}
	return out + '"';
}

/* A key that needs no quotes */
std::string key_text(const std::string &key)
{
	const bool bare =
		!key.empty() && key.find_first_not_of("abcdefghijklmnopqrstuvwxyz"
						      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
						      "0123456789_-") == std::string::npos;

	return bare ? key : toml_text(key);
}

std::string list_text(const std::vector<std::string> &list)
{
	std::vector<std::string> items;

	for (const std::string &item : list)
		items.push_back(toml_text(item));
	std::string line = fmt::format("[{}]", join(items, ", "));
	return line.size() < line_max / 2 ? line : fmt::format("[\n\t{},\n]", join(items, ",\n\t"));
}

std::string page_text(const value &page)
{
	return is_text(page.bytes)
		       ? fmt::format("{{ type = {}, body = {} }}", toml_text(page.text),
				     toml_text(page.bytes))
		       : fmt::format("{{ type = {}, base64 = {} }}", toml_text(page.text),
				     toml_text(to_base64(page.bytes)));
}

std::string value_text(kind k, const std::string &key, const value &v)
{
	if (key.starts_with(page_prefix))
		return page_text(v);
	if (dictionary::is_list(k, key))
		return list_text(v.list);
	return is_number(v.text) ? v.text : toml_text(v.text);
}

std::string key_of(const std::string &key)
{
	if (!key.starts_with(page_prefix))
		return key_text(key);
	return fmt::format("page.{}", key.substr(page_prefix.size()));
}

/* Thousands of them: one a line, and the shortest form */
void write_urls(std::ostream &out, const objects &urls)
{
	if (!urls.empty())
		out << "[url]\n";
	for (const auto &[name, keys] : urls) {
		std::vector<std::string> pairs;

		for (const auto &[key, v] : keys)
			pairs.push_back(fmt::format("{} = {}", key, value_text(kind::url, key, v)));
		const bool plain = keys.size() == 1 && keys.contains("queue");
		out << toml_text(name) << " = "
		    << (plain ? toml_text(keys.at("queue").text)
			      : fmt::format("{{ {} }}", join(pairs, ", ")))
		    << '\n';
	}
}

void write_sets(std::ostream &out, const objects &sets)
{
	if (sets.empty())
		return;
	out << "[networks]\n";
	for (const auto &[name, keys] : sets)
		out << key_text(name) << " = " << list_text(keys.at("networks").list) << '\n';
	out << '\n';
}

void write_object(std::ostream &out, kind k, const std::string &name, const object &keys)
{
	out << '[' << name_of(k);
	if (!name.empty())
		out << '.' << key_text(name);
	out << "]\n";
	for (const auto &[key, v] : keys)
		out << key_of(key) << " = " << value_text(k, key, v) << '\n';
	out << '\n';
}

} // namespace

object to_say(kind k, const object &keys, const dictionary &words)
{
	const object initial = words.initial(k, keys);
	object said;

	for (const auto &[key, v] : keys) {
		auto at_first = initial.find(key);

		if (at_first == initial.end() || at_first->second != v)
			said[key] = v;
	}
	return said;
}

json json_of(const model &m, const dictionary &words)
{
	json all = json::object();

	for (std::size_t i = 0; i < kinds; i++) {
		const kind k = static_cast<kind>(i);
		json named = json::object();

		for (const auto &[name, keys] : m.of(k)) {
			json said = json::object();

			for (const auto &[key, v] : to_say(k, keys, words))
				said[key] = json_of_value(v);
			named[name] = said;
		}
		if (k == kind::app)
			continue;
		all[name_of(k)] = k == kind::limits ? named[""] : named;
	}
	return all;
}

void write_file(std::ostream &out, const model &m, const dictionary &words)
{
	objects urls;

	for (std::size_t i = 0; i < kinds; i++) {
		const kind k = static_cast<kind>(i);

		if (k == kind::networks)
			write_sets(out, m.of(k));
		for (const auto &[name, keys] : m.of(k)) {
			const object said = to_say(k, keys, words);
			const bool implied =
				said.empty() && (k == kind::limits || k == kind::group);

			if (k == kind::url)
				urls[name] = said;
			else if (k != kind::networks && !implied)
				write_object(out, k, name, said);
		}
	}
	write_urls(out, urls);
}

} // namespace khttpctl::configuration
