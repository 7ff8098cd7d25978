// SPDX-License-Identifier: MIT
/*
 * What others say: promtool, of Debian's package prometheus; and of OpenMetrics, which
 * promtool does not know, the parser of Prometheus' own library for Python, Debian's as well.
 */
#include <catch2/catch.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <unistd.h>

#include "module.hpp"

namespace {

/* The status of a command that gets TEXT, and all it says */
std::pair<int, std::string> tell(const std::string &command, const std::string &text)
{
	std::string path = "/tmp/khttp-metrics-XXXXXX";
	std::array<char, 4096> part;
	std::string said;

	close(mkstemp(path.data()));
	std::ofstream(path) << text;
	FILE *tool = popen((command + " <" + path + " 2>&1").c_str(), "r");
	while (std::size_t n = std::fread(part.data(), 1, part.size(), tool))
		said.append(part.data(), n);
	const int status = pclose(tool);
	unlink(path.c_str());
	return { status, said };
}

/* Silent, where it has nothing against the text */
std::pair<int, std::string> check_metrics(const std::string &text)
{
	return tell("promtool check metrics", text);
}

/* Says "BUCKET VALUE EXEMPLAR" of each exemplar */
std::pair<int, std::string> parse_open_metrics(const std::string &text)
{
	return tell("/usr/bin/python3 -c '\n"
		    "import sys\n"
		    "from prometheus_client.openmetrics.parser import *\n"
		    "for family in text_string_to_metric_families(sys.stdin.read()):\n"
		    "    for s in family.samples:\n"
		    "        if s.exemplar:\n"
		    "            print(s.labels[\"le\"], s.value, s.exemplar.value,\n"
		    "                  s.exemplar.labels[\"request_id\"])\n'",
		    text);
}

} // namespace

TEST_CASE("promtool has nothing against all that the module counts")
{
	const auto [status, said] = check_metrics(prometheus_text(snapshot_of_module()));

	CHECK(said == "");
	CHECK(status == 0);
}

TEST_CASE("promtool would say so")
{
	const auto [status, said] =
		check_metrics("# HELP khttp_age_ms old\n# TYPE khttp_age_ms counter\n"
			      "khttp_age_ms 1\n");

	CHECK_THAT(said, Catch::Contains("_total"));
	CHECK(status != 0);
}

TEST_CASE("a strict parser of OpenMetrics reads it all, with the slowest request's id")
{
	const auto [status, said] = parse_open_metrics(
		prometheus_text(snapshot_of_module(), metrics::format::open_metrics));

	CHECK(said == "0.001 2 0.001 7-1\n");
	CHECK(status == 0);
}

TEST_CASE("and would say so")
{
	const auto [status, said] = parse_open_metrics(prometheus_text(snapshot_of_module()));

	/* A counter's family has the suffix in plain text */
	CHECK_THAT(said, Catch::Contains("Clashing name"));
	CHECK(status != 0);
}
