/* SPDX-License-Identifier: MIT */
#include "loop.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "handle.hpp"
#include "transfer.hpp"

namespace proxy {

namespace {

/* How exact timeouts are, and how soon it is seen that a client has gone. */
constexpr std::chrono::milliseconds look_every{500};
/* Rounds of libcurl before requests have their turn. */
constexpr int most_rounds = 8;

thread_local loop *of_thread = nullptr;

void must(bool good, const char *what)
{
	if (!good)
		throw std::system_error{errno, std::generic_category(), what};
}

void must(CURLMcode code)
{
	if (code != CURLM_OK)
		throw std::runtime_error{curl_multi_strerror(code)};
}

} // namespace

loop::loop(const settings &set)
	: set_{set}, epoll_{epoll_create1(EPOLL_CLOEXEC)},
	  timer_{timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)},
	  multi_{curl_multi_init()}
{
	epoll_event event{};

	must(epoll_ && timer_, "cannot make an epoll and a timer");
	if (!multi_)
		throw std::bad_alloc{};
	event.events = EPOLLIN;
	event.data.fd = timer_.get();
	must(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timer_.get(), &event) == 0,
	     "cannot watch a timer");
	must(curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, watch_socket));
	must(curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this));
	must(curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, set_timer));
	must(curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this));
	must(curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_NOTHING));
	must(curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS,
			       static_cast<long>(set.connections)));
	handles_.reserve(set.connections);
	of_thread = this;
}

loop::~loop()
{
	handles_.clear();
	curl_multi_cleanup(multi_);
	of_thread = nullptr;
}

loop &loop::here() noexcept
{
	return *of_thread;
}

easy_handle loop::take_handle()
{
	if (handles_.empty())
		return make_handle(set_);
	auto easy = std::move(handles_.back());

	handles_.pop_back();
	return easy;
}

void loop::give_back(easy_handle easy, bool finished) noexcept
{
	if (finished && handles_.size() < handles_.capacity())
		handles_.push_back(std::move(easy));
}

void loop::add(transfer &of)
{
	stirred_.reserve(active_.size() + 1);
	stepping_.reserve(active_.size() + 1);
	active_.insert(&of);
	must(curl_multi_add_handle(multi_, of.easy()));
	if (look_ == clock::time_point::max())
		look_ = clock::now() + look_every;
}

void loop::remove(transfer &of) noexcept
{
	curl_multi_remove_handle(multi_, of.easy());
}

void loop::stir(transfer &of) noexcept
{
	if (!std::exchange(of.stirred, true))
		stirred_.push_back(&of);
}

void loop::forget(transfer &of) noexcept
{
	active_.erase(&of);
	std::erase(stirred_, &of);
	std::ranges::replace(stepping_, &of, nullptr);
}

int loop::watch_socket(CURL *, curl_socket_t socket, int what, void *self,
		       void *known)
{
	auto &me = *static_cast<loop *>(self);
	epoll_event event{};

	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(me.epoll_.get(), EPOLL_CTL_DEL, socket, nullptr);
		curl_multi_assign(me.multi_, socket, nullptr);
		return 0;
	}
	event.data.fd = socket;
	if (what & CURL_POLL_IN)
		event.events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		event.events |= EPOLLOUT;
	/* Any pointer will do to know that it is watched. */
	curl_multi_assign(me.multi_, socket, &me);
	return epoll_ctl(me.epoll_.get(), known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
			 socket, &event);
}

int loop::set_timer(CURLM *, long ms, void *self)
{
	auto &me = *static_cast<loop *>(self);

	if (ms < 0)
		me.due_ = clock::time_point::max();
	else
		me.due_ = clock::now() + std::chrono::milliseconds{ms};
	return 0;
}

/* What the descriptors say. */
void loop::attend()
{
	std::array<epoll_event, 64> events;
	const int count = epoll_wait(epoll_.get(), events.data(),
				     static_cast<int>(events.size()), 0);
	int running;

	for (int i = 0; i < count; i++) {
		const auto &event = events.at(static_cast<std::size_t>(i));
		std::uint64_t times;
		int mask = 0;

		if (event.data.fd == timer_.get()) {
			if (read(timer_.get(), &times, sizeof(times)) > 0)
				armed_ = clock::time_point::max();
			continue;
		}
		if (event.events & (EPOLLIN | EPOLLHUP))
			mask |= CURL_CSELECT_IN;
		if (event.events & EPOLLOUT)
			mask |= CURL_CSELECT_OUT;
		if (event.events & EPOLLERR)
			mask |= CURL_CSELECT_ERR;
		must(curl_multi_socket_action(multi_, event.data.fd, mask,
					      &running));
	}
}

void loop::take_results()
{
	int left;

	while (const CURLMsg *message = curl_multi_info_read(multi_, &left)) {
		char *of = nullptr;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &of);
		reinterpret_cast<transfer *>(of)->end(message->data.result);
	}
}

/* What a step resumes may end any transfer, begin others, and stir. */
void loop::step_stirred()
{
	stepping_.swap(stirred_);
	for (std::size_t i = 0; i < stepping_.size(); i++) {
		if (!stepping_[i])
			continue;
		stepping_[i]->stirred = false;
		stepping_[i]->step();
	}
	stepping_.clear();
}

void loop::look_at_time()
{
	const auto now = clock::now();

	if (now < look_)
		return;
	for (auto *of : active_)
		of->look(now);
	look_ = active_.empty() ? clock::time_point::max() : now + look_every;
}

void loop::run()
{
	int running;

	attend();
	for (int i = 0; i < most_rounds; i++) {
		if (due_ <= clock::now()) {
			due_ = clock::time_point::max();
			must(curl_multi_socket_action(
				multi_, CURL_SOCKET_TIMEOUT, 0, &running));
		}
		take_results();
		if (stirred_.empty() && due_ > clock::now())
			break;
		step_stirred();
	}
	look_at_time();
	arm();
}

/* An earlier alarm than needed is left: it costs one round. */
void loop::arm() noexcept
{
	const auto next = std::min(due_, look_);

	if (next >= armed_)
		return;
	const auto since = next.time_since_epoch();
	const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
	const auto rest = std::chrono::nanoseconds{since - seconds};
	itimerspec when{};

	/* steady_clock is CLOCK_MONOTONIC */
	when.it_value.tv_sec = seconds.count();
	when.it_value.tv_nsec = rest.count();
	if (timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr) == 0)
		armed_ = next;
}

bool loop::idle() const noexcept
{
	/* What was set after arm() is not in the timer yet. */
	return stirred_.empty() && std::min(due_, look_) >= armed_;
}

} // namespace proxy
