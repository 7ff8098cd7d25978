/* SPDX-License-Identifier: MIT */
#pragma once

namespace khttp::detail {

/* CPUs this process may use, which a container's may be fewer of. */
unsigned usable_cpus() noexcept;

} // namespace khttp::detail
