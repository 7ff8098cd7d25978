/* SPDX-License-Identifier: MIT */
/* The answers of khttp-status. */
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <khttp/request.hpp>
#include <khttp/response.hpp>

namespace status {

/* The files of page/, as the build found them; the policy without its line's end. */
struct page_files {
	std::string_view html, css, js, policy;
};
extern const page_files files;

/* How the figures are read: from any thread, throws where they cannot be. */
struct service {
	std::function<std::shared_ptr<const std::string>()> document;
	std::function<void(const std::string &)> complain;
};

/*
 * Whether a page that was asked for by AUTHORITY may be shown under PREFIX. A prefix
 * with a name has it compared by the kernel. Under any other one the name has to be an
 * address or localhost: else a page from elsewhere, whose name now leads here (DNS
 * rebinding), could read the figures.
 */
[[nodiscard]] bool may_be_called(std::string_view prefix, std::string_view authority);

/* The page, its parts and status.json, below the prefix that brought the request. */
void answer(const service &of, const khttp::request &rq, khttp::response &rs);

} // namespace status
