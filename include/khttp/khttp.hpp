/* SPDX-License-Identifier: MIT */
/* Everything: #include <khttp/khttp.hpp> */
#pragma once

#include <khttp/async.hpp>
#include <khttp/companion.hpp>
#include <khttp/control.hpp>
#include <khttp/error.hpp>
#include <khttp/exchange.hpp>
#include <khttp/fd.hpp>
#include <khttp/fragment.hpp>
#include <khttp/grant.hpp>
#include <khttp/options.hpp>
#include <khttp/queue.hpp>
#include <khttp/registration.hpp>
#include <khttp/request.hpp>
#include <khttp/reservation.hpp>
#include <khttp/response.hpp>
#include <khttp/server.hpp>
#include <khttp/transaction.hpp>
#include <khttp/upgrade.hpp>
#include <khttp/version.hpp>
