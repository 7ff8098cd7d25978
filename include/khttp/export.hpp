/* SPDX-License-Identifier: MIT */
/* What the shared library shows; everything else is hidden. */
#pragma once

#define KHTTP_EXPORT [[gnu::visibility("default")]]
/* A part of a shown class that is not shown. */
#define KHTTP_LOCAL [[gnu::visibility("hidden")]]
