/* SPDX-License-Identifier: MIT */
/* The C face of reservations and registrations. */
#include <khttp/khttp_reservation.h>

#include <linux/khttp.h>

#include <khttp/registration.hpp>

#include "control_c.hpp"

using khttp::detail::done;
using khttp::detail::guarded;

struct khttp_registration {
	khttp::registration registration;
};

namespace {

std::int64_t number_or_none(const std::optional<std::uint32_t> &id)
{
	return id ? std::int64_t{*id} : -1;
}

int show(const khttp::reservation_info &r,
	 int (*each)(const khttp_reservation_info *, void *), void *arg)
{
	const khttp_reservation_info shown = {
		r.prefix.c_str(),
		number_or_none(r.uid),
		number_or_none(r.gid),
		(r.listen ? KHTTP_RIGHT_LISTEN : 0) | (r.delegate ? KHTTP_RIGHT_DELEGATE : 0),
		r.creator,
		r.any_port,
	};

	return each(&shown, arg);
}

} // namespace

int khttp_control_reserve(khttp_control *ctl, const char *prefix,
			  const khttp_reservation_settings *to)
{
	return done([&] {
		ctl->control.reserve(prefix,
				     {khttp::detail::setting<std::uint32_t>(to->uid),
				      khttp::detail::setting<std::uint32_t>(to->gid),
				      (to->rights & KHTTP_RIGHT_LISTEN) != 0,
				      (to->rights & KHTTP_RIGHT_DELEGATE) != 0});
	});
}

int khttp_control_unreserve(khttp_control *ctl, const char *prefix)
{
	return done([&] { ctl->control.unreserve(prefix); });
}

int khttp_control_each_reservation(khttp_control *ctl,
				   int (*each)(const khttp_reservation_info *, void *), void *arg)
{
	return guarded([&] {
		for (const khttp::reservation_info &r : ctl->control.reservations())
			if (int stop = show(r, each, arg))
				return stop;
		return 0;
	});
}

int khttp_control_deciding_reservation(khttp_control *ctl, const char *prefix,
				       int (*each)(const khttp_reservation_info *, void *),
				       void *arg)
{
	return guarded([&] {
		if (auto r = ctl->control.deciding_reservation(prefix))
			return show(*r, each, arg);
		throw khttp::error(ENOENT, "no reservation covers it: "
					   "only CAP_NET_ADMIN may bind it");
	});
}

int khttp_registration_open(const char *url, const char *queue, uint64_t context,
			    khttp_registration **to)
{
	return done([&] {
		*to = new khttp_registration{khttp::registration(url, queue ? queue : "", context)};
	});
}

int khttp_registration_add(khttp_registration *r, const char *url, uint64_t context)
{
	return done([&] { r->registration.add(url, context); });
}

const char *khttp_registration_queue(const khttp_registration *r)
{
	return r->registration.queue().c_str();
}

void khttp_registration_close(khttp_registration *r)
{
	delete r;
}
