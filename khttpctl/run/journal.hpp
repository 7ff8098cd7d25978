/* SPDX-License-Identifier: MIT */
/* What a supervisor tells: lines on stderr, and systemd how it is. */
#pragma once

#include <ostream>
#include <string>
#include <string_view>

namespace khttpctl::supervision {

/* The numbers are syslog's */
enum class weight { problem = 4, notice = 5, detail = 6 };

class journal {
public:
	/* To journald each line begins with its weight, in a form that it takes off */
	journal(std::ostream &out, std::string_view queue);

	void say(weight how, std::string_view text);

private:
	std::ostream &out_;
	std::string queue_;
	bool weighed_;
};

/* sd_notify(3); nothing where nobody listens */
void notify(std::string_view state);

} // namespace khttpctl::supervision
