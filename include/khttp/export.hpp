/* SPDX-License-Identifier: MIT */
/* What the shared library shows; everything else is hidden. */
#pragma once

#define KHTTP_EXPORT [[gnu::visibility("default")]]
