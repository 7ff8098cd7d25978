/* SPDX-License-Identifier: MIT */
/* Where the library's own make_engine() would open /dev/khttp, tests get these
 * devices: one for each worker, kept until the next test. */
#pragma once

#include <memory>
#include <vector>

#include <khttp/options.hpp>

#include "fake_device.hpp"

struct world {
	static world &now();

	/* Forget the devices of the test before. */
	void begin(unsigned slots = 8);
	fake_device &device(std::size_t number = 0) { return *devices.at(number); }

	unsigned slots = 8;
	std::uint64_t lacks = 0; /* features that its kernel has not */
	std::vector<std::shared_ptr<fake_device>> devices;
};

/* Options for a queue or server on a fresh world with this transport. */
khttp::options fresh(khttp::transport transport, unsigned slots = 8);
