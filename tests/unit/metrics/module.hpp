// SPDX-License-Identifier: MIT
/* All that the module counts, by its own source: what a scrape would find. */
#pragma once

#include "metrics/prometheus.hpp"

std::string read_file(const std::string &path);

/* Each figure once, of a queue and a group where it is of one; every stage */
metrics::snapshot snapshot_of_module();
