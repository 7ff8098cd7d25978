/* SPDX-License-Identifier: MIT */
/*
 * One supervisor for each queue, and what it tells to who asks: two files below
 * /run/khttp for each, named after the network namespace and the queue. The lock
 * on the first ends with its holder, whatever that dies of.
 */
#pragma once

#include <optional>
#include <string>

#include <khttp/fd.hpp>

#include "../table.hpp"
#include "policy.hpp"

namespace khttpctl::supervision {

class seat {
public:
	/* Throws khttp::error: EBUSY, it is taken, and by whom */
	seat(const std::string &netns, const std::string &queue);
	~seat();
	seat(const seat &) = delete;
	seat &operator=(const seat &) = delete;

	/* Who reads sees this or what was there before. True: it is news */
	bool publish(const json &state);

private:
	std::string path_; /* without what follows the name */
	khttp::unique_fd lock_;
	std::string last_;
};

/*
 * What the queue's supervisor, root's or its owner's, told last; nothing when there
 * is none now
 */
[[nodiscard]] std::optional<json> supervisor_of(const std::string &netns,
						const std::string &queue, uid_t owner);

/* One line of it, for people */
[[nodiscard]] std::string supervisor_text(const json &state);

[[nodiscard]] json json_of(const policy &p);

} // namespace khttpctl::supervision
