/* SPDX-License-Identifier: MIT */
#include "describe.hpp"

#include "common/text.hpp"

namespace proxy {

incoming describe(const khttp::request &rq, bool sends_body)
{
	incoming in{.method = rq.method(),
		    .target = rq.target(),
		    .version = rq.version(),
		    .scheme = rq.scheme(),
		    .authority = rq.authority(),
		    .client = rq.client().host(),
		    .sends_body = sends_body,
		    .expects = false,
		    .fields = {}};

	for (const auto field : rq.fields()) {
		if (text::equals_fold(field.name, "expect"))
			in.expects = !rq.body_complete();
		in.fields.push_back(field);
	}
	return in;
}

} // namespace proxy
