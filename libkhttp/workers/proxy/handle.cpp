/* SPDX-License-Identifier: MIT */
#include "handle.hpp"

#include <stdexcept>

#include "transfer.hpp"

namespace proxy {

namespace {

constexpr long buffer_bytes = 65536;
/* Of a kept connection: less than servers commonly keep theirs, so that few are
 * closed as a request is on its way. */
constexpr long longest_idle = 50;

void set_upstream(CURL *easy, const settings &set)
{
	const auto url = "http://" + set.to.authority + "/";

	set_option(easy, CURLOPT_URL, url.c_str());
	if (!set.to.socket.empty())
		set_option(easy, CURLOPT_UNIX_SOCKET_PATH,
			   set.to.socket.c_str());
	set_option(easy, CURLOPT_CONNECTTIMEOUT_MS,
		   static_cast<long>(std::chrono::milliseconds{
			   set.connect_timeout}.count()));
}

/* Nothing of the environment or of libcurl's own wisdom. */
void set_plain(CURL *easy)
{
	set_option(easy, CURLOPT_PROXY, "");
	set_option(easy, CURLOPT_PROTOCOLS_STR, "http");
	set_option(easy, CURLOPT_NOSIGNAL, 1L);
	set_option(easy, CURLOPT_NOPROGRESS, 1L);
	set_option(easy, CURLOPT_HTTP_VERSION,
		   static_cast<long>(CURL_HTTP_VERSION_1_1));
	set_option(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
	set_option(easy, CURLOPT_BUFFERSIZE, buffer_bytes);
	set_option(easy, CURLOPT_UPLOAD_BUFFERSIZE, buffer_bytes);
	set_option(easy, CURLOPT_MAXAGE_CONN, longest_idle);
}

} // namespace

easy_handle make_handle(const settings &set)
{
	easy_handle easy{curl_easy_init()};

	if (!easy)
		throw std::runtime_error{"libcurl gives no handle"};
	set_plain(easy.get());
	set_upstream(easy.get(), set);
	transfer::set_functions(easy.get());
	return easy;
}

} // namespace proxy
