// SPDX-License-Identifier: MIT
#include "module.hpp"

#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>

extern "C" {
#include "histogram.h"
}

using khttp::stat_info;
using khttp::stat_kind;

namespace {

/* Calls EACH with every match in a file below the top of the tree */
template <typename F>
void each_match(const std::string &path, const char *regex, F each)
{
	const std::string text = read_file(KHTTP_TOP "/" + path);
	const std::regex wanted(regex);

	for (std::sregex_iterator m(text.begin(), text.end(), wanted), end; m != end; ++m)
		each(*m);
}

void add_figures(std::vector<stat_info> &to)
{
	each_match("kmod/stats.h", R"re(X\((\w+), "([^"]+)"\))re", [&](const std::smatch &m) {
		to.push_back({ m[1], stat_kind::counter, 1, m[2], "", "" });
	});
	each_match("kmod/netlink_stats.c", R"re(f->name = "(\w+)";\s+f->help = "([^"]+)")re",
		   [&](const std::smatch &m) {
			   to.push_back({ m[1], stat_kind::counter, 1, m[2], "", "why" });
		   });
	each_match("kmod/netlink_stats.c", R"re(\{ "(\w+)", "([^"]+)",\s+(\w+) \})re",
		   [&](const std::smatch &m) {
			   to.push_back({ m[1], stat_kind::gauge, 1, m[2], "", "" });
		   });
	each_match("kmod/netlink_stats.c",
		   R"re(\{ "(\w+)", "([^"]+)",\s+KHTTP_STAT_(\w+), USAGE)re",
		   [&](const std::smatch &m) {
			   const stat_kind kind = m[3] == "GAUGE" ? stat_kind::gauge :
								    stat_kind::counter;
			   to.push_back({ m[1], kind, 1, m[2], "app", "" });
		   });
}

} // namespace

std::string read_file(const std::string &path)
{
	std::ifstream file(path);
	std::ostringstream text;

	if (!file)
		throw std::runtime_error("no " + path);
	text << file.rdbuf();
	return text.str();
}

metrics::snapshot snapshot_of_module()
{
	metrics::snapshot all;
	khttp::group_info group;

	all.version = "1.2.3";
	add_figures(all.figures);
	group.name = "app";
	group.limits = { { "cache_share", 4096, {} } };
	group.cache.not_stored = { { "size", 3 } };
	all.groups.push_back(group);
	each_match("kmod/latency.c", R"re(\[KHTTP_STAGE_\w+\] = "(\w+)")re",
		   [&](const std::smatch &m) {
			   khttp::latency_info stage;

			   stage.queue = "app";
			   stage.stage = m[1];
			   stage.count = 2;
			   stage.counts.resize(khttp_histogram_bucket(1'000'000) + 1);
			   stage.counts.back() = 2;
			   if (stage.stage == "total")
				   stage.slowest = { 1'000'000, 7, 1 };
			   all.latencies.push_back(stage);
		   });
	return all;
}
