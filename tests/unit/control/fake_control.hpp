/* SPDX-License-Identifier: MIT */
/* A khttp::control whose kernel is a function of the test. */
#pragma once

#include <memory>
#include <utility>

#include "control.hpp"
#include "fake_kernel.hpp"

namespace fake {

inline khttp::control control_with(port::handler handler)
{
	khttp::detail::genl_link link;

	link.port = std::make_unique<port>(std::move(handler));
	link.family = family;
	return khttp::control(std::make_unique<khttp::control::impl>(std::move(link)));
}

} // namespace fake
