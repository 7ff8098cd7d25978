/* SPDX-License-Identifier: MIT */
/*
 * Which keys there are, what they may be and what holds where nothing is said: the
 * words of the command line, judged by its own code. Pure, but for users' names.
 */
#pragma once

#include <optional>
#include <span>

#include <khttp/control.hpp>

#include "../keywords.hpp"
#include "model.hpp"

namespace khttpctl::configuration {

class dictionary {
public:
	explicit dictionary(std::vector<khttp::limit_info> limits) : limits_(std::move(limits)) {}

	/* But for those of pages, which end in a status */
	[[nodiscard]] std::vector<std::string> keys(kind k) const;
	/* A limit that no group may set */
	[[nodiscard]] bool is_only_of_namespace(const std::string &key) const;
	/* Has it items, and not one text? */
	[[nodiscard]] static bool is_list(kind k, std::string_view key);

	/* Throws usage_error, which says what would be right */
	[[nodiscard]] value normal(kind k, const std::string &key, const value &raw) const;
	[[nodiscard]] std::string normal_name(kind k, const std::string &name) const;

	/* What an object has that does not say so; absent: nothing */
	[[nodiscard]] object initial(kind k, const object &said) const;

	[[nodiscard]] const std::vector<khttp::limit_info> &limits() const { return limits_; }
	[[nodiscard]] std::string limit_text(const std::string &name, std::uint64_t value) const;

private:
	[[nodiscard]] std::string normal_limit(const std::string &key,
					       const std::string &text) const;
	[[nodiscard]] value normal_group(const std::string &key, const value &raw) const;

	std::vector<khttp::limit_info> limits_;
};

/* What a queue's own group is when that is made */
[[nodiscard]] const object &group_at_first();

/* The keyword of that table; it has it */
[[nodiscard]] const keyword &keyword_of(std::span<const keyword> table, std::string_view name);
/* A number as the keyword's text */
[[nodiscard]] std::string text_of(std::span<const keyword> table, std::string_view name,
				  std::uint64_t number);

/* Texts that are made of more than one number */
[[nodiscard]] std::string rate_text(std::uint32_t count, std::uint32_t period);
[[nodiscard]] std::string keepalive_text(std::uint32_t idle, std::uint32_t interval,
					 std::uint32_t count);
[[nodiscard]] std::string owner_text(std::uint32_t uid, std::uint32_t gid);
[[nodiscard]] std::string server_text(const std::string &field);
[[nodiscard]] std::string retry_text(std::uint32_t seconds);

} // namespace khttpctl::configuration
