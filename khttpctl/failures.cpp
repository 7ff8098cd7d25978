/* SPDX-License-Identifier: MIT */
#include "failures.hpp"

#include <cerrno>

#include <fmt/format.h>
#include <khttp/error.hpp>

#include "text.hpp"

namespace khttpctl {

std::string did_you_mean(const std::string &name, const std::vector<std::string> &known)
{
	std::vector<std::string> close = close_names(name, known);

	for (std::string &candidate : close)
		candidate = fmt::format("'{}'", printable(candidate));
	return close.empty() ? "" : fmt::format(" (did you mean {}?)", join(close, " or "));
}

void no_such_queue(context &ctx, const std::string &name)
{
	std::vector<std::string> known;

	for (const khttp::queue_info &queue : ctx.control().queues())
		known.push_back(queue.name);
	throw khttp::error(
		ENOENT, fmt::format("there is no queue '{}'{}: 'khttpctl queue list' shows "
				    "those there are, 'khttpctl queue add {}' makes it",
				    printable(name), did_you_mean(name, known), printable(name)));
}

void no_such_group(context &ctx, const std::string &name)
{
	std::vector<std::string> known;

	for (const khttp::group_info &group : ctx.control().groups())
		known.push_back(group.name);
	throw khttp::error(
		ENOENT, fmt::format("there is no group '{}'{}: 'khttpctl group list' shows "
				    "those there are",
				    printable(name), did_you_mean(name, known)));
}

namespace {

[[noreturn]] void rethrow_with(const std::string &what, const khttp::error &failure)
{
	throw khttp::error(failure.code(), fmt::format("{}: {}", what, failure.what()));
}

} // namespace

void on_queue(context &ctx, const std::string &name, const std::function<void()> &work)
{
	/* first, so that ENOENT below is about the queue and not the module */
	ctx.control();

	try {
		work();
	} catch (const khttp::error &failure) {
		if (failure.code().value() == ENOENT)
			no_such_queue(ctx, name);
		rethrow_with(fmt::format("queue '{}'", printable(name)), failure);
	}
}

void on_group(context &ctx, const std::string &name, const std::function<void()> &work)
{
	ctx.control();

	try {
		work();
	} catch (const khttp::error &failure) {
		if (failure.code().value() == ENOENT)
			no_such_group(ctx, name);
		rethrow_with(fmt::format("group '{}'", printable(name)), failure);
	}
}

void on_prefix(context &ctx, const std::string &prefix, const std::function<void()> &work)
{
	khttp::control &control = ctx.control();

	try {
		work();
	} catch (const khttp::error &failure) {
		if (failure.code().value() != ENOENT)
			rethrow_with(printable(prefix), failure);
		std::vector<std::string> known;
		for (const khttp::url_info &url : control.urls())
			known.push_back(url.prefix);
		throw khttp::error(ENOENT,
				   fmt::format("there is no prefix {}{}: 'khttpctl url list' "
					       "shows those there are",
					       printable(prefix), did_you_mean(prefix, known)));
	}
}

} // namespace khttpctl
