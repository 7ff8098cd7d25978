/* SPDX-License-Identifier: MIT */
#include <catch2/catch.hpp>

#include <cerrno>

#include <khttp/error.hpp>
#include <khttp/fd.hpp>
#include <khttp/version.hpp>

#include <fcntl.h>
#include <unistd.h>

TEST_CASE("an_error_says_its_own_text_and_keeps_the_code")
{
	khttp::error e{EACCES, "do this"};
	CHECK(std::string{e.what()} == "do this");
	CHECK(e.code() == std::errc::permission_denied);
}

TEST_CASE("every_misuse_has_a_text")
{
	for (int value = 1; value <= 11; value++) {
		auto code = make_error_code(static_cast<khttp::misuse>(value));
		CHECK(code.message() != "unknown error");
	}
	CHECK(make_error_code(static_cast<khttp::misuse>(99)).message() ==
	      "unknown error");
	CHECK(std::string{khttp::misuse_category().name()} == "khttp");
}

TEST_CASE("a_unique_fd_closes_once")
{
	int raw = open("/dev/null", O_RDONLY | O_CLOEXEC);
	{
		khttp::unique_fd a{raw};
		khttp::unique_fd b{std::move(a)};
		CHECK_FALSE(a);
		CHECK(b.get() == raw);
		a = std::move(b);
		CHECK(a.get() == raw);
	}
	CHECK(fcntl(raw, F_GETFD) == -1);
}

TEST_CASE("the_library_tells_the_version_it_was_built_as")
{
	CHECK(std::string{khttp::version()} == KHTTP_VERSION_STRING);
}
