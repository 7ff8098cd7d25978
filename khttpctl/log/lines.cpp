/* SPDX-License-Identifier: MIT */
/* JSON lines: an object for each record. */
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <khttp/request.hpp>

#include "format.hpp"

namespace khttpctl::access {

namespace {

using object = nlohmann::ordered_json;

std::string clock(std::uint64_t ns)
{
	return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z",
			   fmt::gmtime(static_cast<std::time_t>(ns / 1000000000)),
			   ns % 1000000000 / 1000);
}

/*
 * What is not UTF-8 is replaced: JSON cannot have it. The rest is ASCII with escapes:
 * a terminal does what U+009B says as well as what U+001B does.
 */
std::string dumped(const object &o)
{
	return o.dump(-1, ' ', true, object::error_handler_t::replace) + '\n';
}

class lines final : public format {
public:
	using format::format;

	std::uint32_t texts() const override { return KHTTP_LOG_TEXT_ALL; }

	std::string line(const khttp_log_entry &e) override
	{
		/* What a worker adds has names of its own */
		static constexpr const char *names[KHTTP_LOG_TEXT_COUNT] = {
			"method", "target", "host",  "user_agent", "referer",
			"cookie", "queue", "reason", nullptr,	   "trace_id"};
		object o{{"time", clock(e.r.time_ns)},
			 {"connection", e.r.connection},
			 {"stream", e.r.stream},
			 {"request_id", khttp::request_id(e.r.connection, e.r.stream)},
			 {"client", address_text(e.r.client)},
			 {"client_port", e.r.client.port},
			 {"local", address_text(e.r.local)},
			 {"local_port", e.r.local.port},
			 {"version", version_text(e)},
			 {"status", e.r.status},
			 {"taken_us", e.r.taken_ns / 1000},
			 {"received", e.r.received},
			 {"sent", e.r.sent}};

		for (unsigned int i = 0; i < KHTTP_LOG_TEXT_COUNT; i++)
			if (names[i] && e.text[i].len)
				o[names[i]] = text_of(e, static_cast<khttp_log_text>(i));
		if (std::string name = group_of(e); !name.empty())
			o["group"] = name;
		for (const added_field &field : added_fields(e))
			/* The first of two, as W3C and NCSA have it */
			o["fields"].emplace(std::string{field.name}, field.value);
		add_flags(o, e);
		return dumped(o);
	}

	std::string lost(std::uint64_t n) override { return dumped(object{{"lost", n}}); }

private:
	static void add_flags(object &o, const khttp_log_entry &e)
	{
		if (e.r.flags & KHTTP_LOG_F_HIT)
			o["cache"] = cache_text(e);
		if (e.r.flags & KHTTP_LOG_F_KERNEL)
			o["kernel"] = true;
		if (e.r.flags & KHTTP_LOG_F_BROKEN)
			o["broken"] = true;
		if (e.r.flags & KHTTP_LOG_F_CUT)
			o["cut"] = true;
	}
};

} // namespace

std::unique_ptr<format> make_json(surroundings around)
{
	return std::make_unique<lines>(std::move(around));
}

} // namespace khttpctl::access
