/* SPDX-License-Identifier: MIT */
#include "journal.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include <fmt/format.h>
#include <khttp/fd.hpp>
#include <sys/socket.h>
#include <sys/un.h>

#include "../text.hpp"

namespace khttpctl::supervision {

journal::journal(std::ostream &out, std::string_view queue)
	: out_(out), queue_(queue), weighed_(std::getenv("JOURNAL_STREAM"))
{
}

void journal::say(weight how, std::string_view text)
{
	if (weighed_)
		out_ << fmt::format("<{}>", static_cast<int>(how));
	out_ << fmt::format("khttpctl: {}: {}\n", queue_, printable(std::string(text)));
	out_.flush();
}

void notify(std::string_view state)
{
	const char *name = std::getenv("NOTIFY_SOCKET");
	sockaddr_un to{};

	to.sun_family = AF_UNIX;
	if (!name || std::string_view(name).size() >= sizeof(to.sun_path))
		return;
	std::string_view path(name);
	std::ranges::copy(path, to.sun_path);
	/* An abstract name begins with a NUL, and is as long as we say */
	if (path.starts_with('@'))
		to.sun_path[0] = '\0';
	khttp::unique_fd fd{socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
	sendto(fd.get(), state.data(), state.size(), MSG_NOSIGNAL,
	       reinterpret_cast<const sockaddr *>(&to),
	       static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size()));
}

} // namespace khttpctl::supervision
