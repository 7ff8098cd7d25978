/* SPDX-License-Identifier: MIT */
#include "shown.hpp"

#include <algorithm>
#include <ctime>

#include <fmt/format.h>

#include "text.hpp"
#include "units.hpp"

namespace khttpctl {

cell state_cell(const khttp::queue_info &queue)
{
	bool active = queue.state == khttp::queue_state::active;

	return {std::string(khttp::to_string(queue.state)), active ? tint::good : tint::warn};
}

cell state_cell(const khttp::worker_info &worker)
{
	bool serving = worker.state == khttp::worker_state::serving;

	return {std::string(khttp::to_string(worker.state)), serving ? tint::good : tint::warn};
}

cell workers_cell(const khttp::queue_info &queue)
{
	/* requests that nobody will take */
	bool stuck = !queue.workers && queue.waiting;

	return {fmt::format("{}", queue.workers), stuck ? tint::bad : tint::none};
}

std::string version_text(std::uint16_t version)
{
	return fmt::format("HTTP/{}.{}", version >> 8, version & 0xff);
}

std::string pid_text(std::uint32_t pid)
{
	return pid ? fmt::format("{}", pid) : "-";
}

std::string since_text(std::uint64_t since)
{
	timespec now{};

	clock_gettime(CLOCK_BOOTTIME, &now);
	std::uint64_t uptime = static_cast<std::uint64_t>(now.tv_sec);
	return format_time(uptime - std::min(uptime, since), time_unit::seconds);
}

std::string grant_text(const khttp::worker_info &worker)
{
	return worker.grant ? fmt::format("{}", worker.grant) : "-";
}

std::string redirect_text(const khttp::redirect &redirect)
{
	return fmt::format("{} {}", redirect.status, printable(redirect.to));
}

std::string place_text(const khttp::url_info &url)
{
	std::string to = url.redirect ? redirect_text(*url.redirect) : url.queue;

	if (url.group.empty() || (url.group == url.queue && !url.redirect))
		return to;
	return fmt::format("{} ({})", to, url.group);
}

} // namespace khttpctl
