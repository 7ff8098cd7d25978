// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <regex>
#include <set>

#include <nlohmann/json.hpp>

#include "module.hpp"

using nlohmann::json;

namespace {

std::set<std::string> names_in(const std::string &text, const char *regex)
{
	const std::regex wanted(regex);
	std::set<std::string> found;

	for (std::sregex_iterator m(text.begin(), text.end(), wanted), end; m != end; ++m)
		found.insert((*m)[1]);
	return found;
}

json dashboard()
{
	return json::parse(read_file(KHTTP_TOP "/libkhttp/metrics/grafana.json"));
}

} // namespace

TEST_CASE("every metric of the dashboard is one that is told")
{
	const std::set<std::string> told = names_in(prometheus_text(snapshot_of_module()),
						    "(?:^|\n)(khttp_\\w+)[ {]");
	const json board = dashboard();
	std::string asked;

	for (const json &variable : board["templating"]["list"])
		if (variable["type"] == "query")
			asked += variable["query"]["query"].get<std::string>() + "\n";
	for (const json &panel : board["panels"])
		for (const json &target : panel["targets"])
			asked += target["expr"].get<std::string>() + "\n";
	const std::set<std::string> used = names_in(asked, "\\b(khttp_\\w+)");
	CHECK(used.size() > 10);
	for (const std::string &name : used) {
		INFO(name);
		CHECK(told.count(name) == 1);
	}
}

TEST_CASE("a panel has an id and a place of its own, and its source is the variable")
{
	const json board = dashboard();
	std::set<int> ids;
	std::set<std::pair<int, int>> cells;

	for (const json &panel : board["panels"]) {
		const json &at = panel["gridPos"];

		INFO(panel["title"]);
		CHECK(ids.insert(panel["id"].get<int>()).second);
		CHECK(at["x"].get<int>() + at["w"].get<int>() <= 24);
		for (int x = at["x"]; x < at["x"].get<int>() + at["w"].get<int>(); x++)
			for (int y = at["y"]; y < at["y"].get<int>() + at["h"].get<int>(); y++)
				CHECK(cells.insert({ x, y }).second);
		CHECK(panel["datasource"]["uid"] == "${source}");
		CHECK(panel["targets"].size() > 0);
	}
}
