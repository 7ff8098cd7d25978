// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

#include "command.hpp"
#include "help.hpp"

using namespace khttpctl;
using Catch::Contains;

namespace {

std::string read(const char *name)
{
	std::ifstream file(std::string(KHTTPCTL_FOLDER "/") + name);
	std::ostringstream text;

	REQUIRE(file);
	text << file.rdbuf();
	return text.str();
}

} // namespace

TEST_CASE("every command has its entry in the man page, with its options and keywords")
{
	const std::string page = read("khttpctl.8");

	for (const command &c : commands()) {
		std::string entry = std::string(".It Cm ") + c.object;

		if (*c.verb)
			entry += std::string(" ") + c.verb;
		INFO(entry);
		std::size_t at = page.find(entry + "\n");
		if (at == std::string::npos)
			at = page.find(entry + " ");
		REQUIRE(at != std::string::npos);
		for (const option &o : c.options)
			CHECK_THAT(page, Contains(std::string(".Fl -") + o.name) ||
						 Contains(std::string("Fl -") + o.name));
		for (const keyword &word : c.keywords)
			CHECK_THAT(page, Contains(std::string("Cm ") + word.name));
	}
}

TEST_CASE("every command, option and keyword is in the completion")
{
	const std::string script = read("khttpctl.bash");

	auto holds_word = [&](const std::string &word) {
		std::size_t at = 0;

		auto part_of_word = [&](std::size_t i) {
			return i < script.size() &&
			       (isalnum(script[i]) || script[i] == '-' || script[i] == '_');
		};
		while ((at = script.find(word, at)) != std::string::npos) {
			if (!(at && part_of_word(at - 1)) && !part_of_word(at + word.size()))
				return true;
			at++;
		}
		return false;
	};
	for (const command &c : commands()) {
		INFO(c.object << ' ' << c.verb);
		CHECK(holds_word(c.object));
		if (*c.verb)
			CHECK(holds_word(c.verb));
		for (const option &o : c.options)
			CHECK(holds_word(std::string("--") + o.name));
		for (const keyword &word : c.keywords)
			CHECK(holds_word(word.name));
	}
}

TEST_CASE("help fits 80 columns and names every command and keyword")
{
	std::istringstream all(help_all());
	std::string text = help_all();

	for (std::string line; std::getline(all, line);)
		CHECK(line.size() <= 80);
	for (const command &c : commands()) {
		std::string one = help_command(c);
		std::istringstream lines(one);

		CHECK_THAT(text, Contains(c.summary));
		for (std::string line; std::getline(lines, line);)
			CHECK(line.size() <= 80);
		for (const keyword &word : c.keywords)
			CHECK_THAT(one, Contains(keyword_usage(word)));
	}
}
