/* SPDX-License-Identifier: MIT */
/*
 * Answers that are made of fragments, which it purges now and then itself.
 *
 *	fragment-worker QUEUE ioctl|uring PREFIX FILE
 *
 * PREFIX is where the names of its fragments begin. The last segment of a request's
 * path says of what it is answered:
 *
 *	PART-PART-...	a stream of them; a PART is WHAT, WHAT@OFFSET or WHAT@OFFSET+LENGTH,
 *			and WHAT is memory, file, or a fragment: small, mid, large
 *	=PART		one final answer, of a fragment
 *	purge		its fragments go; answers their number
 *	made		answers how often this process made one
 */
#include <array>
#include <charconv>
#include <cstdio>
#include <exception>
#include <string>

#include <fcntl.h>

#include <khttp/khttp.hpp>

namespace {

/* A prime: no two pages begin alike. */
constexpr std::size_t period = 65537;

std::size_t made;

std::string make_bytes(unsigned seed, std::size_t size)
{
	std::string bytes(size, '\0');

	for (std::size_t i = 0; i < size; i++) {
		std::size_t at = (i + seed) % period;
		bytes[i] = static_cast<char>((at * 167 ^ at >> 8) & 0xff);
	}
	return bytes;
}

khttp::fragment make_fragment(const std::string &prefix, const char *name, unsigned seed,
			      std::size_t size)
{
	return { .name = prefix + name,
		 .make =
			 [=] {
				 made++;
				 return std::make_shared<const std::string>(
					 make_bytes(seed, size));
			 },
		 .lifetime = std::chrono::seconds{ 600 },
		 .tags = std::string{ "part, " } + name };
}

struct part {
	std::string what;
	std::uint64_t offset = 0;
	std::uint64_t length = khttp::to_its_end;
};

part parse(std::string_view text)
{
	part p;
	const char *end = text.data() + text.size();
	std::size_t at = text.find('@');

	p.what = text.substr(0, at);
	if (at == std::string_view::npos)
		return p;
	const char *next = std::from_chars(text.data() + at + 1, end, p.offset).ptr;
	if (next != end)
		std::from_chars(next + 1, end, p.length);
	return p;
}

class worker {
public:
	worker(const khttp::options &options, const std::string &prefix, const char *file)
		: queue_{ options }, file_{ open(file, O_RDONLY | O_CLOEXEC) },
		  memory_{ make_bytes(1, 40000) }
	{
		const char *const names[] = { "small", "mid", "large" };
		const std::size_t sizes[] = { 100, 20000, 300000 };

		for (unsigned i = 0; i < 3; i++)
			fragments_[i] = std::make_shared<const khttp::fragment>(
				make_fragment(prefix, names[i], i + 3, sizes[i]));
	}

	void run()
	{
		while (!queue_.finished())
			if (auto ex = queue_.wait())
				answer(*ex);
	}

private:
	std::shared_ptr<const khttp::fragment> find(const std::string &what) const
	{
		for (const auto &of : fragments_)
			if (of->name.ends_with("/" + what))
				return of;
		return nullptr;
	}

	std::error_code send(khttp::response &rs, const part &p)
	{
		if (p.what == "memory")
			return rs.send(std::string_view{ memory_ }.substr(p.offset, p.length));
		if (p.what == "file")
			return rs.send_file(file_.get(), p.offset, p.length);
		return rs.send_fragment(*find(p.what), p.offset, p.length);
	}

	void stream(khttp::response &rs, std::string_view order)
	{
		for (;;) {
			const std::size_t end = order.find('-');

			if (send(rs, parse(order.substr(0, end))))
				return;
			if (end == std::string_view::npos)
				break;
			order.remove_prefix(end + 1);
		}
		static_cast<void>(rs.finish());
	}

	void answer(khttp::exchange &ex)
	{
		const std::string_view path = ex.request().path();
		const std::string_view order = path.substr(path.rfind('/') + 1);
		khttp::response &rs = ex.response();
		std::size_t purged = 0;

		if (order == "purge") {
			queue_.purge_tag("part", purged);
			static_cast<void>(rs.body(std::to_string(purged)));
		} else if (order == "made") {
			static_cast<void>(rs.body(std::to_string(made)));
		} else if (order.starts_with('=')) {
			const part p = parse(order.substr(1));
			static_cast<void>(rs.body(find(p.what), p.offset, p.length));
		} else {
			stream(rs, order);
		}
	}

	khttp::queue queue_;
	khttp::unique_fd file_;
	std::string memory_;
	std::array<std::shared_ptr<const khttp::fragment>, 3> fragments_;
};

} // namespace

int main(int argc, char **argv)
try {
	if (argc != 5)
		return 2;
	const bool ring = std::string_view{ argv[2] } == "uring";

	worker{ khttp::options{ .queue = argv[1],
				.transport = ring ? khttp::transport::uring
						  : khttp::transport::ioctl },
		argv[3], argv[4] }
		.run();
	return 0;
} catch (const std::exception &failure) {
	std::fprintf(stderr, "fragment-worker: %s\n", failure.what());
	return 1;
}
