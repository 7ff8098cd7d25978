/* SPDX-License-Identifier: MIT */
/* The protocol code that the module is made of, as C++ sees it. */
#pragma once

extern "C" {
#include "http/cache_policy.h"
#include "http/host.h"
#include "http/prefix.h"
#include "http/reason.h"
#include "http/rule_text.h"
#include "http/uri.h"
}
