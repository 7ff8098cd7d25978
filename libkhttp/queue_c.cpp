/* SPDX-License-Identifier: MIT */
/* The C face of queue and of requests: no exception passes this file. */
#include "queue_c.hpp"
#include "purge_mode.hpp"

#include <cstring>
#include <string>

using khttp::detail::guarded;
using khttp::detail::purge_mode_of;
using khttp::detail::result_of;

namespace {

thread_local std::string open_error;

khttp_bytes bytes_of(std::string_view text) noexcept
{
	return {text.data(), text.size()};
}

khttp_exchange *handed_out(std::optional<khttp::exchange> got)
{
	return got ? new khttp_exchange{std::move(*got), {}} : nullptr;
}

khttp::options from_c(const char *name, const khttp_queue_options *from)
{
	khttp::options to;

	if (name)
		to.queue = name;
	if (!from)
		return to;
	if (from->slots)
		to.slots = from->slots;
	if (from->batch)
		to.batch = from->batch;
	to.request_area = from->request_area;
	to.reply_area = from->reply_area;
	to.transport = static_cast<khttp::transport>(from->transport);
	to.scheduling = static_cast<khttp::scheduling>(from->scheduling);
	to.validates = from->validates;
	if (from->grant)
		to.grant = from->grant;
	return to;
}

size_t put_text(const std::string &text, char *into, size_t size)
{
	if (size > 0) {
		size_t count = text.copy(into, size - 1);
		into[count] = '\0';
	}
	return text.size();
}

} // namespace

khttp_queue *khttp_queue_open(const char *name,
			      const khttp_queue_options *options)
{
	int code;

	try {
		return new khttp_queue{khttp::queue{from_c(name, options)}};
	} catch (const std::system_error &e) {
		open_error = e.what();
		code = e.code().value();
	} catch (const std::bad_alloc &) {
		open_error.clear();
		code = ENOMEM;
	}
	errno = code;
	return nullptr;
}

const char *khttp_queue_open_error(void)
{
	return open_error.c_str();
}

void khttp_queue_close(khttp_queue *q)
{
	delete q;
}

int khttp_queue_fd(const khttp_queue *q)
{
	return q->queue.fd();
}

khttp_exchange *khttp_queue_next(khttp_queue *q)
{
	return khttp_queue_wait(q, 0);
}

khttp_exchange *khttp_queue_wait(khttp_queue *q, int timeout_ms)
{
	khttp_exchange *got = nullptr;

	guarded([&] {
		std::chrono::milliseconds limit{timeout_ms};

		got = handed_out(timeout_ms < 0 ? q->queue.wait()
						: q->queue.wait_for(limit));
		return std::error_code{};
	});
	return got;
}

int khttp_queue_commit(khttp_queue *q)
{
	return guarded([q] {
		q->queue.commit();
		return std::error_code{};
	});
}

void khttp_queue_drain(khttp_queue *q)
{
	q->queue.drain();
}

int khttp_queue_draining(const khttp_queue *q)
{
	return q->queue.draining();
}

int khttp_queue_finished(const khttp_queue *q)
{
	return q->queue.finished();
}

size_t khttp_queue_in_hand(const khttp_queue *q)
{
	return q->queue.in_hand();
}

int khttp_queue_error(const khttp_queue *q)
{
	return result_of(q->queue.error());
}

int64_t khttp_queue_purge(khttp_queue *q, const char *url, int recursive, int soft)
{
	size_t purged = 0;
	int result = result_of(q->queue.purge(url, recursive != 0, purged, purge_mode_of(soft)));

	return result < 0 ? result : static_cast<int64_t>(purged);
}

int64_t khttp_queue_purge_tag(khttp_queue *q, const char *tag, int soft)
{
	size_t purged = 0;
	int result = result_of(q->queue.purge_tag(tag, purged, purge_mode_of(soft)));

	return result < 0 ? result : static_cast<int64_t>(purged);
}

khttp_bytes khttp_exchange_part(const khttp_exchange *ex, khttp_part part)
{
	const khttp::request &rq = ex->exchange.request();

	switch (part) {
	case KHTTP_PART_METHOD:
		return bytes_of(rq.method());
	case KHTTP_PART_SCHEME:
		return bytes_of(rq.scheme());
	case KHTTP_PART_AUTHORITY:
		return bytes_of(rq.authority());
	case KHTTP_PART_TARGET:
		return bytes_of(rq.target());
	case KHTTP_PART_PATH:
		return bytes_of(rq.path());
	case KHTTP_PART_QUERY:
		return bytes_of(rq.query());
	case KHTTP_PART_PREFIX:
		return bytes_of(rq.prefix());
	case KHTTP_PART_VERSION:
		return bytes_of(rq.version());
	case KHTTP_PART_BODY_START:
		return bytes_of(rq.body_start());
	}
	return {nullptr, 0};
}

uint64_t khttp_exchange_number(const khttp_exchange *ex, khttp_number number)
{
	const khttp::request &rq = ex->exchange.request();

	switch (number) {
	case KHTTP_NUMBER_CONTEXT:
		return rq.context();
	case KHTTP_NUMBER_CONNECTION:
		return rq.connection();
	case KHTTP_NUMBER_STREAM:
		return rq.stream();
	case KHTTP_NUMBER_ATTEMPT:
		return rq.attempt();
	case KHTTP_NUMBER_CONTENT_LENGTH:
		return rq.has_body() ? rq.content_length().value_or(UINT64_MAX)
				     : 0;
	case KHTTP_NUMBER_HAS_BODY:
		return rq.has_body();
	case KHTTP_NUMBER_BODY_COMPLETE:
		return rq.body_complete();
	case KHTTP_NUMBER_GONE:
		return rq.gone();
	case KHTTP_NUMBER_VALIDATES:
		return rq.validates();
	}
	return 0;
}

size_t khttp_exchange_field_count(const khttp_exchange *ex)
{
	return ex->exchange.request().fields().size();
}

khttp_bytes khttp_exchange_field_name(const khttp_exchange *ex, size_t index)
{
	return bytes_of(ex->exchange.request().fields()[index].name);
}

khttp_bytes khttp_exchange_field_value(const khttp_exchange *ex, size_t index)
{
	return bytes_of(ex->exchange.request().fields()[index].value);
}

khttp_bytes khttp_exchange_find(const khttp_exchange *ex, const char *name)
{
	auto value = ex->exchange.request().find(name);

	return value ? bytes_of(*value) : khttp_bytes{nullptr, 0};
}

size_t khttp_exchange_client(const khttp_exchange *ex, char *into, size_t size)
{
	return put_text(ex->exchange.request().client().to_string(), into,
			size);
}

size_t khttp_exchange_peer(const khttp_exchange *ex, char *into, size_t size)
{
	return put_text(ex->exchange.request().peer().to_string(), into, size);
}

size_t khttp_exchange_local(const khttp_exchange *ex, char *into, size_t size)
{
	return put_text(ex->exchange.request().local().to_string(), into, size);
}

size_t khttp_exchange_id(const khttp_exchange *ex, char *into, size_t size)
{
	return put_text(ex->exchange.request().id(), into, size);
}

ssize_t khttp_exchange_read(khttp_exchange *ex, void *into, size_t size)
{
	khttp::read_result got = ex->exchange.request().read(
		std::span{static_cast<char *>(into), size});

	return got.error ? result_of(got.error)
			 : static_cast<ssize_t>(got.size);
}
