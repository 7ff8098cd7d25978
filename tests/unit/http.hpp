// SPDX-License-Identifier: MIT
#pragma once

// The one place where C++ sees the C headers of kmod/http.
#include <string>
#include <string_view>

extern "C" {
#include "http/body.h"
#include "http/cache_policy.h"
#include "http/cache_status.h"
#include "http/coding.h"
#include "http/date.h"
#include "http/dictionary.h"
#include "http/forwarded.h"
#include "http/freshness.h"
#include "http/head.h"
#include "http/netset.h"
#include "http/out.h"
#include "http/prefix.h"
#include "http/proxy.h"
#include "http/range.h"
#include "http/rate.h"
#include "http/reply.h"
#include "http/reuse.h"
#include "http/rule_text.h"
#include "http/node.h"
#include "http/uri.h"
#include "http/vary.h"
#include "http/word.h"
}

inline std::string text_of(khttp_span span)
{
	return std::string(span.ptr, span.len);
}

inline khttp_span span_of(std::string_view text)
{
	return khttp_span_of(text.data(), static_cast<u32>(text.size()));
}

inline khttp_limits default_limits()
{
	return KHTTP_LIMITS_DEFAULT;
}
