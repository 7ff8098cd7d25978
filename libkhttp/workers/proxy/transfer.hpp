/* SPDX-License-Identifier: MIT */
/* One request at the upstream, and its answer as it comes. */
#pragma once

#include <array>
#include <coroutine>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <curl/curl.h>

#include <khttp/async.hpp>

#include "answer_head.hpp"
#include "failure.hpp"
#include "loop.hpp"
#include "upload.hpp"

namespace proxy {

struct list_end {
	void operator()(curl_slist *list) const noexcept
	{
		curl_slist_free_all(list);
	}
};

class transfer {
public:
	/* Body bytes that are held for a client that takes them slowly; libcurl
	 * may add what it has in its own buffer. */
	static constexpr std::size_t window = 131072;

	transfer(loop &on, const khttp::async::request &rq);
	transfer(const transfer &) = delete;
	transfer &operator=(const transfer &) = delete;
	/* Where it is not over, the upstream's connection is closed. */
	~transfer();

	/* Throws std::runtime_error. */
	void start();

	/* co_await: until something below may have changed. */
	struct news {
		transfer &of;
		bool await_ready() const noexcept { return false; }
		void await_suspend(std::coroutine_handle<> waiting) noexcept
		{
			of.waiting_ = waiting;
		}
		void await_resume() const noexcept {}
	};
	news changed() noexcept { return {*this}; }

	answer_head &head() noexcept { return head_; }
	bool has_body() const noexcept { return !body_.empty(); }
	/* What of the body has come; make room for more. */
	std::string take_body();
	/* Nothing more comes: it is whole, or failed(), or the client_left(). */
	bool over() const noexcept { return over_; }
	const std::optional<failure> &failed() const noexcept { return failed_; }
	bool client_left() const noexcept { return client_left_; }
	/* The client is being waited for: that is not the upstream's time. */
	void hold(bool on) noexcept;

	/* ---- for the loop and the upload ---- */

	static void set_functions(CURL *easy);
	CURL *easy() const noexcept { return easy_.get(); }
	void stir() noexcept { on_.stir(*this); }
	/* libcurl is done with it. */
	void end(CURLcode code);
	/* Do what there is to do. It may be gone then. */
	void step();
	/* Is it late, has its client gone? */
	void look(loop::clock::time_point now);

	bool stirred = false; /* the loop's */

private:
	static std::size_t on_line(char *line, std::size_t one,
				   std::size_t size, void *self);
	static std::size_t on_body(char *bytes, std::size_t one,
				   std::size_t size, void *self);
	static std::size_t give_body(char *to, std::size_t one,
				     std::size_t room, void *self);
	static int give_trailers(curl_slist **list, void *self);
	static int rewind(void *self, curl_off_t offset, int origin);
	static int may_send(void *self, char *to, char *from, int to_port,
			    int from_port);

	void set_head();
	void set_body(bool is_head);
	void set_data(void *self);
	void stop(bool finished) noexcept;
	void fail(failure why);
	void leave() noexcept;
	void set_pauses() noexcept;
	void touch() noexcept { last_ = loop::clock::now(); }

	loop &on_;
	khttp::async::request rq_;
	easy_handle easy_;
	std::unique_ptr<curl_slist, list_end> lines_;
	std::array<char, CURL_ERROR_SIZE> detail_{};
	std::shared_ptr<upload> upload_;
	answer_head head_;
	std::string body_;
	std::coroutine_handle<> waiting_;
	loop::clock::time_point begun_ = loop::clock::now();
	loop::clock::time_point last_ = begun_; /* something moved */
	unsigned attempts_ = 0;
	bool added_ = false;
	bool chunked_ = false; /* the request's body goes in chunks */
	bool over_ = false;
	bool client_left_ = false;
	bool held_ = false;
	bool sending_paused_ = false;
	/*
	 * libcurl that has the whole answer and stops sending does not see, up to
	 * 7.88 at least, that it is done while sending is paused. Let go, it is
	 * done or asks once more.
	 */
	bool nudge_ = false;
	bool receiving_paused_ = false;
	std::optional<failure> failed_;
};

} // namespace proxy
