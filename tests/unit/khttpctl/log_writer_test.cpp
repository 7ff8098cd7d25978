// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

#include "command.hpp"
#include "log/writer.hpp"

using namespace khttpctl;
using namespace khttpctl::access;

namespace {

class folder {
public:
	folder() { REQUIRE(mkdtemp(path_.data())); }
	~folder() { std::filesystem::remove_all(path_); }

	std::string operator/(const std::string &name) const { return path_ + "/" + name; }
	const std::string &path() const { return path_; }

private:
	std::string path_ = "/tmp/khttp-log-XXXXXX";
};

/* Takes so many bytes more */
class small_disk final : public disk {
public:
	ssize_t write(int fd, const char *bytes, std::size_t n) override
	{
		if (!room) {
			errno = ENOSPC;
			return -1;
		}
		n = std::min(n, room);
		room -= n;
		return disk::write(fd, bytes, n);
	}
	int truncate(int fd, std::uint64_t length) override
	{
		if (stuck) {
			errno = EIO;
			return -1;
		}
		return disk::truncate(fd, length);
	}

	std::size_t room = SIZE_MAX;
	bool stuck = false;
};

/* Says which request it is */
class numbers final : public format {
public:
	numbers() : format({}) {}
	std::uint32_t texts() const override { return 0; }
	std::string header(std::uint64_t) override { return "#\n"; }
	std::string line(const khttp_log_entry &e) override
	{
		return fmt::format("request {}\n", e.r.stream);
	}
	std::string lost(std::uint64_t n) override { return fmt::format("lost {}\n", n); }
};

std::string content(const std::string &path)
{
	std::ostringstream text;

	text << std::ifstream(path).rdbuf();
	return text.str();
}

khttp_log_entry entry(std::uint64_t stream, std::uint64_t seconds = 1767225600)
{
	khttp_log_entry e{};

	e.r.stream = stream;
	e.r.time_ns = seconds * 1000000000;
	return e;
}

struct stage {
	explicit stage(writer_options wanted)
		: to(std::move(wanted), std::make_unique<numbers>(), on,
		     [this](const std::string &text) { said.push_back(text); })
	{
	}

	void put(std::uint64_t stream, std::uint64_t seconds = 1767225600)
	{
		to.put(entry(stream, seconds));
		to.flush();
	}

	small_disk on;
	std::vector<std::string> said;
	writer to;
};

std::tm day(int year, int month, int mday, int hour = 0)
{
	std::tm t{};

	t.tm_year = year - 1900;
	t.tm_mon = month - 1;
	t.tm_mday = mday;
	t.tm_hour = hour;
	timegm(&t);
	return t;
}

} // namespace

TEST_CASE("files have the names that HTTP.sys gives them")
{
	const std::tm when = day(2026, 11, 9, 7); /* a Monday, in the second week */

	CHECK(timed_name(kind::w3c, roll::daily, when) == "ex261109.log");
	CHECK(timed_name(kind::w3c, roll::hourly, when) == "ex26110907.log");
	CHECK(timed_name(kind::w3c, roll::weekly, when) == "ex261102.log");
	CHECK(timed_name(kind::common, roll::monthly, when) == "nc2611.log");
	CHECK(timed_name(kind::w3c, roll::weekly, day(2026, 11, 1)) == "ex261101.log");
	CHECK(timed_name(kind::w3c, roll::weekly, day(2026, 10, 31)) == "ex261005.log");
	CHECK(numbered_name(kind::w3c, 12) == "extend12.log");
	CHECK(number_in(kind::w3c, "extend12.log") == 12);
	CHECK_FALSE(number_in(kind::w3c, "extend.log"));
	CHECK_FALSE(number_in(kind::w3c, "extend1.lo"));
	CHECK_FALSE(number_in(kind::common, "extend12.log"));
	CHECK_THROWS_AS(parse_roll("yearly"), usage_error);
	CHECK_THROWS_AS(parse_kind("iis"), usage_error);
}

TEST_CASE("a file is made with the first record, and the next day's with its first")
{
	folder at;
	stage s({ .path = at.path(), .folder = true });

	s.to.flush();
	s.to.lost(1);
	CHECK(std::filesystem::is_empty(at.path()));
	s.put(1);
	s.put(2, 1767225600 + 86399);
	s.put(3, 1767225600 + 86400);
	s.put(4, 1767225600 + 86399);
	CHECK(content(at / "ex260101.log") == "#\nlost 1\nrequest 1\nrequest 2\n");
	CHECK(content(at / "ex260102.log") == "#\nrequest 3\nrequest 4\n");
	CHECK(s.to.written() == 4);
}

TEST_CASE("by size a full file is followed by the next number, also after a restart")
{
	folder at;
	const writer_options wanted{
		.path = at.path(), .folder = true, .by = roll::size, .max_size = 20
	};

	{
		stage s(wanted);
		for (int i = 1; i <= 4; i++)
			s.put(i);
	}
	CHECK(content(at / "extend1.log") == "#\nrequest 1\nrequest 2\n");
	CHECK(content(at / "extend2.log") == "#\nrequest 3\nrequest 4\n");
	stage s(wanted);
	s.put(5);
	CHECK(content(at / "extend2.log") == "#\nrequest 3\nrequest 4\n");
	CHECK(content(at / "extend3.log") == "#\nrequest 5\n");
}

TEST_CASE("after a reopen a file that was moved away is made anew, and nothing is lost")
{
	folder at;
	stage s({ .path = at / "log" });

	s.put(1);
	std::filesystem::rename(at / "log", at / "old");
	s.put(2);
	s.to.put(entry(3));
	s.to.reopen();
	s.put(4);
	CHECK(content(at / "old") == "#\nrequest 1\nrequest 2\nrequest 3\n");
	CHECK(content(at / "log") == "#\nrequest 4\n");
}

TEST_CASE("on a full disk no line is there in part, and the loss is counted and told")
{
	for (std::size_t room = 0; room <= 40; room++) {
		folder at;
		stage s({ .path = at / "log" });

		INFO(room);
		s.put(1);
		s.on.room = room;
		for (int i = 2; i <= 4; i++)
			s.put(i);
		const std::uint64_t fitted = std::min<std::uint64_t>(room / 10, 3);
		std::string expected = "#\nrequest 1\n";
		for (std::uint64_t i = 0; i < fitted; i++)
			expected += fmt::format("request {}\n", i + 2);
		CHECK(content(at / "log").starts_with(expected));
		CHECK(content(at / "log").back() == '\n');
		CHECK(s.to.written() + s.to.unwritten() == 4);
		CHECK(s.to.written() >= 1 + fitted);
		s.on.room = SIZE_MAX;
		s.put(5);
		CHECK(s.said.empty() == (s.to.unwritten() == 0));
		if (s.to.unwritten() == 0)
			continue;
		CHECK(content(at / "log").find(fmt::format("lost {}\n", s.to.unwritten())) !=
		      std::string::npos);
		CHECK(content(at / "log").ends_with("request 5\n"));
	}
}

TEST_CASE("where a part of a line cannot be taken back, nothing is added behind it")
{
	folder at;
	stage s({ .path = at / "log" });

	s.put(1);
	s.on.room = 4;
	s.on.stuck = true;
	s.put(2);
	s.on.room = SIZE_MAX;
	s.put(3);
	CHECK(content(at / "log") == "#\nrequest 1\nrequ");
	s.on.stuck = false;
	s.put(4);
	CHECK(content(at / "log") == "#\nrequest 1\nlost 2\nrequest 4\n");
}

TEST_CASE("what was there stays, and a line that was cut off is ended first")
{
	folder at;

	std::ofstream(at / "log") << "older\ncut o";
	stage s({ .path = at / "log" });
	s.put(1);
	CHECK(content(at / "log") == "older\ncut o\n#\nrequest 1\n");
}

TEST_CASE("a file that somebody else writes is not written, nor is one that is none")
{
	folder at;
	stage first({ .path = at / "log" }), second({ .path = at / "log" }),
		none({ .path = at.path() });

	first.put(1);
	second.put(2);
	CHECK(second.to.unwritten() == 1);
	REQUIRE(second.said.size() == 1);
	CHECK(second.said[0].find("another khttpctl") != std::string::npos);
	none.put(3);
	CHECK(none.to.unwritten() == 1);
	CHECK(content(at / "log") == "#\nrequest 1\n");
}

TEST_CASE("a binary file goes on behind its last whole record, and never in other files")
{
	folder at;
	const std::string path = at / "log";
	const auto write = [&](std::uint64_t stream) {
		small_disk on;
		std::string said;
		writer to({ .path = path, .of = kind::binary }, make_binary({}), on,
			  [&](const std::string &text) { said += text; });

		to.put(entry(stream));
		to.flush();
		return said;
	};

	CHECK(write(1).empty());
	const std::string first = content(path);
	std::ofstream(path, std::ios::app) << first.substr(0, 50);
	CHECK(write(1).empty());
	CHECK(content(path) == first + first);
	std::ofstream(path) << "a text of somebody else's that is no log";
	CHECK(write(1).find("something else") != std::string::npos);
	CHECK(content(path) == "a text of somebody else's that is no log");
}

TEST_CASE("each binary file has the names of its groups, and an end without power harms none")
{
	folder at;
	small_disk on;
	std::string said;
	const surroundings around{ "", [](std::uint64_t) { return std::string{ "site" }; } };
	writer to({ .path = at.path(), .folder = true, .of = kind::binary }, make_binary(around),
		  on, [&](const std::string &text) { said += text; });
	khttp_log_entry e = entry(1);

	e.r.group = 3;
	to.put(e);
	to.flush();
	e.r.time_ns += 86400 * std::uint64_t{ 1000000000 };
	to.put(e);
	to.flush();
	const std::string first = content(at / "kh260101.klog");
	CHECK(first.find("site") != std::string::npos);
	CHECK(content(at / "kh260102.klog").find("site") != std::string::npos);

	to.reopen();
	std::ofstream(at / "kh260102.klog", std::ios::app) << std::string(5000, '\0');
	to.put(e);
	to.flush();
	CHECK(said.empty());
	CHECK(content(at / "kh260102.klog").size() == 2 * first.size());
}

TEST_CASE("the clock may be set back, and a file be emptied by somebody else")
{
	folder at;
	stage s({ .path = at.path(), .folder = true });

	s.put(1, 1767225600 + 86400);
	s.put(2);
	CHECK(content(at / "ex260101.log") == "#\nrequest 2\n");
	std::ofstream(at / "ex260101.log", std::ios::trunc).flush();
	s.on.room = 4;
	s.put(3);
	s.on.room = SIZE_MAX;
	s.put(4);
	CHECK(content(at / "ex260101.log") == "lost 1\nrequest 4\n");
}

TEST_CASE("what the kernel lost is no record of ours, and is told when there is room")
{
	folder at;
	stage s({ .path = at / "log" });

	s.put(1);
	s.on.room = 0;
	s.to.lost(500);
	s.to.flush();
	s.on.room = SIZE_MAX;
	s.to.flush();
	CHECK(content(at / "log") == "#\nrequest 1\nlost 500\n");
	CHECK(s.to.written() == 1);
	CHECK(s.to.unwritten() == 0);
}
