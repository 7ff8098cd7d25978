// SPDX-License-Identifier: MIT
#include "exchange.hpp"

#include <stdexcept>

#include "guard_page.hpp"

namespace {

constexpr std::size_t capacity = 1 << 18;
constexpr u32 trailers_max = 32;	// as kmod/body.c has it

std::string quoted(std::string_view bytes)
{
	static const char digits[] = "0123456789abcdef";
	std::string out;

	for (char c : bytes) {
		auto byte = static_cast<unsigned char>(c);

		if (byte >= 0x20 && byte != 0x7f && c != '\\') {
			out += c;
			continue;
		}
		out += "\\x";
		out += digits[byte >> 4];
		out += digits[byte & 15];
	}
	return out;
}

class exchange {
public:
	exchange(const khttp_limits &limits, guard_page &guard)
		: limits_(limits), guard_(guard)
	{
		khttp_head_init(&head_);
	}

	void feed(std::string_view piece)
	{
		bytes_ += piece;
		if (phase_ == phase::head)
			feed_head();
		if (phase_ == phase::body)
			feed_body();
	}

	std::string summary()
	{
		if (phase_ == phase::head)
			line("result", "more");
		if (phase_ == phase::body)
			line("result", "body unfinished");
		return out_;
	}

private:
	enum class phase { head, body, over };

	void line(std::string_view key, std::string_view value)
	{
		out_.append(key).append(": ").append(quoted(value)) += '\n';
	}

	void refuse(khttp_reason reason)
	{
		line("result", std::string("refused ") +
				       khttp_reason_word(reason));
		line("status", std::to_string(khttp_reason_status(reason)));
		phase_ = phase::over;
	}

	void feed_head();
	void take_head(const char *buf);
	void take_target(const char *buf);
	void describe_fields(const char *buf);
	void describe_flags();
	void feed_body();
	void feed_chunked();
	void end_chunked();
	void finish();

	khttp_limits limits_;
	guard_page &guard_;
	khttp_head head_;
	khttp_framing framing_{};
	khttp_chunked chunked_{};
	phase phase_ = phase::head;
	std::string bytes_;
	std::size_t at_ = 0;	// start of what the body has not taken
	std::string body_;
	std::string trailers_;
	std::string out_;
};

void exchange::feed_head()
{
	const char *buf = guard_.put(bytes_);

	switch (khttp_parse_head(&head_, buf, static_cast<u32>(bytes_.size()),
				 &limits_)) {
	case KHTTP_PARSE_MORE:
		return;
	case KHTTP_PARSE_REFUSED:
		line("head", head_.head_len ? "whole" : "broken");
		if (head_.head_len)
			describe_flags();
		refuse(static_cast<khttp_reason>(head_.reason));
		return;
	case KHTTP_PARSE_DONE:
		take_head(buf);
	}
}

void exchange::take_head(const char *buf)
{
	at_ = head_.head_len;
	line("head length", std::to_string(head_.head_len));
	line("method", text_of(khttp_head_method(&head_, buf)));
	line("target", text_of(khttp_head_target(&head_, buf)));
	line("version", head_.version == KHTTP_HTTP_10 ? "1.0" : "1.1");
	describe_fields(buf);
	describe_flags();
	take_target(buf);
	if (phase_ == phase::over)
		return;
	khttp_reason reason = khttp_body_framing(&head_, &framing_);

	if (!reason && khttp_body_too_large(&framing_, &limits_))
		reason = KHTTP_REASON_ENTITY_TOO_LARGE;
	if (reason)
		return refuse(reason);
	khttp_chunked_init(&chunked_);
	phase_ = phase::body;
}

void exchange::describe_fields(const char *buf)
{
	line("fields", std::to_string(head_.n_fields));
	for (u32 i = 0; i < head_.n_fields; i++) {
		const khttp_field &field = head_.fields[i];

		line("field " + std::string(buf + field.name, field.name_len),
		     text_of(khttp_head_value(&head_, buf, i)));
	}
}

void exchange::describe_flags()
{
	std::string text;
	auto add = [&](u16 flag, const char *name) {
		if (head_.flags & flag)
			text += text.empty() ? name : std::string(" ") + name;
	};

	add(KHTTP_HEAD_LENGTH, "length");
	add(KHTTP_HEAD_CHUNKED, "chunked");
	add(KHTTP_HEAD_KEEP_ALIVE, "keep-alive");
	add(KHTTP_HEAD_EXPECT_100, "expect-100");
	add(KHTTP_HEAD_UPGRADE, "upgrade");
	line("flags", text);
}

void exchange::take_target(const char *buf)
{
	std::vector<char> out(head_.target_len);
	khttp_host_memo memo{};
	khttp_target target;
	khttp_reason reason = khttp_target_cook(
		&head_, buf, &limits_, KHTTP_SCHEME_HTTP, &memo, out.data(),
		static_cast<u32>(out.size()), &target);
	char host[KHTTP_HOST_TEXT_MAX];

	if (reason)
		return refuse(reason);
	line("path", text_of(khttp_target_path(&target, buf, out.data())));
	if (target.has_query)
		line("query", std::string(buf + target.query,
					  target.query_len));
	line("authority", std::string(buf + target.authority,
				      target.authority_len));
	line("host", std::string(host, khttp_host_print(&target.host, buf, host,
							sizeof(host))));
	if (target.host.port)
		line("port", std::to_string(target.host.port));
}

void exchange::feed_body()
{
	if (framing_.kind == KHTTP_FRAMING_CHUNKED)
		return feed_chunked();
	if (bytes_.size() - at_ < framing_.length)
		return;
	body_ = bytes_.substr(at_, framing_.length);
	at_ += framing_.length;
	finish();
}

void exchange::feed_chunked()
{
	const char *in = guard_.put(std::string_view(bytes_).substr(at_));
	khttp_chunk_step step;

	for (;;) {
		auto result = khttp_chunked_next(
			&chunked_, in, static_cast<u32>(bytes_.size() - at_),
			&limits_, &step);

		if (result == KHTTP_CHUNK_DATA)
			body_.append(in + step.off, step.len);
		if (result == KHTTP_CHUNK_TRAILER)
			trailers_.append(in + step.off, step.len);
		in += step.consumed;
		at_ += step.consumed;
		if (result == KHTTP_CHUNK_REFUSED)
			return refuse(static_cast<khttp_reason>(
				chunked_.reason));
		if (result == KHTTP_CHUNK_END)
			return end_chunked();
		if (result == KHTTP_CHUNK_MORE)
			return;
	}
}

void exchange::end_chunked()
{
	khttp_field fields[trailers_max];
	u32 n;
	u32 dropped;
	khttp_reason reason = khttp_trailers_parse(
		guard_.put(trailers_), static_cast<u32>(trailers_.size()),
		fields, trailers_max, &n, &dropped);

	if (reason)
		return refuse(reason);
	for (u32 i = 0; i < n; i++)
		line("trailer " + trailers_.substr(fields[i].name,
						   fields[i].name_len),
		     trailers_.substr(fields[i].value, fields[i].value_len));
	if (dropped)
		line("dropped trailers", std::to_string(dropped));
	finish();
}

void exchange::finish()
{
	line("body", body_);
	line("rest", std::string_view(bytes_).substr(at_));
	line("result", "done");
	phase_ = phase::over;
}

}  // namespace

std::string run_request(const std::vector<std::string_view> &pieces,
			const khttp_limits &limits)
{
	// Mapping pages is most of the cost of a test of many small runs.
	static guard_page guard(capacity);
	exchange one(limits, guard);

	for (std::string_view piece : pieces)
		one.feed(piece);
	return one.summary();
}

static void compare(const std::string &whole, std::string pieces,
		    const std::string &how)
{
	// What follows the request is in the buffer earlier or later.
	auto without_rest = [](std::string text) {
		auto at = text.find("\nrest: ");

		if (at != std::string::npos)
			text.erase(at, text.find('\n', at + 1) - at);
		return text;
	};

	if (without_rest(whole) != without_rest(pieces))
		throw std::runtime_error(how + " differs\nwhole:\n" + whole +
					 how + ":\n" + pieces);
}

std::string run_every_split(std::string_view whole, const khttp_limits &limits)
{
	std::string summary = run_request(whole, limits);
	std::vector<std::string_view> bytes;

	for (std::size_t i = 0; i < whole.size(); i++) {
		bytes.push_back(whole.substr(i, 1));
		compare(summary,
			run_request({ whole.substr(0, i), whole.substr(i) },
				    limits),
			"split at " + std::to_string(i));
	}
	compare(summary, run_request(bytes, limits), "byte by byte");
	return summary;
}

bool has_line(const std::string &summary, const std::string &line)
{
	return ("\n" + summary).find("\n" + line + "\n") != std::string::npos;
}
