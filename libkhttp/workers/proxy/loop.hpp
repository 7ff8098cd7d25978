/* SPDX-License-Identifier: MIT */
/* The upstream's side of one serving thread: libcurl's connections and its pool. */
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <unordered_set>
#include <vector>

#include <curl/curl.h>

#include <khttp/companion.hpp>
#include <khttp/fd.hpp>

#include "settings.hpp"

namespace proxy {

class transfer;

struct easy_end {
	void operator()(CURL *easy) const noexcept { curl_easy_cleanup(easy); }
};
using easy_handle = std::unique_ptr<CURL, easy_end>;

class loop final : public khttp::companion {
public:
	using clock = std::chrono::steady_clock;

	/* Throws std::system_error or std::runtime_error. */
	explicit loop(const settings &set);
	~loop() override;

	/* The one of the calling thread. */
	static loop &here() noexcept;
	const settings &set() const noexcept { return set_; }

	int fd() const noexcept override { return epoll_.get(); }
	void run() override;
	bool idle() const noexcept override;

	/* A handle with all that is the same for each request. */
	easy_handle take_handle();
	/* FINISHED: its transfer came to its end; else the handle is not used
	 * again. */
	void give_back(easy_handle easy, bool finished) noexcept;

	/* OF's handle is libcurl's until remove(). Throws std::runtime_error. */
	void add(transfer &of);
	void remove(transfer &of) noexcept;
	/* Have its step() called before the thread sleeps. Never throws: there
	 * is room for every transfer. */
	void stir(transfer &of) noexcept;
	/* OF ends: nothing of it is called any more. */
	void forget(transfer &of) noexcept;

private:
	static int watch_socket(CURL *easy, curl_socket_t socket, int what,
				void *self, void *known);
	static int set_timer(CURLM *multi, long ms, void *self);
	void attend();
	void take_results();
	void step_stirred();
	void look_at_time();
	void arm() noexcept;

	const settings &set_;
	khttp::unique_fd epoll_;
	khttp::unique_fd timer_;
	clock::time_point due_ = clock::time_point::max();  /* libcurl's */
	clock::time_point armed_ = clock::time_point::max(); /* timer_ */
	clock::time_point look_ = clock::time_point::max();  /* at timeouts */
	CURLM *multi_;
	std::vector<easy_handle> handles_;
	std::unordered_set<transfer *> active_;
	std::vector<transfer *> stirred_;
	std::vector<transfer *> stepping_;
};

} // namespace proxy
