/* SPDX-License-Identifier: MIT */
#include "store.hpp"

#include <algorithm>

#include "common/text.hpp"

namespace proxy {

namespace {

/* For a fixed time, whatever its other fields say: of what is for everybody. */
bool is_for_all(const khttp::request &rq, int status,
		const std::vector<answer_field> &fields)
{
	return rq.method() == "GET" && !rq.find("authorization") &&
	       (status == 200 || status == 301 || status == 308 ||
		status == 404 || status == 410) &&
	       std::ranges::none_of(fields, [](const answer_field &field) {
		       return text::equals_fold(field.name, "set-cookie");
	       });
}

/* A 304 to what the kernel asks stands for the whole answer. */
int status_of(const khttp::request &rq, const answer_head &head)
{
	return head.status() == 304 && rq.validates() ? 200 : head.status();
}

} // namespace

void set_caching(const khttp::request &rq, khttp::response &rs,
		 const answer_head &head, const std::vector<answer_field> &fields,
		 const settings &set)
{
	if (set.cache == caching::automatic)
		rs.cache_auto();
	else if (set.cache == caching::seconds &&
		 is_for_all(rq, status_of(rq, head), fields))
		rs.cache_for(set.cache_time);
	else
		rs.cache_never();
}

} // namespace proxy
