/* SPDX-License-Identifier: MIT */
/* The C face of control: transactions, and what is exchanged in them. */
#include <khttp/khttp_control.h>

#include <khttp/transaction.hpp>

#include "control_c.hpp"

using khttp::detail::done;

int khttp_control_begin(khttp_control *ctl)
{
	return done([&] {
		if (ctl->open)
			throw khttp::error(EBUSY, "there is a transaction; commit or abort that "
						  "first");
		ctl->open = std::make_unique<khttp::transaction>(ctl->control);
	});
}

namespace {

khttp::transaction &open_one(khttp_control *ctl)
{
	if (!ctl->open)
		throw khttp::error(ENOENT, "there is no transaction; begin one first");
	return *ctl->open;
}

} // namespace

int khttp_control_commit(khttp_control *ctl, const uint64_t *generation, uint64_t *now)
{
	return done([&] {
		std::optional<std::uint64_t> expected;

		if (generation)
			expected = *generation;
		khttp::transaction &all = open_one(ctl);
		const auto over = std::move(ctl->open);
		const khttp::committed done = all.commit(expected);
		if (now)
			*now = done.generation;
	});
}

int khttp_control_abort(khttp_control *ctl)
{
	return done([&] {
		khttp::transaction &all = open_one(ctl);
		const auto over = std::move(ctl->open);

		all.abort();
	});
}

int khttp_control_set_url(khttp_control *ctl, const char *prefix, const char *group,
			  uint64_t context, const char *redirect, uint32_t status)
{
	return done([&] {
		std::optional<khttp::redirect> to;

		if (redirect)
			to = {redirect, status};
		ctl->control.set_url(prefix, group, context, to);
	});
}
