/* SPDX-License-Identifier: MIT */
/* The C face of fragments: no exception passes this file. */
#include "queue_c.hpp"

#include <memory>
#include <span>
#include <string>

using khttp::detail::guarded;
using khttp::detail::result_of;

namespace {

khttp::fragment from_c(const khttp_fragment &of)
{
	khttp::fragment to;

	to.name = of.name;
	to.lifetime = std::chrono::seconds{of.lifetime};
	if (of.tags)
		to.tags = of.tags;
	to.make = [make = of.make, context = of.context] {
		const void *data = nullptr;
		size_t size = 0;

		return make(context, &data, &size) < 0
			       ? nullptr
			       : std::make_shared<const std::string>(
					 static_cast<const char *>(data), size);
	};
	return to;
}

} // namespace

int khttp_exchange_send_fragment(khttp_exchange *ex, const khttp_fragment *of,
				 uint64_t offset, uint64_t length)
{
	return guarded([=] {
		return ex->exchange.response().send_fragment(from_c(*of), offset, length);
	});
}

int khttp_exchange_fragment(khttp_exchange *ex, const khttp_fragment *of, uint64_t offset,
			    uint64_t length)
{
	return guarded([=] {
		return ex->exchange.response().body(
			std::make_shared<const khttp::fragment>(from_c(*of)), offset, length);
	});
}

int khttp_queue_keep(khttp_queue *q, const khttp_fragment *of)
{
	return guarded([=] { return q->queue.keep(from_c(*of)); });
}

int64_t khttp_queue_read_fragment(khttp_queue *q, const char *name, uint64_t offset,
				  void *into, size_t size, uint64_t *length)
{
	std::uint64_t all = 0;
	std::size_t got = 0;
	int result = result_of(q->queue.read_fragment(
		name, offset, std::span{static_cast<char *>(into), size}, got, all));

	if (length)
		*length = all;
	return result < 0 ? result : static_cast<int64_t>(got);
}
