/* SPDX-License-Identifier: MIT */
/* Users and groups by name. */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace khttpctl {

/* The number as text where nobody has it */
[[nodiscard]] std::string user_name(std::uint32_t uid);
[[nodiscard]] std::string group_name(std::uint32_t gid);

struct owner {
	std::optional<std::uint32_t> uid;
	std::optional<std::uint32_t> gid;
};

/*
 * As chown takes it: "user", "user:group", "user:" (with the user's login
 * group), ":group"; names or numbers. Throws usage_error.
 */
[[nodiscard]] owner parse_owner(std::string_view text);

/* Somebody, with the groups he has; without @uid: anybody of them */
struct person {
	std::optional<std::uint32_t> uid = {};
	std::vector<std::uint32_t> groups = {};
};

/* A name or a number; throws usage_error */
[[nodiscard]] person person_named(const std::string &name);
/* This process */
[[nodiscard]] person myself();

} // namespace khttpctl
