// SPDX-License-Identifier: MIT
/* What Prometheus itself says: promtool, of Debian's package prometheus. */
#include <catch2/catch.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <unistd.h>

#include "module.hpp"

namespace {

/* Its status and all it says; nothing, where it has nothing against the text */
std::pair<int, std::string> check_metrics(const std::string &text)
{
	std::string path = "/tmp/khttp-metrics-XXXXXX";
	std::array<char, 4096> part;
	std::string said;

	close(mkstemp(path.data()));
	std::ofstream(path) << text;
	FILE *tool = popen(("promtool check metrics <" + path + " 2>&1").c_str(), "r");
	while (std::size_t n = std::fread(part.data(), 1, part.size(), tool))
		said.append(part.data(), n);
	const int status = pclose(tool);
	unlink(path.c_str());
	return { status, said };
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
