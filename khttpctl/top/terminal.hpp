/* SPDX-License-Identifier: MIT */
/* A terminal that is drawn on, and left as it was found. */
#pragma once

#include <optional>
#include <ostream>
#include <vector>

#include <khttp/fd.hpp>
#include <termios.h>

#include "screen.hpp"

namespace khttpctl::live {

enum class wake { time, resize, end };

/*
 * What interrupts a wait: Ctrl-C and SIGTERM, which are blocked from here on, and,
 * where there is a terminal, its keys and a change of its size.
 */
class terminal {
public:
	/* @drawn: on the screen; else only lines are printed and no key is read */
	terminal(std::ostream &out, bool drawn, bool colour);
	~terminal();
	terminal(const terminal &) = delete;
	terminal &operator=(const terminal &) = delete;

	[[nodiscard]] screen_size size() const;
	void draw(const std::vector<screen_line> &lines);
	/* At most that long */
	[[nodiscard]] wake wait(std::uint64_t ms);

private:
	[[nodiscard]] wake read_keys();

	std::ostream &out_;
	bool drawn_;
	bool colour_;
	khttp::unique_fd signals_;
	std::optional<termios> before_; /* of the keyboard */
};

} // namespace khttpctl::live
