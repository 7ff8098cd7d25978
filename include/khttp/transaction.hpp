/* SPDX-License-Identifier: MIT */
/*
 * Many changes at once, or none: while a transaction is open, what its control
 * changes is staged in the kernel.
 *
 *	khttp::transaction all(control);
 *	control.add_queue("app");
 *	control.set_url("http://+:80/", "app");
 *	all.commit(control_features.generation);
 */
#pragma once

#include <cstdint>
#include <optional>

#include <khttp/control.hpp>
#include <khttp/error.hpp>
#include <khttp/export.hpp>

namespace khttp {

/* A change was refused, so none was made; what() is about that one */
class KHTTP_EXPORT change_refused : public error {
public:
	change_refused(std::error_code code, const std::string &text, std::uint32_t index);
	~change_refused() override;

	/* From 0 on, in the order in which they were staged */
	[[nodiscard]] std::uint32_t index() const noexcept { return index_; }

private:
	std::uint32_t index_;
};

struct committed {
	std::uint64_t generation = 0; /* of the configuration from now on */
	std::uint32_t changes = 0;
};

class KHTTP_EXPORT transaction {
public:
	/*
	 * Changes, not questions, drains and purges, of @control are staged from now
	 * on; one transaction at a time. @control outlives it and is not moved.
	 */
	explicit transaction(khttp::control &control);
	transaction(const transaction &) = delete;
	transaction &operator=(const transaction &) = delete;
	/* Aborts what was not committed */
	~transaction();

	/* Messages so far: what a change_refused counts. Some changes take several */
	[[nodiscard]] std::uint32_t staged() const noexcept;

	/**
	 * All changes, or none. Throws khttp::change_refused where one cannot be made,
	 * khttp::error with ESTALE unless the configuration has @generation. Either way
	 * the transaction is over.
	 */
	committed commit(std::optional<std::uint64_t> generation = {});
	void abort();

private:
	khttp::control &control_;
	std::uint32_t before_ = 0;
	bool open_ = false;
};

} // namespace khttp
