/* SPDX-License-Identifier: MIT */
/* The C face of the error log: no exception passes this file. */
#include "control_c.hpp"

using khttp::detail::done;
using khttp::detail::guarded;

struct khttp_errors {
	khttp::error_stream stream;
};

namespace {

using each_error = int (*)(const khttp_error_record *, void *);

khttp::error_filter filter_from(const khttp_error_filter *in)
{
	if (!in)
		return {};
	return {in->queue ? in->queue : "", in->reason ? in->reason : "", in->from};
}

const char *label(const std::string &text)
{
	return text.empty() ? nullptr : text.c_str();
}

/* Member by member: an added or reordered one does not compile */
int show(const khttp::error_record &r, each_error each, void *arg)
{
	const std::string client = to_string(r.client), local = to_string(r.local);
	const khttp_error_record shown = {r.seq,
					  r.lost,
					  r.time_ns,
					  r.connection,
					  r.stream,
					  client.c_str(),
					  local.c_str(),
					  r.client.port,
					  r.local.port,
					  r.version,
					  r.status,
					  r.queue_id,
					  r.method.data(),
					  r.method.size(),
					  r.target.data(),
					  r.target.size(),
					  r.target_length,
					  r.reason.c_str(),
					  label(r.queue),
					  label(r.prefix)};

	return each(&shown, arg);
}

int show_all(const khttp::error_records &found, each_error each, void *arg, khttp_error_end *end)
{
	for (const khttp::error_record &r : found.records)
		if (int stop = show(r, each, arg))
			return stop;
	if (end)
		*end = {found.next, found.lost};
	return 0;
}

} // namespace

int khttp_control_each_error(khttp_control *ctl, const khttp_error_filter *filter,
			     int (*each)(const khttp_error_record *, void *), void *arg,
			     khttp_error_end *end)
{
	return guarded([&] {
		return show_all(ctl->control.errors(filter_from(filter)), each, arg, end);
	});
}

int khttp_errors_open(khttp_control *ctl, const khttp_error_filter *filter, khttp_errors **out)
{
	*out = nullptr;
	return done([&] {
		*out = new khttp_errors{ctl->control.follow_errors(filter_from(filter))};
	});
}

void khttp_errors_close(khttp_errors *errors)
{
	delete errors;
}

int khttp_errors_fd(const khttp_errors *errors)
{
	return errors->stream.fd();
}

int khttp_errors_read(khttp_errors *errors, int (*each)(const khttp_error_record *, void *),
		      void *arg, khttp_error_end *end)
{
	return guarded([&] { return show_all(errors->stream.read(), each, arg, end); });
}
