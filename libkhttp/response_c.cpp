/* SPDX-License-Identifier: MIT */
/* The C face of answers: no exception passes this file. */
#include "queue_c.hpp"

using khttp::detail::guarded;
using khttp::detail::result_of;

namespace {

khttp::response &response_of(khttp_exchange *ex)
{
	return ex->exchange.response();
}

/* What a call on the head has just remembered, as an errno. */
int head_result(khttp_exchange *ex) noexcept
{
	return result_of(response_of(ex).error());
}

} // namespace

int khttp_exchange_status(khttp_exchange *ex, int status)
{
	response_of(ex).status(status);
	return head_result(ex);
}

int khttp_exchange_header(khttp_exchange *ex, const char *name,
			  const char *value)
{
	response_of(ex).header(name, value);
	return head_result(ex);
}

int khttp_exchange_cache_for(khttp_exchange *ex, uint32_t seconds)
{
	response_of(ex).cache_for(std::chrono::seconds{seconds});
	return head_result(ex);
}

int khttp_exchange_cache_until_purged(khttp_exchange *ex)
{
	response_of(ex).cache_until_purged();
	return head_result(ex);
}

int khttp_exchange_cache_auto(khttp_exchange *ex)
{
	response_of(ex).cache_auto();
	return head_result(ex);
}

int khttp_exchange_cache_never(khttp_exchange *ex)
{
	response_of(ex).cache_never();
	return head_result(ex);
}

int khttp_exchange_flow(khttp_exchange *ex, uint32_t rate, uint32_t peak,
			uint32_t burst)
{
	response_of(ex).flow({.rate = rate, .peak = peak, .burst = burst});
	return head_result(ex);
}

int khttp_exchange_tell_stored(khttp_exchange *ex)
{
	response_of(ex).tell_stored();
	return head_result(ex);
}

const char *khttp_exchange_stored(const khttp_exchange *ex)
{
	/* Always a whole literal. */
	return response_of(const_cast<khttp_exchange *>(ex)).stored().data();
}

int khttp_exchange_log(khttp_exchange *ex, const char *name, const void *value,
		       size_t size)
{
	return result_of(
		response_of(ex).log(name, {static_cast<const char *>(value), size}));
}

int khttp_exchange_close_connection(khttp_exchange *ex)
{
	response_of(ex).close();
	return head_result(ex);
}

int khttp_exchange_length(khttp_exchange *ex, uint64_t bytes)
{
	response_of(ex).length(bytes);
	return head_result(ex);
}

int khttp_exchange_body(khttp_exchange *ex, const void *data, size_t size)
{
	return guarded([=] {
		return response_of(ex).body(std::string_view{
			static_cast<const char *>(data), size});
	});
}

int khttp_exchange_file(khttp_exchange *ex, int fd, uint64_t offset,
			uint64_t length)
{
	return guarded(
		[=] { return response_of(ex).file(fd, offset, length); });
}

int khttp_exchange_send(khttp_exchange *ex, const void *data, size_t size)
{
	return result_of(response_of(ex).send(
		std::string_view{static_cast<const char *>(data), size}));
}

int khttp_exchange_send_file(khttp_exchange *ex, int fd, uint64_t offset,
			     uint64_t length)
{
	return result_of(response_of(ex).send_file(fd, offset, length));
}

int khttp_exchange_trailer(khttp_exchange *ex, const char *name,
			   const char *value)
{
	response_of(ex).trailer(name, value);
	return head_result(ex);
}

int khttp_exchange_finish(khttp_exchange *ex)
{
	return result_of(response_of(ex).finish());
}

int khttp_exchange_offers(const khttp_exchange *ex, const char *protocol)
{
	return ex->exchange.request().offers(protocol);
}

int khttp_exchange_upgrade(khttp_exchange *ex, const char *protocol)
{
	ex->upgraded = response_of(ex).upgrade(protocol);
	return result_of(ex->upgraded->error());
}

int khttp_exchange_end(khttp_exchange *ex)
{
	return ex->upgraded ? result_of(ex->upgraded->end()) : -EINVAL;
}

int khttp_exchange_delegate(khttp_exchange *ex, const char *queue)
{
	return result_of(response_of(ex).delegate(queue));
}

void khttp_exchange_cancel(khttp_exchange *ex)
{
	response_of(ex).cancel();
}

void khttp_exchange_free(khttp_exchange *ex)
{
	delete ex;
}
