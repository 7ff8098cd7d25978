/* SPDX-License-Identifier: MIT */
#include "app.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <khttp/error.hpp>
#include <unistd.h>

#include "../run/options.hpp"
#include "../text.hpp"
#include "read.hpp"

namespace khttpctl::configuration {

namespace {

bool is_flag(const std::string &key)
{
	for (const option &o : supervision::options())
		if (key == o.name)
			return !o.placeholder;
	return false;
}

void add_option(const std::string &key, const value &v, arguments &line)
{
	if (!is_flag(key)) {
		line.values[key] = v.list.empty() ? v.text : join(v.list, "\n");
		return;
	}
	if (v.text != "on" && v.text != "off")
		throw usage_error(
			fmt::format("{} '{}': write true or false", key, printable(v.text)));
	if (v.text == "on")
		line.options.push_back(key);
}

} // namespace

arguments line_of_app(const std::string &name, const object &app)
{
	arguments line;

	line.words = {name};
	for (const auto &[key, v] : app) {
		if (key == "command")
			line.command = v.list;
		else if (key == "queue")
			line.words = {v.text};
		else
			add_option(key, v, line);
	}
	return line;
}

void check_app(const std::string &name, const object &app)
{
	if (!app.contains("command"))
		throw usage_error(fmt::format("[app.{}] has no command: write it as a list, like "
					      "[\"/usr/bin/worker\", \"--queue\", \"{}\"]",
					      name, name));
	static_cast<void>(supervision::wishes_of(line_of_app(name, app), ""));
}

arguments with_config(const arguments &line)
{
	const std::string path = line.value("config").value_or("");
	const std::string &name = line.only("name of the application");

	if (access(path.c_str(), F_OK) < 0 && !line.command.empty())
		return line;
	/* Limits need the module to be judged, and are none of its business */
	const file found = read_file(path, dictionary({}), kind::app);
	auto app = found.said.of(kind::app).find(name);
	if (app == found.said.of(kind::app).end()) {
		if (!line.command.empty())
			return line;
		throw khttp::error(ENOENT, fmt::format("{} has no [app.{}], and no command stands "
						       "behind --",
						       printable(path), printable(name)));
	}
	arguments all = line_of_app(name, app->second);
	for (const auto &[key, text] : line.values)
		all.values[key] = text;
	all.options.insert(all.options.end(), line.options.begin(), line.options.end());
	if (!line.command.empty())
		all.command = line.command;
	return all;
}

} // namespace khttpctl::configuration
