/* SPDX-License-Identifier: MIT */
#include <khttp/khttp.hpp>

int main(int argc, char **argv)
{
	khttp::server srv{argc > 1 ? argv[1] : "app"};
	srv.handle([](const khttp::request &rq, khttp::response &rs) {
		rs.header("content-type", "text/plain").body(rq.path());
	});
	srv.run();
}
