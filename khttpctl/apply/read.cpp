/* SPDX-License-Identifier: MIT */
#include "read.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/format.h>
#include <khttp/error.hpp>
#include <toml++/toml.h>

#include "../command.hpp"
#include "../failures.hpp"
#include "../rules.hpp"
#include "../settings.hpp"
#include "../text.hpp"
#include "app.hpp"
#include "base64.hpp"

namespace khttpctl::configuration {

namespace {

/* Of a file that is no configuration at all, the rest is not worth reading */
constexpr std::size_t complaints_max = 20;

class reader {
public:
	reader(const std::string &name, const dictionary &words)
		: name_(name), words_(words), folder_(name.substr(0, name.find_last_of('/') + 1))
	{
	}

	file read(const toml::table &all, std::optional<kind> only);

private:
	void section(kind k, const toml::node &node);
	void read_object(kind k, const std::string &name, const toml::node &node);
	void read_keys(kind k, const std::string &name, const toml::table &keys);
	void read_key(kind k, const std::string &key, const toml::node &node, object &into);
	void read_set(const std::string &name, const toml::node &node);
	void read_pages(const toml::node &node, object &into);
	value page_of(const toml::node &node);
	value raw_value(kind k, std::string_view key, const toml::node &node);
	std::string text_of(std::string_view key, const toml::node &node);
	std::string beside(const std::string &path) const;

	std::string place(const toml::node &node) const;
	/* What @work throws is a mistake of that place */
	template <typename F>
	void judged(const toml::node &node, F &&work);

	const std::string &name_;
	const dictionary &words_;
	std::string folder_;
	file out_;
	std::vector<std::string> complaints_;
};

std::string reader::place(const toml::node &node) const
{
	const toml::source_position at = node.source().begin;

	return fmt::format("{}:{}:{}", name_, at.line, at.column);
}

template <typename F>
void reader::judged(const toml::node &node, F &&work)
{
	if (complaints_.size() == complaints_max)
		return;
	try {
		work();
	} catch (const std::exception &failure) {
		complaints_.push_back(fmt::format("{}: {}", place(node), failure.what()));
	}
}

std::string reader::beside(const std::string &path) const
{
	return path.starts_with('/') ? path : folder_ + path;
}

/* As it would stand on the command line */
std::string reader::text_of(std::string_view key, const toml::node &node)
{
	if (auto text = node.as_string())
		return text->get();
	if (auto yes = node.as_boolean())
		return yes->get() ? "on" : "off";
	auto number = node.as_integer();
	if (!number)
		throw usage_error(fmt::format("{}: write a text, a number, true or false", key));
	if ((number->flags() & toml::value_flags::format_as_octal) != toml::value_flags::none)
		return fmt::format("0{:o}", number->get());
	return fmt::format("{}", number->get());
}

value reader::raw_value(kind k, std::string_view key, const toml::node &node)
{
	const toml::array *items = node.as_array();
	value raw;

	if (!items) {
		raw.text = text_of(key, node);
		return raw;
	}
	if (!dictionary::is_list(k, key))
		throw usage_error(fmt::format("{}: one value, and no list", key));
	for (const toml::node &item : *items)
		raw.list.push_back(text_of(key, item));
	return raw;
}

/* A rule or a network alone is a list of one */
void as_list(kind k, const std::string &key, value &raw)
{
	const bool words = k == kind::listener;

	if (words || !dictionary::is_list(k, key) || raw.text.empty())
		return;
	raw.list.push_back(raw.text);
	raw.text.clear();
}

value reader::page_of(const toml::node &node)
{
	value page;

	if (auto path = node.as_string()) {
		page.bytes = page_content(beside(path->get()));
		return page;
	}
	const toml::table *keys = node.as_table();
	if (!keys)
		throw usage_error("a page is a file's name, or { file = ..., type = ... }");
	int bodies = 0;
	for (const auto &[key, item] : *keys) {
		const std::string word(key.str());
		const std::string text = text_of(word, item);

		if (word == "type")
			page.text = text;
		else if (word == "file")
			page.bytes = page_content(beside(text));
		else if (word == "base64")
			page.bytes = from_base64(text);
		else if (word == "body")
			page.bytes = text;
		else
			throw usage_error(fmt::format("unknown key '{}': a page has file, body or "
						      "base64, and type",
						      printable(word)));
		bodies += word != "type";
	}
	if (bodies != 1)
		throw usage_error("a page has one of file, body and base64");
	return page;
}

void reader::read_pages(const toml::node &node, object &into)
{
	const toml::table *pages = node.as_table();

	if (!pages)
		throw usage_error("page: write a table, like { 503 = \"busy.html\" }");
	for (const auto &[status, item] : *pages)
		judged(item, [&] {
			const std::string key =
				std::string(page_prefix) + std::string(status.str());

			into[key] = words_.normal(kind::group, key, page_of(item));
		});
}

void reader::read_key(kind k, const std::string &key, const toml::node &node, object &into)
{
	const std::vector<std::string> known = words_.keys(k);

	if (k == kind::group && words_.is_only_of_namespace(key))
		throw usage_error(fmt::format("{} is of the whole namespace: write it below "
					      "[limits]",
					      key));
	if (std::ranges::find(known, key) == known.end())
		throw usage_error(fmt::format("unknown key '{}'{}", printable(key),
					      did_you_mean(key, known)));
	if (k == kind::group && key == "page")
		return read_pages(node, into);
	value raw = raw_value(k, key, node);
	as_list(k, key, raw);
	into[key] = words_.normal(k, key, raw);
}

void reader::read_keys(kind k, const std::string &name, const toml::table &keys)
{
	object &into = out_.said.of(k)[name];

	for (const auto &[key, node] : keys)
		judged(node, [&] { read_key(k, std::string(key.str()), node, into); });
}

/* "office = [...]", or { file = "..." }, which has one a line */
void reader::read_set(const std::string &name, const toml::node &node)
{
	const toml::table *keys = node.as_table();
	const toml::node *list = &node;
	value raw;

	if (keys) {
		const std::vector<std::string> known = words_.keys(kind::networks);

		if (keys->size() != 1 ||
		    std::ranges::find(known, keys->begin()->first.str()) == known.end())
			throw usage_error("write a list of networks, or { file = \"...\" }");
		list = &keys->begin()->second;
	}
	if (keys && keys->contains("file")) {
		raw.list = lines_of(beside(text_of("file", *list)));
	} else {
		raw = raw_value(kind::networks, "networks", *list);
		as_list(kind::networks, "networks", raw);
	}
	out_.said.of(kind::networks)[name]["networks"] =
		words_.normal(kind::networks, "networks", raw);
}

void reader::read_object(kind k, const std::string &written, const toml::node &node)
{
	const std::string name = words_.normal_name(k, written);
	auto &places = out_.places[static_cast<std::size_t>(k)];

	if (!places.try_emplace(name, place(node)).second)
		throw usage_error(
			fmt::format("{} {} stands at {} already", name_of(k), name, places[name]));
	out_.said.of(k)[name];
	if (k == kind::networks)
		return read_set(name, node);
	/* Most prefixes only have a queue */
	if (auto queue = node.as_string(); queue && k == kind::url) {
		out_.said.of(k)[name]["queue"] = {queue->get()};
		return;
	}
	if (!node.is_table())
		throw usage_error(fmt::format("write a table: [{}.{}]", name_of(k), name));
	read_keys(k, name, *node.as_table());
	if (k == kind::app)
		check_app(name, out_.said.of(k)[name]);
}

void reader::section(kind k, const toml::node &node)
{
	const toml::table *all = node.as_table();

	if (!all)
		throw usage_error(fmt::format("{} is a table", name_of(k)));
	if (k == kind::limits)
		return read_keys(k, "", *all);
	for (const auto &[name, item] : *all)
		judged(item, [&] { read_object(k, std::string(name.str()), item); });
}

file reader::read(const toml::table &all, std::optional<kind> only)
{
	const std::vector<std::string> known(kind_names.begin(), kind_names.end());

	for (const auto &[key, node] : all)
		judged(node, [&] {
			const auto at = std::ranges::find(known, key.str());

			if (at == known.end())
				throw usage_error(fmt::format(
					"unknown key '{}'{}: there are {}", printable(key.str()),
					did_you_mean(std::string(key.str()), known),
					join(known, ", ")));
			const kind k = static_cast<kind>(at - known.begin());
			if (!only || *only == k)
				section(k, node);
		});
	if (!complaints_.empty())
		throw khttp::error(EINVAL, join(complaints_, "\n"));
	return std::move(out_);
}

} // namespace

std::string file::place_of(kind k, const std::string &name) const
{
	const auto &known = places[static_cast<std::size_t>(k)];
	auto found = known.find(name);

	return found == known.end() ? "" : found->second + ": ";
}

file read_text(std::string_view text, const std::string &name, const dictionary &words,
	       std::optional<kind> only)
{
	try {
		return reader(name, words).read(toml::parse(text, name), only);
	} catch (const toml::parse_error &failure) {
		const toml::source_position at = failure.source().begin;

		throw khttp::error(EINVAL, fmt::format("{}:{}:{}: {}", name, at.line, at.column,
						       failure.description()));
	}
}

file read_file(const std::string &name, const dictionary &words, std::optional<kind> only)
{
	std::string text;

	if (name == "-") {
		text.assign(std::istreambuf_iterator<char>(std::cin), {});
		return read_text(text, name, words, only);
	}
	std::ifstream in(name, std::ios::binary);
	if (!in)
		throw khttp::error(errno, fmt::format("cannot read {}: {}", printable(name),
						      std::strerror(errno)));
	text.assign(std::istreambuf_iterator<char>(in), {});
	if (in.bad())
		throw khttp::error(EIO, fmt::format("cannot read {} to its end", printable(name)));
	return read_text(text, name, words, only);
}

} // namespace khttpctl::configuration
