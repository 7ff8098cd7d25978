/* SPDX-License-Identifier: MIT */
/* Answers that were asked for later, given by one thread of its own. */
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <khttp/exchange.hpp>

namespace echo {

class timer {
public:
	using clock = std::chrono::steady_clock;

	timer();
	timer(const timer &) = delete;
	timer &operator=(const timer &) = delete;
	/* Exchanges that are not due yet are answered 500 by their end; after
	 * server::run() there are none. */
	~timer();

	/* Give EXCHANGE, whose head is set, BODY at WHEN. A long list of
	 * waiting answers is bounded by the slots of the workers. */
	void answer_at(clock::time_point when, khttp::exchange exchange,
		       std::shared_ptr<const std::string> body);

private:
	struct answer {
		khttp::exchange exchange;
		std::shared_ptr<const std::string> body;
	};

	void loop();

	std::mutex lock_; /* the next three */
	std::condition_variable changed_;
	std::multimap<clock::time_point, answer> waiting_;
	bool ending_ = false;

	std::thread thread_; /* last: it uses everything above */
};

} // namespace echo
