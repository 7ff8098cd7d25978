/* SPDX-License-Identifier: MIT */
#include "help.hpp"

#include <fmt/format.h>

#include "text.hpp"

namespace khttpctl {

namespace {

constexpr const char *global_options =
	"options:\n"
	"  -j, --json         show it as JSON, with raw numbers\n"
	"  -n, --netns NAME   work in that network namespace (a name or a path)\n"
	"  -h, --help         this, or help for one command\n"
	"      --version      versions of khttpctl and of the loaded module\n";

/* A longer row of options only the list below shows */
constexpr std::size_t row_max = 56;

std::string words_of(const command &c)
{
	std::string text = c.object;

	if (*c.verb)
		text += fmt::format(" {}", c.verb);
	return text;
}

std::string option_usage(const option &o)
{
	return o.placeholder ? fmt::format("{} {}", o.name, o.placeholder) : o.name;
}

std::string command_lines(std::string_view object)
{
	std::string text;

	for (const command &c : commands())
		if (object.empty() || object == c.object)
			text += fmt::format("  {:<15}{}\n", words_of(c), c.summary);
	return text;
}

} // namespace

std::string usage_line(const command &c)
{
	std::string text = fmt::format("khttpctl {}", words_of(c));

	std::string row;

	for (const option &o : c.options)
		row += fmt::format(" [--{}]", option_usage(o));
	text += row.size() > row_max ? " [OPTION]..." : row;
	if (*c.operands)
		text += fmt::format(" {}", c.operands);
	for (const keyword &word : c.keywords)
		if (word.required)
			text += fmt::format(" {}", keyword_usage(word));
	bool more = false;
	for (const keyword &word : c.keywords)
		more = more || !word.required;
	return text + (more ? " [KEYWORD VALUE]..." : "");
}

std::string help_all()
{
	return fmt::format("usage: khttpctl [OPTIONS] OBJECT VERB [ARGUMENTS]\n\n"
			   "Controls khttp, the HTTP server in the kernel.\n\n"
			   "commands:\n{}\n{}\n"
			   "'khttpctl OBJECT VERB --help' explains one; "
			   "the manual is khttpctl(8).\n",
			   command_lines(""), global_options);
}

std::string help_object(std::string_view object)
{
	return fmt::format("usage: khttpctl {} VERB [ARGUMENTS]\n\ncommands:\n{}\n{}", object,
			   command_lines(object), global_options);
}

std::string help_command(const command &c)
{
	std::string text = fmt::format("usage: {}\n\n{}\n", usage_line(c), c.summary);

	if (!c.keywords.empty())
		text += "\nkeywords:\n";
	for (const keyword &word : c.keywords) {
		bool ranged = word.max && word.max < UINT32_MAX;

		text += fmt::format("  {}{}\n      {}{}\n", keyword_usage(word),
				    word.required ? "   (required)" : "", word.help,
				    ranged ? fmt::format(" ({})", range_text(word)) : "");
	}
	text += fmt::format("\n{}", global_options);
	for (const option &o : c.options)
		text += fmt::format("      --{:<12} {}\n", option_usage(o), o.help);
	return text;
}

} // namespace khttpctl
