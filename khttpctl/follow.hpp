/* SPDX-License-Identifier: MIT */
/* Commands that go on until somebody ends them. */
#pragma once

#include <initializer_list>

#include <khttp/fd.hpp>

namespace khttpctl {

/* Ctrl-C, SIGTERM and @more, from here on; a descriptor, so that none is missed */
[[nodiscard]] khttp::unique_fd end_signals(std::initializer_list<int> more = {});
/* Until @fd is readable. False: somebody wants us to end */
[[nodiscard]] bool wait_for_more(int signals, int fd);

} // namespace khttpctl
