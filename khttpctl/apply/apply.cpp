/* SPDX-License-Identifier: MIT */
/* khttpctl apply, khttpctl export */
#include <cerrno>

#include <fmt/format.h>
#include <khttp/error.hpp>

#include "../command.hpp"
#include "../rules.hpp"
#include "../text.hpp"
#include "diff.hpp"
#include "live.hpp"
#include "merge.hpp"
#include "send.hpp"
#include "start.hpp"
#include "write.hpp"

namespace khttpctl::configuration {

namespace {

struct result {
	std::vector<change> changes;
	std::uint64_t generation = 0; /* of the configuration that they are about */
	model wanted;
};

result compare(context &ctx, const file &from, const dictionary &words, bool keep, bool dry)
{
	const snapshot now = take_snapshot(ctx.control(), words);
	result r{{}, now.generation, complete(from, now.now, words, keep)};

	r.changes = differences(now.now, r.wanted);
	if (!dry && !r.changes.empty())
		make_changes(ctx.control(), steps_for(r.changes, now, r.wanted, words),
			     now.generation);
	return r;
}

/* Somebody else may change it between reading and writing: then once more */
result reconcile(context &ctx, const file &from, const dictionary &words, bool keep, bool dry)
{
	for (int attempt = 1;; attempt++) {
		try {
			return compare(ctx, from, words, keep, dry);
		} catch (const khttp::error &failure) {
			if (failure.code().value() != ESTALE || attempt == change_attempts)
				throw;
		}
	}
}

void show(context &ctx, const result &r, bool dry)
{
	if (ctx.json) {
		print_json(ctx.out, {{"applied", !dry && !r.changes.empty()},
				     {"generation", r.generation},
				     {"changes", json_of(r.changes)}});
		return;
	}
	print_changes(ctx.out, r.changes, ctx.colour);
	ctx.out << summary(r.changes) << (dry && !r.changes.empty() ? "; none was made\n" : "\n");
}

void see_to_apps(context &ctx, const arguments &args, const std::string &path, const model &m)
{
	const std::vector<std::string> names = not_running(ctx, m);

	if (names.empty())
		return;
	if (args.has("start") && !args.has("dry-run"))
		return start(names);
	for (const std::string &name : names)
		ctx.err << fmt::format("khttpctl: note: nobody supervises {}: 'systemctl start "
				       "khttp-app@{}', or 'khttpctl run --config {} {}'\n",
				       name, name, printable(path), name);
}

int apply_file(context &ctx, const arguments &args)
{
	const std::string &path = args.only("file");
	const bool dry = args.has("dry-run");
	const dictionary words(ctx.control().limits());
	const file from = read_file(path, words);
	const result r = reconcile(ctx, from, words, args.has("keep"), dry);

	show(ctx, r, dry);
	see_to_apps(ctx, args, path, r.wanted);
	return 0;
}

int export_file(context &ctx, const arguments &args)
{
	args.expect_none();
	const dictionary words(ctx.control().limits());
	const model now = take_snapshot(ctx.control(), words).now;

	if (ctx.json)
		print_json(ctx.out, json_of(now, words));
	else
		write_file(ctx.out, now, words);
	return 0;
}

} // namespace

} // namespace khttpctl::configuration

namespace khttpctl {

int apply(context &ctx, const arguments &args)
{
	return configuration::apply_file(ctx, args);
}

int export_all(context &ctx, const arguments &args)
{
	return configuration::export_file(ctx, args);
}

} // namespace khttpctl
