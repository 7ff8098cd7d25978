/* SPDX-License-Identifier: MIT */
#include "report.hpp"

#include <nlohmann/json.hpp>

#include "common/text.hpp"

namespace echo {

namespace {

constexpr char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "abcdefghijklmnopqrstuvwxyz"
				 "0123456789+/";

std::string quoted(std::string_view bytes)
{
	return nlohmann::json(json_text(bytes)).dump();
}

void append_fields(std::string &out, const std::vector<field_pair> &fields)
{
	out += '[';
	for (std::size_t i = 0; i < fields.size(); i++) {
		if (i > 0)
			out += ',';
		out += '[' + quoted(fields[i].first) + ',' +
		       quoted(fields[i].second) + ']';
	}
	out += ']';
}

/* One group: 1 to 3 bytes become 4 digits. */
void append_group(std::string &out, std::string_view bytes)
{
	std::uint32_t bits = 0;

	for (std::size_t i = 0; i < 3; i++)
		bits = bits << 8 |
		       (i < bytes.size() ? static_cast<unsigned char>(bytes[i])
					 : 0U);
	for (std::size_t i = 0; i < 4; i++)
		out += i <= bytes.size()
			       ? base64_digits[bits >> (18 - 6 * i) & 63]
			       : '=';
}

} // namespace

report::report(const head &of)
{
	out_ = "{\"method\":" + quoted(of.method);
	name("target");
	out_ += quoted(of.target);
	name("path");
	out_ += quoted(of.path);
	name("query");
	out_ += quoted(of.query);
	name("version");
	out_ += quoted(of.version);
	name("headers");
	append_fields(out_, of.fields);
}

void report::name(std::string_view name)
{
	out_.append(",\"").append(name).append("\":");
}

void report::begin_body()
{
	name("body_b64");
	out_ += '"';
}

void report::add_body(std::string_view piece)
{
	/* Fill the group that the piece before left open. */
	while (!rest_.empty() && rest_.size() < 3 && !piece.empty()) {
		rest_ += piece.front();
		piece.remove_prefix(1);
	}
	if (rest_.size() == 3) {
		append_group(out_, rest_);
		rest_.clear();
	}
	for (; piece.size() >= 3; piece.remove_prefix(3))
		append_group(out_, piece.substr(0, 3));
	rest_ += piece;
}

void report::end_body()
{
	if (!rest_.empty())
		append_group(out_, rest_);
	rest_.clear();
	out_ += '"';
}

void report::body_digest(std::string_view sha256, std::uint64_t length)
{
	name("body_sha256");
	out_ += quoted(sha256);
	name("body_len");
	out_ += std::to_string(length);
}

void report::trailers(const std::vector<field_pair> &fields)
{
	name("trailers");
	append_fields(out_, fields);
}

void report::worker_pid(long pid)
{
	name("worker_pid");
	out_ += std::to_string(pid);
}

void report::ends(std::string_view client, std::string_view peer,
		  std::string_view local, std::string_view id)
{
	name("client");
	out_ += quoted(client);
	name("peer");
	out_ += quoted(peer);
	name("local");
	out_ += quoted(local);
	name("request_id");
	out_ += quoted(id);
}

void report::begin_pad()
{
	name("pad");
	out_ += '"';
}

std::string json_text(std::string_view bytes)
{
	std::string out;

	if (text::is_utf8(bytes))
		return std::string{bytes};
	for (char c : bytes) {
		const auto byte = static_cast<unsigned char>(c);

		if (byte < 0x80) {
			out += c;
		} else {
			out += static_cast<char>(0xc0 | byte >> 6);
			out += static_cast<char>(0x80 | (byte & 0x3f));
		}
	}
	return out;
}

std::string error_report(int status, std::string_view text)
{
	nlohmann::ordered_json out;

	out["error"] = json_text(text);
	out["status"] = status;
	return out.dump() + '\n';
}

} // namespace echo
