/* SPDX-License-Identifier: MIT */
/* Commands that go on until somebody ends them. */
#pragma once

#include <khttp/fd.hpp>

namespace khttpctl {

/* Ctrl-C and SIGTERM, from here on; a descriptor, so that none is missed */
[[nodiscard]] khttp::unique_fd end_signals();
/* Until @fd is readable. False: somebody wants us to end */
[[nodiscard]] bool wait_for_more(int signals, int fd);

} // namespace khttpctl
