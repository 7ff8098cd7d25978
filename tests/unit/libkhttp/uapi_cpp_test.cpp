/* SPDX-License-Identifier: MIT */
#include <linux/khttp.h>

#include <catch2/catch.hpp>

#include <khttp/khttp.h>
#include <khttp/khttp_control.h>

extern "C" int uapi_from_c(void);

TEST_CASE("the_abi_header_means_the_same_in_c_and_cpp")
{
	CHECK(uapi_from_c() == KHTTP_ABI);
	CHECK(KHTTP_IOC_RUN == _IOWR(0xb8, 2, khttp_run));
}
