/* SPDX-License-Identifier: MIT */
#include "transfer.hpp"

#include <algorithm>

#include "describe.hpp"
#include "handle.hpp"
#include "request.hpp"

namespace proxy {

namespace {

/* Younger ones are not asked whether their client is there: watching costs. */
constexpr std::chrono::milliseconds young{500};

bool is_head(const khttp::async::request &rq)
{
	return rq.method() == "HEAD";
}

} // namespace

transfer::transfer(loop &on, const khttp::async::request &rq) : on_{on}, rq_{rq}
{
}

transfer::~transfer()
{
	stop(false);
	if (upload_)
		upload_->leave();
	on_.forget(*this);
}

void transfer::start()
{
	easy_ = on_.take_handle();
	/* There is no answer to HEAD that waits for a body. */
	if (rq_.has_body() && !is_head(rq_))
		upload_ = std::make_shared<upload>(*this, rq_);
	set_head();
	set_body(is_head(rq_));
	set_data(this);
	on_.add(*this);
	added_ = true;
}

void transfer::set_head()
{
	const auto &set = on_.set();
	const incoming in = describe(rq_, upload_ != nullptr);
	const auto target = target_of(in, set.to.base);
	const std::string method{in.method};

	for (const auto &line : field_lines(in, set)) {
		auto *longer = curl_slist_append(lines_.get(), line.c_str());

		if (!longer)
			throw std::bad_alloc{};
		static_cast<void>(lines_.release());
		lines_.reset(longer);
	}
	set_option(easy(), CURLOPT_HTTPHEADER, lines_.get());
	set_option(easy(), CURLOPT_CUSTOMREQUEST, method.c_str());
	set_option(easy(), CURLOPT_REQUEST_TARGET, target.c_str());
}

/* Each of the first two undoes what the request before has left of the other. */
void transfer::set_body(bool is_head)
{
	const auto length = upload_ ? upload_->length() : 0;

	set_option(easy(), CURLOPT_UPLOAD, upload_ ? 1L : 0L);
	set_option(easy(), CURLOPT_NOBODY, is_head ? 1L : 0L);
	set_option(easy(), CURLOPT_INFILESIZE_LARGE,
		   length ? static_cast<curl_off_t>(*length) : curl_off_t{-1});
	set_option(easy(), CURLOPT_TRAILERFUNCTION,
		   length ? nullptr : give_trailers);
	chunked_ = !length;
}

void transfer::set_functions(CURL *easy)
{
	set_option(easy, CURLOPT_HEADERFUNCTION, on_line);
	set_option(easy, CURLOPT_WRITEFUNCTION, on_body);
	set_option(easy, CURLOPT_READFUNCTION, give_body);
	set_option(easy, CURLOPT_SEEKFUNCTION, rewind);
	set_option(easy, CURLOPT_PREREQFUNCTION, may_send);
}

void transfer::set_data(void *self)
{
	for (const auto option : {CURLOPT_HEADERDATA, CURLOPT_WRITEDATA,
				  CURLOPT_READDATA, CURLOPT_SEEKDATA,
				  CURLOPT_PREREQDATA, CURLOPT_TRAILERDATA,
				  CURLOPT_PRIVATE})
		set_option(easy(), option, self);
	set_option(easy(), CURLOPT_ERRORBUFFER,
		   self ? detail_.data() : static_cast<char *>(nullptr));
}

/* Two breaks of one connection are the upstream's fault, and what may have had an
 * effect is not sent again (RFC 9110 section 9.2.2). */
int transfer::may_send(void *self, char *, char *, int, int)
{
	auto &me = *static_cast<transfer *>(self);

	me.touch();
	if (++me.attempts_ == 1)
		return CURL_PREREQFUNC_OK;
	return me.attempts_ == 2 && is_idempotent(me.rq_.method()) &&
			       !(me.upload_ && me.upload_->begun())
		       ? CURL_PREREQFUNC_OK
		       : CURL_PREREQFUNC_ABORT;
}

int transfer::rewind(void *self, curl_off_t offset, int origin)
{
	auto &me = *static_cast<transfer *>(self);

	return offset == 0 && origin == SEEK_SET && me.upload_ &&
			       me.upload_->rewind()
		       ? CURL_SEEKFUNC_OK
		       : CURL_SEEKFUNC_FAIL;
}

std::size_t transfer::on_line(char *line, std::size_t, std::size_t size,
			      void *self)
{
	auto &me = *static_cast<transfer *>(self);

	me.touch();
	if (!me.head_.take({line, size}))
		return 0;
	if (me.head_.complete()) {
		me.nudge_ = true;
		me.stir();
	}
	return size;
}

std::size_t transfer::on_body(char *bytes, std::size_t, std::size_t size,
			      void *self)
{
	auto &me = *static_cast<transfer *>(self);

	if (me.body_.size() >= window) {
		me.receiving_paused_ = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	me.touch();
	me.body_.append(bytes, size);
	me.nudge_ = true;
	me.stir();
	return size;
}

std::size_t transfer::give_body(char *to, std::size_t, std::size_t room,
				void *self)
{
	auto &me = *static_cast<transfer *>(self);
	const auto size = me.upload_ ? me.upload_->take(to, room)
				     : std::optional<std::size_t>{0};

	me.touch();
	if (size)
		return *size;
	me.sending_paused_ = true;
	me.stir();
	return CURL_READFUNC_PAUSE;
}

int transfer::give_trailers(curl_slist **list, void *self)
{
	auto &me = *static_cast<transfer *>(self);

	if (!me.upload_)
		return CURL_TRAILERFUNC_OK;
	for (const auto &line : trailer_lines(me.upload_->trailers())) {
		auto *longer = curl_slist_append(*list, line.c_str());

		if (!longer)
			return CURL_TRAILERFUNC_ABORT;
		*list = longer;
	}
	return CURL_TRAILERFUNC_OK;
}

std::string transfer::take_body()
{
	auto out = std::exchange(body_, {});

	if (std::exchange(receiving_paused_, false))
		set_pauses();
	return out;
}

void transfer::set_pauses() noexcept
{
	if (!over_)
		curl_easy_pause(easy(),
				(receiving_paused_ ? CURLPAUSE_RECV : 0) |
					(sending_paused_ ? CURLPAUSE_SEND : 0));
}

void transfer::hold(bool on) noexcept
{
	held_ = on;
	touch();
}

void transfer::end(CURLcode code)
{
	if (code == CURLE_OK && !head_.complete())
		code = CURLE_GOT_NOTHING;
	if (!head_.problem().empty())
		failed_ = malformed(head_.problem());
	else if (code != CURLE_OK)
		failed_ = failure_of(code, detail_.data());
	stop(code == CURLE_OK);
	stir();
}

/*
 * Take it from libcurl, which closes a connection that is not at its end. A handle
 * that has sent trailers does not know, up to libcurl 7.88 at least, that the next
 * chunks are others, and writes them in front of its buffer.
 */
void transfer::stop(bool finished) noexcept
{
	over_ = true;
	if (!easy_)
		return;
	if (std::exchange(added_, false))
		on_.remove(*this);
	try {
		set_option(easy(), CURLOPT_HTTPHEADER,
			   static_cast<curl_slist *>(nullptr));
		set_data(nullptr);
	} catch (const std::exception &) {
		finished = false;
	}
	on_.give_back(std::move(easy_), finished && !chunked_);
}

void transfer::fail(failure why)
{
	failed_ = std::move(why);
	stop(false);
	stir();
}

void transfer::leave() noexcept
{
	client_left_ = true;
	stop(false);
	stir();
}

void transfer::step()
{
	const bool came = upload_ && upload_->came();

	if (came) {
		touch();
		if (upload_->broken() && !over_)
			leave();
	}
	if ((std::exchange(nudge_, false) || came) &&
	    std::exchange(sending_paused_, false))
		set_pauses();
	if (upload_ && !over_)
		upload_->go_on();
	if (waiting_)
		std::exchange(waiting_, {}).resume();
}

void transfer::look(loop::clock::time_point now)
{
	if (over_)
		return;
	if (sending_paused_ && head_.complete()) {
		nudge_ = true;
		stir();
	}
	if (now - begun_ >= young && rq_.gone())
		leave();
	else if (held_ || (upload_ && upload_->wanted()))
		last_ = now;
	else if (now - last_ >= on_.set().timeout)
		fail(stalled(head_.complete()));
}

} // namespace proxy
