/* SPDX-License-Identifier: MIT */
#include "cli.hpp"

#include <algorithm>
#include <exception>
#include <list>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <khttp/error.hpp>
#include <khttp/version.hpp>

#include "command.hpp"
#include "failures.hpp"
#include "help.hpp"
#include "text.hpp"

namespace khttpctl {

namespace {

constexpr int exit_failure = 1;
constexpr int exit_usage = 2;

/* Where CLI11 leaves what it found for one level of the command line */
struct parsed {
	std::string netns;
	bool json = false;
	bool help = false;
	bool version = false;
	std::map<std::string, bool> options;
	std::map<std::string, std::string> values;
	CLI::App *app = nullptr;
	const command *chosen = nullptr;
	std::string object;
};

/* The global options may stand at any level, so each has its own copy */
void add_globals(CLI::App &app, parsed &into)
{
	into.app = &app;
	app.set_help_flag();
	app.allow_extras(); /* words are judged by run(), with better errors */
	app.add_flag("-j,--json", into.json);
	app.add_flag("-h,--help", into.help);
	app.add_flag("--version", into.version);
	app.add_option("-n,--netns", into.netns)->expected(1);
}

/*
 * Words of the last level are never taken for a command, whatever a queue is
 * called: every level above it has had its one sub-command by then. Levels that
 * nobody named are left out: to make all of them took longer than most commands.
 */
class command_line {
public:
	command_line(const char *const *begin, const char *const *end)
		: words_(begin + (begin < end), end)
	{
		add_level(app_, "", nullptr);
		app_.require_subcommand(0, 1);
		for (const std::string &object : objects()) {
			if (!is_named(object))
				continue;
			const command *plain = find_command(object, "");
			CLI::App *level = app_.add_subcommand(object);

			add_level(*level, object, plain);
			level->require_subcommand(0, 1);
			for (const std::string &verb : verbs_of(object))
				if (is_named(verb))
					add_level(*level->add_subcommand(verb), object,
						  find_command(object, verb));
		}
	}

	void parse() { app_.parse(std::vector(words_.rbegin(), words_.rend())); }

	/* The levels that were named, the outermost first */
	[[nodiscard]] std::vector<const parsed *> named() const
	{
		std::vector<const parsed *> found;

		for (const parsed &level : levels_)
			if (level.app->parsed())
				found.push_back(&level);
		return found;
	}

private:
	[[nodiscard]] bool is_named(std::string_view word) const
	{
		return std::find(words_.begin(), words_.end(), word) != words_.end();
	}

	void add_level(CLI::App &app, const std::string &object, const command *c)
	{
		parsed &level = levels_.emplace_back();

		add_globals(app, level);
		level.object = object;
		level.chosen = c;
		if (!c)
			return;
		for (const option &o : c->options)
			add_option(app, level, o);
	}

	static void add_option(CLI::App &app, parsed &level, const option &o)
	{
		std::string name = fmt::format("--{}", o.name);

		if (o.placeholder)
			app.add_option(name, level.values[o.name])
				->expected(1)
				->multi_option_policy(o.repeats
							      ? CLI::MultiOptionPolicy::Join
							      : CLI::MultiOptionPolicy::Throw);
		else
			app.add_flag(name, level.options[o.name]);
	}

	std::vector<std::string> words_;
	CLI::App app_;
	std::list<parsed> levels_; /* CLI11 keeps references into it */
};

[[noreturn]] void refuse_word(const parsed &level, const std::string &word)
{
	std::vector<std::string> known = level.object.empty() ? objects() : verbs_of(level.object);
	std::string what = level.object.empty() ? "command" : level.object + " command";

	throw usage_error(fmt::format("there is no {} '{}'{}: there are {}", what, printable(word),
				      did_you_mean(word, known), join(known, ", ")));
}

arguments arguments_of(const parsed &level)
{
	arguments args;

	args.words = level.app->remaining();
	for (const std::string &word : args.words)
		if (word.size() > 1 && word[0] == '-')
			throw usage_error(
				fmt::format("there is no option {} here", printable(word)));
	for (const auto &[name, given] : level.options)
		if (given)
			args.options.push_back(name);
	for (const auto &[name, value] : level.values) {
		if (!level.app->get_option("--" + name)->count())
			continue;
		if (value.empty())
			throw usage_error(fmt::format("--{} is given nothing", name));
		args.values[name] = value;
	}
	return args;
}

std::string help_for(const parsed &level)
{
	if (level.chosen)
		return help_command(*level.chosen);
	return level.object.empty() ? help_all() : help_object(level.object);
}

int print_version(context &ctx)
{
	std::string module = "is not loaded";

	try {
		module = ctx.control().features().version;
	} catch (const khttp::error &) {
		/* the question is answered all the same */
	}
	ctx.out << "khttpctl " << khttp::version() << "\nkhttp.ko " << printable(module) << '\n';
	return 0;
}

int dispatch(const command_line &line, const std::vector<std::string> &behind, context &ctx)
{
	const std::vector<const parsed *> levels = line.named();
	const parsed &last = *levels.back();
	bool help = false, version = false;

	for (const parsed *level : levels) {
		help = help || level->help;
		version = version || level->version;
		ctx.json = ctx.json || level->json;
		if (!level->netns.empty())
			ctx.netns = level->netns;
		if (level != &last && !arguments_of(*level).words.empty())
			refuse_word(*level, level->app->remaining()[0]);
	}
	if (help) {
		ctx.out << help_for(last);
		return 0;
	}
	if (version)
		return print_version(ctx);
	arguments args = arguments_of(last);
	args.command = behind;
	if (!behind.empty() && (!last.chosen || last.chosen->run != supervise))
		throw usage_error("only 'khttpctl run' takes something behind --");
	if (last.chosen)
		return last.chosen->run(ctx, args);
	if (!args.words.empty())
		refuse_word(last, args.words[0]);
	ctx.err << help_for(last);
	return exit_usage;
}

int refuse_usage(std::ostream &err, const command_line &line, const std::string &text)
{
	const std::vector<const parsed *> levels = line.named();

	err << "khttpctl: " << text << '\n';
	if (!levels.empty() && levels.back()->chosen)
		err << "usage: " << usage_line(*levels.back()->chosen) << '\n';
	else
		err << "'khttpctl --help' lists the commands\n";
	return exit_usage;
}

} // namespace

int run(int argc, const char *const *argv, std::ostream &out, std::ostream &err, bool colour)
{
	context ctx(out, err);
	/* What stands behind it is no business of ours */
	const char *const *end = std::find(argv, argv + argc, std::string_view("--"));
	command_line line(argv, end);
	std::vector<std::string> behind(std::min(end + 1, argv + argc), argv + argc);

	ctx.colour = colour;
	try {
		line.parse();
		int status = dispatch(line, behind, ctx);

		out.flush();
		if (out)
			return status;
		err << "khttpctl: cannot write the output\n";
	} catch (const CLI::ParseError &failure) {
		return refuse_usage(err, line, failure.what());
	} catch (const usage_error &failure) {
		return refuse_usage(err, line, failure.what());
	} catch (const std::exception &failure) {
		/* a file may have more than one mistake */
		for (const std::string &mistake : split(failure.what(), '\n'))
			err << "khttpctl: " << printable(mistake) << '\n';
	}
	return exit_failure;
}

} // namespace khttpctl
