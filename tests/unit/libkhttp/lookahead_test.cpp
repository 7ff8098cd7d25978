/* SPDX-License-Identifier: MIT */
/* How far ahead a serving thread looks. */
#include <catch2/catch.hpp>

#include "lookahead.hpp"

using khttp::detail::lookahead;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds tick{4};

/* A turn whose beginning was read, if need be, and which took so long. */
void turn(lookahead &ahead, std::size_t count, milliseconds took)
{
	static milliseconds now{0};

	if (ahead.begins_anew())
		now += milliseconds{100};
	ahead.begin(now);
	now += took;
	ahead.end(count, now);
}

lookahead after_fast_ones(unsigned most)
{
	lookahead ahead{most, tick};

	for (int i = 0; i < 10; i++)
		turn(ahead, ahead.room(), milliseconds{0});
	return ahead;
}

} // namespace

TEST_CASE("the_first_request_is_taken_alone")
{
	CHECK(lookahead{16, tick}.room() == 1);
}

TEST_CASE("fast_handlers_take_up_as_many_as_they_may")
{
	CHECK(after_fast_ones(16).room() == 16);
	CHECK(after_fast_ones(1).room() == 1);
	CHECK(after_fast_ones(100).room() == 100);
}

TEST_CASE("a_slow_handler_takes_up_one_at_a_time")
{
	lookahead ahead = after_fast_ones(16);

	turn(ahead, 1, milliseconds{500});
	CHECK(ahead.room() == 1);
	turn(ahead, 1, milliseconds{500});
	CHECK(ahead.room() == 1);
}

TEST_CASE("in_between_are_as_many_as_take_four_milliseconds")
{
	lookahead ahead = after_fast_ones(16);

	/* Not less than 12 ms for 16 of them */
	turn(ahead, 16, milliseconds{16});
	CHECK(ahead.room() == 5);
	/* It does not grow by that. */
	turn(ahead, 5, milliseconds{8});
	CHECK(ahead.room() == 5);
}

TEST_CASE("one_tick_says_nothing")
{
	lookahead ahead = after_fast_ones(16);

	turn(ahead, 1, milliseconds{4});
	CHECK(ahead.room() == 16);
}

TEST_CASE("it_grows_again_when_handlers_are_fast_again")
{
	lookahead ahead = after_fast_ones(16);

	turn(ahead, 1, milliseconds{500});
	turn(ahead, 1, milliseconds{0});
	CHECK(ahead.room() == 2);
	turn(ahead, 2, milliseconds{0});
	CHECK(ahead.room() == 4);
}

TEST_CASE("turns_within_a_tick_begin_where_the_last_one_ended")
{
	lookahead ahead{16, tick};

	CHECK(ahead.begins_anew());
	ahead.begin(milliseconds{100});
	ahead.end(1, milliseconds{100});
	CHECK_FALSE(ahead.begins_anew());
	ahead.end(2, milliseconds{100});
	CHECK(ahead.room() == 4);
	/* It waited, or was slow: nobody knows, and the next one is measured. */
	ahead.end(1, milliseconds{200});
	CHECK(ahead.room() == 1);
	CHECK(ahead.begins_anew());
	ahead.begin(milliseconds{300});
	ahead.end(1, milliseconds{300});
	CHECK(ahead.room() == 2);
	CHECK_FALSE(ahead.begins_anew());
}

TEST_CASE("the_coarse_clock_goes_by_its_tick")
{
	auto before = khttp::detail::coarse_now();

	CHECK(khttp::detail::coarse_tick() > lookahead::duration{0});
	CHECK(khttp::detail::coarse_now() >= before);
}
