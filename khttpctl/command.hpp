/* SPDX-License-Identifier: MIT */
/* The dispatch table: what help, completion and man page are checked against. */
#pragma once

#include <map>
#include <optional>
#include <ostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <khttp/control.hpp>

#include "keywords.hpp"

namespace khttpctl {

/* The command line is wrong: stderr, exit status 2 */
class usage_error : public std::runtime_error {
public:
	using runtime_error::runtime_error;
};

/* What one invocation works with */
struct context {
	context(std::ostream &output, std::ostream &errors) : out(output), err(errors) {}

	std::ostream &out;
	std::ostream &err;
	std::string netns;
	bool json = false;
	bool colour = false;

	/* Connected at first use, so that help and mistakes need no module */
	khttp::control &control();
	std::optional<khttp::control> session;
};

struct option {
	const char *name; /* without the dashes */
	const char *help;
	const char *placeholder = nullptr; /* of its value, if it takes one */
	bool repeats = false;		   /* its values are joined as lines */
};

/* What stands behind object and verb */
struct arguments {
	std::vector<std::string> words;
	std::vector<std::string> options;
	/* of options that take one */
	std::map<std::string, std::string, std::less<>> values = {};
	/* what stands behind --: the line of another program */
	std::vector<std::string> command = {};

	[[nodiscard]] bool has(std::string_view option) const;
	/* What was given with it; empty is refused where the line is read */
	[[nodiscard]] std::optional<std::string> value(std::string_view option) const;
	/* The one word that @usage names, or a usage_error */
	[[nodiscard]] const std::string &only(const char *what) const;
	void expect_none() const;
	/* Everything from word @first on, read by a keyword table */
	[[nodiscard]] keyword_values tail(std::size_t first, std::span<const keyword> table) const;
};

struct command {
	const char *object;
	const char *verb; /* empty: the object is a verb itself */
	const char *operands;
	const char *summary;
	std::vector<option> options;
	std::span<const keyword> keywords;
	int (*run)(context &ctx, const arguments &args); /* exit status */
};

[[nodiscard]] std::span<const command> commands();
[[nodiscard]] const command *find_command(std::string_view object, std::string_view verb);
[[nodiscard]] std::vector<std::string> verbs_of(std::string_view object);
[[nodiscard]] std::vector<std::string> objects();

int queue_add(context &ctx, const arguments &args);
int queue_set(context &ctx, const arguments &args);
int queue_del(context &ctx, const arguments &args);
int queue_list(context &ctx, const arguments &args);
int queue_show(context &ctx, const arguments &args);
int queue_grant(context &ctx, const arguments &args);
int queue_grants(context &ctx, const arguments &args);
int queue_revoke(context &ctx, const arguments &args);
int queue_drain(context &ctx, const arguments &args);
int queue_pause(context &ctx, const arguments &args);
int queue_resume(context &ctx, const arguments &args);
int group_add(context &ctx, const arguments &args);
int group_set(context &ctx, const arguments &args);
int group_del(context &ctx, const arguments &args);
int group_list(context &ctx, const arguments &args);
int group_show(context &ctx, const arguments &args);
int filter_add(context &ctx, const arguments &args);
int filter_del(context &ctx, const arguments &args);
int filter_load(context &ctx, const arguments &args);
int filter_flush(context &ctx, const arguments &args);
int filter_list(context &ctx, const arguments &args);
int filter_test(context &ctx, const arguments &args);
int networks_load(context &ctx, const arguments &args);
int networks_add(context &ctx, const arguments &args);
int networks_remove(context &ctx, const arguments &args);
int networks_del(context &ctx, const arguments &args);
int networks_list(context &ctx, const arguments &args);
int networks_show(context &ctx, const arguments &args);
int networks_test(context &ctx, const arguments &args);
int rate_set(context &ctx, const arguments &args);
int rate_del(context &ctx, const arguments &args);
int rate_list(context &ctx, const arguments &args);
int url_add(context &ctx, const arguments &args);
int url_del(context &ctx, const arguments &args);
int url_list(context &ctx, const arguments &args);
int url_match(context &ctx, const arguments &args);
int reservation_add(context &ctx, const arguments &args);
int reservation_del(context &ctx, const arguments &args);
int reservation_list(context &ctx, const arguments &args);
int reservation_check(context &ctx, const arguments &args);
int listener_set(context &ctx, const arguments &args);
int listener_reset(context &ctx, const arguments &args);
int listener_list(context &ctx, const arguments &args);
int listener_show(context &ctx, const arguments &args);
int cache_list(context &ctx, const arguments &args);
int cache_top(context &ctx, const arguments &args);
int cache_show(context &ctx, const arguments &args);
int cache_purge(context &ctx, const arguments &args);
int cache_limit(context &ctx, const arguments &args);
int limits_show(context &ctx, const arguments &args);
int limits_set(context &ctx, const arguments &args);
int stats(context &ctx, const arguments &args);
int who(context &ctx, const arguments &args);
int explain(context &ctx, const arguments &args);
int top(context &ctx, const arguments &args);
int supervise(context &ctx, const arguments &args);
int events(context &ctx, const arguments &args);
int errors(context &ctx, const arguments &args);
int apply(context &ctx, const arguments &args);
int export_all(context &ctx, const arguments &args);
int reason_list(context &ctx, const arguments &args);
int reason_show(context &ctx, const arguments &args);

extern const std::span<const keyword> queue_keywords;
extern const std::span<const keyword> queue_drain_keywords;
extern const std::span<const keyword> group_add_keywords;
extern const std::span<const keyword> group_set_keywords;
extern const std::span<const keyword> rate_keywords;
extern const std::span<const keyword> url_add_keywords;
extern const std::span<const keyword> url_match_keywords;
extern const std::span<const keyword> reservation_keywords;
extern const std::span<const keyword> listener_keywords;
extern const std::span<const keyword> cache_limit_keywords;
extern const std::span<const keyword> cache_top_keywords;
extern const std::span<const keyword> explain_keywords;

} // namespace khttpctl
