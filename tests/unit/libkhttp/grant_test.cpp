/* SPDX-License-Identifier: MIT */
/* How a grant gets from one process to another; what it is does not matter here. */
#include <catch2/catch.hpp>

#include <cerrno>
#include <cstdlib>
#include <thread>

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <khttp/error.hpp>
#include <khttp/grant.hpp>
#include <khttp/khttp_grant.h>

#include "grant.hpp"

namespace {

/* A listening socket in a folder of its own */
struct door {
	door()
	{
		REQUIRE(mkdtemp(folder));
		path = std::string{folder} + "/socket";
		sockaddr_un at{};
		at.sun_family = AF_UNIX;
		path.copy(at.sun_path, sizeof(at.sun_path) - 1);
		fd.reset(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
		REQUIRE(bind(fd.get(), reinterpret_cast<sockaddr *>(&at), sizeof(at)) == 0);
		REQUIRE(listen(fd.get(), 1) == 0);
	}
	~door()
	{
		unlink(path.c_str());
		rmdir(folder);
	}

	char folder[32] = "/tmp/khttp-grant-XXXXXX";
	std::string path;
	khttp::unique_fd fd;
};

khttp::grant stand_in()
{
	return khttp::grant{khttp::unique_fd{eventfd(5, EFD_CLOEXEC | EFD_SEMAPHORE)}, 7, 9};
}

int code_of_receiving(const std::string &path)
{
	try {
		(void)khttp::grant::receive(path);
	} catch (const khttp::error &e) {
		return e.code().value();
	}
	return 0;
}

} // namespace

TEST_CASE("what_is_passed_is_received")
{
	door at;
	const khttp::grant made = stand_in();
	std::jthread server{[&] {
		khttp::unique_fd connection{accept(at.fd.get(), nullptr, nullptr)};
		CHECK(!made.pass(connection.get()));
	}};
	khttp::grant got = khttp::grant::receive(at.path);
	eventfd_t value = 0;

	CHECK(got.fd() != made.fd());
	CHECK(eventfd_read(got.fd(), &value) == 0);
	CHECK(value == 1);
	CHECK(made.id() == 7);
	CHECK(made.workers() == 9);
	/* Not what a grant is */
	CHECK(got.state());
	CHECK_THROWS_AS(khttp::detail::open_granted(got), khttp::error);
}

TEST_CASE("who_serves_nothing_or_passes_nothing_is_told_apart")
{
	door at;

	CHECK(code_of_receiving(at.path + ".none") == ENOENT);
	CHECK(code_of_receiving(std::string(200, 'x')) == ENAMETOOLONG);
	CHECK(code_of_receiving("") == ENAMETOOLONG);
	std::jthread server{[&] {
		khttp::unique_fd connection{accept(at.fd.get(), nullptr, nullptr)};
		CHECK(write(connection.get(), "x", 1) == 1);
	}};
	CHECK(code_of_receiving(at.path) == EPROTO);
}

TEST_CASE("a_grant_is_asked_for_by_option_or_else_by_the_environment")
{
	khttp::options wanted;

	CHECK(khttp::detail::grant_socket(wanted).empty());
	setenv("KHTTP_GRANT", "/run/env.sock", 1);
	CHECK(khttp::detail::grant_socket(wanted) == "/run/env.sock");
	wanted.grant = "/run/option.sock";
	CHECK(khttp::detail::grant_socket(wanted) == "/run/option.sock");
	unsetenv("KHTTP_GRANT");
}

TEST_CASE("the_c_face_passes_and_receives")
{
	door at;
	const khttp::grant made = stand_in();
	std::jthread server{[&] {
		khttp::unique_fd connection{accept(at.fd.get(), nullptr, nullptr)};
		CHECK(khttp_grant_pass(made.fd(), connection.get()) == 0);
	}};
	khttp::unique_fd got{khttp_grant_receive(at.path.c_str())};

	CHECK(got);
	CHECK(khttp_grant_state(got.get()) < 0);
	CHECK(khttp_grant_receive("/nonexistent/socket") == -ENOENT);
	CHECK(khttp_grant_pass(-1, -1) == -EBADF);
}
