/* SPDX-License-Identifier: MIT */
/* What the formats share, and the binary one. */
#include "format.hpp"

#include <cstring>
#include <set>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "../shown.hpp"

extern "C" {
#include "http/block.h"
}

namespace khttpctl::access {

std::string format::header(std::uint64_t)
{
	return {};
}

std::string format::group_of(const khttp_log_entry &e) const
{
	return e.r.group && around_.group ? around_.group(e.r.group) : std::string{};
}

std::vector<added_field> added_fields(const khttp_log_entry &e)
{
	const std::string_view block = text_of(e, KHTTP_LOG_FIELDS);
	const char *pos = block.data(), *end = pos + block.size();
	std::vector<added_field> fields;
	khttp_block_field f{};

	while (khttp_block_next(&pos, end, &f))
		fields.push_back({{f.name, f.name_len}, {f.value, f.value_len}});
	return fields;
}

std::string_view added_text(const khttp_log_entry &e, std::string_view name)
{
	if (!e.text[KHTTP_LOG_FIELDS].len)
		return {};
	for (const added_field &field : added_fields(e))
		if (field.name == name)
			return field.value;
	return {};
}

std::string address_text(const khttp_endpoint &endpoint)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (endpoint.family != AF_INET && endpoint.family != AF_INET6)
		return {};
	inet_ntop(endpoint.family, endpoint.addr, text, sizeof(text));
	if (!endpoint.scope_id)
		return text;
	return fmt::format("{}%{}", text, endpoint.scope_id);
}

std::string version_text(const khttp_log_entry &e)
{
	return e.r.version ? khttpctl::version_text(e.r.version) : "";
}

std::string_view cache_text(const khttp_log_entry &e)
{
	if (!(e.r.flags & KHTTP_LOG_F_HIT))
		return {};
	return e.r.flags & KHTTP_LOG_F_COALESCED ? "coalesced" : "hit";
}

namespace {

/* A record with its size, type and number, in front of @text */
std::string small_record(std::uint16_t type, std::uint64_t number, std::string_view text = {})
{
	khttp_log_lost head{};
	std::string bytes;

	head.size = static_cast<std::uint32_t>((sizeof(head) + text.size() + 7) / 8 * 8);
	head.type = type;
	head.head = static_cast<std::uint16_t>(sizeof(head) + text.size());
	head.lost = number;
	bytes.assign(reinterpret_cast<const char *>(&head), sizeof(head));
	bytes += text;
	bytes.resize(head.size);
	return bytes;
}

class binary final : public format {
public:
	using format::format;

	std::uint32_t texts() const override { return KHTTP_LOG_TEXT_ALL; }

	/* What was put together may be the first of a file, or follow what was lost */
	void forget() override { told_.clear(); }

	std::string line(const khttp_log_entry &e) override
	{
		khttp_log_entry copy = e;
		std::string names = name_for(e);
		std::string bytes(KHTTP_LOG_RECORD_MAX, '\0');

		bytes.resize(khttp_log_write(&copy, KHTTP_LOG_TEXT_ALL, bytes.data()));
		return names + bytes;
	}

	std::string lost(std::uint64_t n) override { return small_record(KHTTP_LOG_LOST, n); }

private:
	std::string name_for(const khttp_log_entry &e)
	{
		if (!e.r.group || told_.contains(e.r.group))
			return {};
		const std::string name = group_of(e);
		if (name.empty())
			return {};
		told_.insert(e.r.group);
		return small_record(type_group_name, e.r.group, name);
	}

	std::set<std::uint64_t> told_;
};

} // namespace

std::unique_ptr<format> make_binary(surroundings around)
{
	return std::make_unique<binary>(std::move(around));
}

} // namespace khttpctl::access
