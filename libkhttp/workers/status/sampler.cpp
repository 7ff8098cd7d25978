/* SPDX-License-Identifier: MIT */
#include "sampler.hpp"

#include <algorithm>
#include <utility>

#include <khttp/version.hpp>

#include "metrics/live_json.hpp"

namespace status {

namespace {

template <typename T> std::size_t cut(std::vector<T> &rows, std::size_t most)
{
	const std::size_t left = rows.size() - std::min(rows.size(), most);

	rows.resize(rows.size() - left);
	return left;
}

} // namespace

std::string document_of(const metrics::look &before, const metrics::look &now)
{
	metrics::figures all = metrics::figures_of(before, now);
	nlohmann::ordered_json left = {{"queues", cut(all.queues, max_rows)},
				       {"workers", cut(all.workers, max_rows)},
				       {"urls", cut(all.urls, max_urls)}};

	for (metrics::url_row &row : all.urls)
		if (row.url.size() > max_url_bytes)
			row.url = row.url.substr(0, max_url_bytes) + "...";
	nlohmann::ordered_json document = {{"version", khttp::version()},
					   {"uptime_ms", now.ns / 1'000'000}};
	document.update(metrics::json_of(all));
	document["left_out"] = std::move(left);
	/* Names are bytes that others chose: those that are no UTF-8 become U+FFFD. */
	return document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

sampler::sampler(std::function<metrics::look()> look, std::function<std::uint64_t()> clock)
	: look_{std::move(look)}, clock_{std::move(clock)}
{
}

metrics::look sampler::look(std::uint64_t now_ns)
{
	if (failure_ && now_ns - failed_ns_ < shortest_ns)
		std::rethrow_exception(failure_);
	failure_ = nullptr;
	try {
		return look_();
	} catch (...) {
		failed_ns_ = now_ns;
		failure_ = std::current_exception();
		throw;
	}
}

std::shared_ptr<const std::string> sampler::document()
{
	const std::lock_guard hold{mutex_};
	const std::uint64_t now_ns = clock_(), age = now_ns - last_.ns;

	if (document_ && age < shortest_ns)
		return document_;
	metrics::look now = look(now_ns);
	const bool known = document_ && age <= longest_ns;
	document_ = std::make_shared<const std::string>(
		document_of(known ? last_ : now, now));
	last_ = std::move(now);
	return document_;
}

} // namespace status
