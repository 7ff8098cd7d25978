/* SPDX-License-Identifier: MIT */
/* The document status.json. */
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "metrics/live.hpp"

namespace status {

/* Rows of each list at most, the busiest ones; bytes of a URL. */
inline constexpr std::size_t max_rows = 100;
inline constexpr std::size_t max_urls = 20;
inline constexpr std::size_t max_url_bytes = 512;

/* What khttp-status(8) describes, of two looks. */
[[nodiscard]] std::string document_of(const metrics::look &before, const metrics::look &now);

/*
 * Looks at the kernel's counters when it is asked, but not oftener than the page
 * asks: whoever comes meanwhile gets the same document. From any thread.
 */
class sampler {
public:
	static constexpr std::uint64_t shortest_ns = 900'000'000;
	/* Nobody wants to know the rates since then. */
	static constexpr std::uint64_t longest_ns = 10'000'000'000;

	/* Both may throw, and then so does document(), for as long as a document holds. */
	explicit sampler(std::function<metrics::look()> look,
			 std::function<std::uint64_t()> clock = metrics::monotonic_ns);

	[[nodiscard]] std::shared_ptr<const std::string> document();

private:
	metrics::look look(std::uint64_t now_ns);

	std::function<metrics::look()> look_;
	std::function<std::uint64_t()> clock_;
	std::mutex mutex_; /* guards what follows */
	metrics::look last_;
	std::shared_ptr<const std::string> document_;
	std::exception_ptr failure_; /* of the last look */
	std::uint64_t failed_ns_ = 0;
};

} // namespace status
