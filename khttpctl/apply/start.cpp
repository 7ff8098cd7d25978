/* SPDX-License-Identifier: MIT */
#include "start.hpp"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <khttp/error.hpp>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../people.hpp"
#include "../run/state.hpp"
#include "../text.hpp"
#include "app.hpp"

namespace khttpctl::configuration {

namespace {

/* Who may supervise it, besides root */
uid_t owner_of(const model &m, const std::string &queue)
{
	const auto found = m.of(kind::queue).find(queue);

	if (found == m.of(kind::queue).end())
		return 0;
	return parse_owner(found->second.at("owner").text).uid.value_or(0);
}

} // namespace

std::vector<std::string> not_running(const context &ctx, const model &m)
{
	std::vector<std::string> names;

	for (const auto &[name, keys] : m.of(kind::app)) {
		const std::string queue = line_of_app(name, keys).words[0];

		if (!supervision::supervisor_of(ctx.netns, queue, owner_of(m, queue)))
			names.push_back(name);
	}
	return names;
}

void start(const std::vector<std::string> &names)
{
	std::vector<std::string> line = {"systemctl", "--no-block", "start"};
	std::vector<char *> argv;
	pid_t child = 0;
	int status = 0;

	for (const std::string &name : names)
		line.push_back(fmt::format("khttp-app@{}.service", name));
	for (std::string &word : line)
		argv.push_back(word.data());
	argv.push_back(nullptr);
	if (int failure = posix_spawnp(&child, "systemctl", nullptr, nullptr, argv.data(), environ))
		throw khttp::error(failure, fmt::format("cannot run systemctl: {}; without systemd "
							"'khttpctl run --config FILE NAME' "
							"supervises one",
							std::strerror(failure)));
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (status)
		throw khttp::error(EIO, fmt::format("'{}' has failed", join(line, " ")));
}

} // namespace khttpctl::configuration
