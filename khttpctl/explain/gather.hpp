/* SPDX-License-Identifier: MIT */
/* The facts for khttpctl explain, as the kernel and a supervisor tell them. */
#pragma once

#include "../command.hpp"
#include "finding.hpp"

namespace khttpctl {

/* By reason, those of the queue and those of no queue that might have been its */
[[nodiscard]] std::vector<refusals> tally(const std::vector<khttp::error_record> &records,
					  std::string_view queue, std::uint64_t now_ns);

/* Throws khttp::error where there is no such queue. @group: only that one's; empty: all */
[[nodiscard]] queue_facts gather_queue(context &ctx, const std::string &name,
				       const std::string &group = {});

/* How it is asked for */
struct question {
	std::string url;
	std::string method = "GET";
	khttp::network from = parse_client("127.0.0.1");
	std::optional<local_address> at;
};

[[nodiscard]] url_facts gather_url(context &ctx, const question &asked);

} // namespace khttpctl
