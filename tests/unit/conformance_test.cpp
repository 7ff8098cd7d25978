// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "exchange.hpp"
#include "vectors.hpp"

// The table in vectors/README.md, held against the vectors and the sources.
namespace {

const std::filesystem::path vectors_dir = KHTTP_VECTORS;
const std::filesystem::path top = vectors_dir / "../../..";
const std::vector<std::string> files = { "request-line", "fields", "framing",
					 "chunked",	 "target", "host",
					 "leniency" };

struct row {
	std::string rule, rfc, code, shown_by, answer;
};

std::vector<std::string> split(const std::string &text, const std::string &by)
{
	std::vector<std::string> parts;
	std::size_t from = 0;

	for (std::size_t at; (at = text.find(by, from)) != std::string::npos;
	     from = at + by.size())
		parts.push_back(text.substr(from, at - from));
	parts.push_back(text.substr(from));
	return parts;
}

std::string read_file(const std::filesystem::path &path)
{
	std::ifstream in(path);
	std::stringstream text;

	REQUIRE(in);
	text << in.rdbuf();
	return text.str();
}

std::vector<row> rows()
{
	std::istringstream in(read_file(vectors_dir / "README.md"));
	std::vector<row> all;
	std::string line;

	while (std::getline(in, line)) {
		if (!line.starts_with("| ") || line.starts_with("| ---") ||
		    line.starts_with("| rule |"))
			continue;
		auto cells = split(line.substr(2, line.size() - 4), " | ");

		INFO(line);
		REQUIRE(cells.size() >= 4);
		cells.resize(5);
		all.push_back({ cells[0], cells[1],
				cells[2].substr(1, cells[2].size() - 2),
				cells[3], cells[4] });
	}
	return all;
}

// What the pure code makes of each vector, in the words of the table.
std::map<std::string, std::string> answers()
{
	std::map<std::string, std::string> all;

	for (const std::string &file : files)
		for (const auto &vector : load_vectors(file + ".md")) {
			std::string text = run_request(vector.message,
						       default_limits());
			std::string key = file + ": " + vector.name;
			auto at = text.find("result: refused ");

			all[key] = has_line(text, "result: done") ? "taken" :
								    "waits";
			if (at == std::string::npos)
				continue;
			std::string word = text.substr(at + 16);

			word.resize(word.find('\n'));
			auto reason = khttp_reason_lookup(word.c_str());

			all[key] = word + ": " +
				   std::to_string(khttp_reason_status(reason)) +
				   (khttp_reason_closes(reason) ? ", closes" :
								  ", stays");
		}
	return all;
}

// Does the comment of a source name this section of this RFC?
bool names(const std::string &source, const std::string &rfc,
	   const std::string &section)
{
	static const std::regex breaks("\n[ \t]*(\\*|//)?[ \t]*");
	static const std::regex citation(
		"RFC ([0-9]+)(?: sections?)? ([0-9][0-9.]*"
		"(?:(?:, | and | or )[0-9][0-9.]*)*)");
	static const std::regex number("[0-9]+(\\.[0-9]+)*");
	std::string text = std::regex_replace(source, breaks, " ");

	for (std::sregex_iterator i(text.begin(), text.end(), citation), end;
	     i != end; ++i) {
		std::string list = (*i)[2];

		if ((*i)[1] != rfc)
			continue;
		for (std::sregex_iterator n(list.begin(), list.end(), number);
		     n != end; ++n)
			if (n->str() == section)
				return true;
	}
	return false;
}

bool is_case(const std::string &number)
{
	for (auto &entry :
	     std::filesystem::directory_iterator(top / "tests/vm/cases"))
		if (entry.path().filename().string().starts_with(number + "-"))
			return true;
	return false;
}

}  // namespace

TEST_CASE("conformance: every rule's section is named where it is decided")
{
	for (const row &one : rows()) {
		auto rfc = split(one.rfc, " ");

		INFO(one.rule << ": RFC " << one.rfc << " in " << one.code);
		REQUIRE(rfc.size() == 2);
		CHECK(names(read_file(top / "kmod" / one.code), rfc[0],
			    rfc[1]));
	}
}

TEST_CASE("conformance: the table tells what becomes of every vector")
{
	std::map<std::string, std::string> untold = answers();

	for (const row &one : rows()) {
		if (one.shown_by.find(": ") == std::string::npos) {
			INFO(one.rule << ": case " << one.shown_by);
			CHECK(is_case(one.shown_by));
			continue;
		}
		for (const std::string &part : split(one.shown_by, " / ")) {
			auto at = part.find(": ");

			for (const std::string &name :
			     split(part.substr(at + 2), "; ")) {
				std::string key = part.substr(0, at + 2) + name;

				INFO(one.rule << ": " << key);
				REQUIRE(untold.contains(key));
				CHECK(untold[key] == one.answer);
				untold.erase(key);
			}
		}
	}
	for (const auto &[key, answer] : untold)
		FAIL_CHECK("no row has '" << key << "'");
}
