/* SPDX-License-Identifier: MIT */
#include "terminal.hpp"

#include "../follow.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include <fmt/format.h>
#include <khttp/error.hpp>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace khttpctl::live {

namespace {

/* The other screen, so that what stood there is there again afterwards; no cursor */
constexpr const char *enter = "\033[?1049h\033[?25l\033[2J";
constexpr const char *leave = "\033[?25h\033[?1049l";

/* A screen that tells no size, as that of a serial line */
constexpr screen_size usual{80, 24};
/* Printed lines end nowhere */
constexpr std::size_t printed_rows = 100;

/* Nothing is echoed, keys come at once, and none stops us with the screen taken */
termios keys_of(termios settings)
{
	settings.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
	settings.c_cc[VMIN] = 0;
	settings.c_cc[VTIME] = 0;
	settings.c_cc[VSUSP] = _POSIX_VDISABLE;
	settings.c_cc[VQUIT] = _POSIX_VDISABLE;
	return settings;
}

} // namespace

terminal::terminal(std::ostream &out, bool drawn, bool colour)
	: out_(out), drawn_(drawn), colour_(colour),
	  signals_(drawn ? end_signals({SIGHUP, SIGQUIT, SIGWINCH}) : end_signals())
{
	termios now{};

	if (!drawn_)
		return;
	if (isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &now) == 0) {
		termios keys = keys_of(now);

		before_ = now;
		tcsetattr(STDIN_FILENO, TCSANOW, &keys);
	}
	out_ << enter << std::flush;
}

terminal::~terminal()
{
	if (!drawn_)
		return;
	out_ << leave << std::flush;
	if (before_)
		tcsetattr(STDIN_FILENO, TCSANOW, &*before_);
}

screen_size terminal::size() const
{
	winsize told{};

	if (!drawn_)
		return {usual.columns, printed_rows};
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &told) < 0 || !told.ws_col || !told.ws_row)
		return usual;
	return {told.ws_col, told.ws_row};
}

void terminal::draw(const std::vector<screen_line> &lines)
{
	if (!drawn_) {
		for (const screen_line &line : lines)
			out_ << painted(line.text, line.colour, colour_) << '\n';
		out_ << std::endl;
		return;
	}
	/* over what is there, so that nothing flickers; a line end in the last row
	 * would move all of it
	 */
	out_ << "\033[H";
	for (std::size_t i = 0; i < lines.size(); i++)
		/* before the text: behind a full line it would take its last character */
		out_ << (i ? "\r\n" : "") << (i + 1 < lines.size() ? "\033[K" : "\033[J")
		     << painted(lines[i].text, lines[i].colour, colour_);
	out_ << std::flush;
}

wake terminal::read_keys()
{
	char keys[64];
	ssize_t n = read(STDIN_FILENO, keys, sizeof(keys));
	std::string_view got(keys, n > 0 ? static_cast<std::size_t>(n) : 0);

	/* nobody is there any more */
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		return wake::end;
	return got.find_first_of("qQ\003") == std::string_view::npos ? wake::time : wake::end;
}

wake terminal::wait(std::uint64_t ms)
{
	pollfd entries[] = {{signals_.get(), POLLIN, 0}, {before_ ? STDIN_FILENO : -1, POLLIN, 0}};
	constexpr std::uint64_t longest = INT32_MAX;
	signalfd_siginfo signal;

	while (poll(entries, 2, static_cast<int>(std::min(ms, longest))) < 0)
		if (errno != EINTR)
			return wake::end;
	if (entries[0].revents &&
	    read(signals_.get(), &signal, sizeof(signal)) == sizeof(signal))
		return signal.ssi_signo == SIGWINCH ? wake::resize : wake::end;
	if (entries[1].revents)
		return read_keys();
	return wake::time;
}

} // namespace khttpctl::live
