/* SPDX-License-Identifier: MIT */
/* What a user reads when the queue does not let the worker in. */
#include <catch2/catch.hpp>

#include <cerrno>
#include <cstring>

#include <khttp/error.hpp>

#include "device.hpp"

namespace {

class gate final : public khttp::detail::device {
public:
	int fd() const noexcept override { return -1; }
	long call(unsigned long, void *argument) noexcept override
	{
		auto *ask = static_cast<khttp_attach *>(argument);

		asked = *ask;
		if (ask->flags & ~known_flags)
			return -EINVAL;
		ask->request_area = ask->reply_area = area;
		ask->map_length = map_length;
		return result;
	}
	int map(std::size_t) noexcept override { return map_result; }
	std::byte *memory() const noexcept override { return nullptr; }

	khttp_attach asked{};
	std::uint32_t known_flags = KHTTP_ATTACH_VALIDATES;
	std::uint32_t area = 8192;
	std::uint64_t map_length = 64 * 16384;
	long result = 0;
	int map_result = 0;
};

std::string refusal(int code)
{
	gate g;
	khttp::options wanted;
	wanted.queue = "app";
	g.result = -code;

	try {
		attach(g, wanted);
	} catch (const khttp::error &e) {
		CHECK(e.code().value() == code);
		return e.what();
	}
	FAIL("no error");
	return {};
}

bool says(const std::string &text, const char *part)
{
	return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("attaching_to_a_kernel_that_does_not_validate_is_as_if_nobody_wanted_it")
{
	khttp::options wanted;
	wanted.queue = "app";
	gate g;

	attach(g, wanted);
	CHECK(g.asked.flags == 0);
	wanted.validates = true;
	attach(g, wanted);
	CHECK(g.asked.flags == KHTTP_ATTACH_VALIDATES);
	g.known_flags = 0;
	attach(g, wanted);
	CHECK(g.asked.flags == 0);
}

TEST_CASE("attaching_asks_for_what_was_wanted")
{
	gate g;
	khttp::options wanted;
	wanted.queue = "app";
	wanted.reply_area = 65536;
	khttp::detail::attachment got = attach(g, wanted);

	CHECK(std::strcmp(g.asked.queue, "app") == 0);
	CHECK(g.asked.slots == 64);
	CHECK(g.asked.reply_area == 65536);
	CHECK(g.asked.role == KHTTP_ROLE_WORKER);
	CHECK(got.layout.request_area == 8192);
}

TEST_CASE("each_refusal_says_what_to_do")
{
	CHECK(says(refusal(ENOENT), "khttpctl queue add app"));
	CHECK(says(refusal(EACCES), "khttpctl queue set app owner"));
	CHECK(says(refusal(E2BIG), "64 slots"));
	CHECK(says(refusal(ENOMEM), "use fewer"));
	CHECK(says(refusal(ESHUTDOWN), "being deleted"));
	CHECK(says(refusal(EBUSY), "cannot attach"));
	CHECK(says(refusal(EUSERS), "fewer threads"));
	CHECK(says(refusal(EKEYREVOKED), "was revoked"));
}

TEST_CASE("a_grant_says_itself_what_is_served")
{
	gate g;
	khttp::options wanted;
	wanted.queue = GENERATE(std::string{}, std::string{"other"});
	wanted.grant = "/run/app.sock";
	attach(g, wanted);
	CHECK(g.asked.queue[0] == '\0');
	CHECK(g.asked.slots == 64);
}

TEST_CASE("a_bad_queue_name_never_reaches_the_kernel")
{
	gate g;
	khttp::options wanted;
	wanted.queue = GENERATE(std::string{}, std::string(64, 'q'));
	CHECK_THROWS_AS(attach(g, wanted), khttp::error);
	CHECK(g.asked.slots == 0);
}

TEST_CASE("slots_that_do_not_fit_this_library_are_refused")
{
	gate g;
	khttp::options wanted;
	wanted.queue = "app";
	SECTION("areas too small for the structures")
	{
		g.area = 64;
	}
	SECTION("a mapping shorter than the slots")
	{
		g.map_length -= 1;
	}
	SECTION("a mapping that fails")
	{
		g.map_result = -ENOMEM;
	}
	CHECK_THROWS_AS(attach(g, wanted), khttp::error);
}
