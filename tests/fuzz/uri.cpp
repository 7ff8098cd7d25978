// SPDX-License-Identifier: MIT
//
// Targets, paths and hosts. The input, up to a line feed, is the target, the
// rest is the Host. Cooked paths must have nothing left to cook; plain ones must
// be what the slow way gives; a cooked path must have one usual spelling; hosts must
// survive being printed and read.
#include <cstdio>
#include <cstring>

#include "fuzz.hpp"

extern "C" {
#include "http/field.h"
#include "http/host.h"
#include "http/path.h"
#include "http/redirect.h"
#include "http/spelling.h"
#include "http/uri.h"
}

static bool has_dot_segment(std::string_view path)
{
	std::size_t at = 0;

	while (at < path.size()) {
		std::size_t end = std::min(path.find('/', at), path.size());
		std::string_view segment = path.substr(at, end - at);

		if (segment == "." || segment == "..")
			return true;
		at = end + 1;
	}
	return false;
}

/* How a cooked path is usually spelled */
static std::string spelled(std::string_view cooked)
{
	std::string out;

	for (std::size_t i = 0; i < cooked.size(); i++) {
		bool slash = cooked.substr(i, 3) == "%2F";
		char text[4];

		if (slash || cooked[i] == '/' || khttp_char_is(cooked[i], KHTTP_CHAR_SEGMENT)) {
			out += cooked[i];
			continue;
		}
		std::snprintf(text, sizeof(text), "%%%02X", static_cast<unsigned char>(cooked[i]));
		out += text;
	}
	return out;
}

static void check_path(std::string_view path, const khttp_limits &limits)
{
	std::vector<char> in = exact(path);
	std::vector<char> out(path.size());
	u32 size = static_cast<u32>(in.size());
	u32 plain = khttp_path_plain(in.data(), size, &limits);
	u32 len = 0;

	MUST(plain <= size);
	if (plain == size) {
		MUST(!khttp_path_cook(in.data(), size, &limits, out.data(),
				      size, &len));
		MUST(len == size && !std::memcmp(out.data(), in.data(), len));
	}
	if (khttp_path_cook(in.data(), size, &limits, out.data(), size, &len))
		return;
	std::string_view cooked(out.data(), len);

	MUST(len > 0 && len <= size && cooked[0] == '/');
	MUST(!has_dot_segment(cooked));
	MUST(khttp_text_ok(cooked.data(), len));
	MUST((khttp_spelling_of(in.data(), size) == KHTTP_SPELLING_USUAL) ==
	     (spelled(cooked) == path));
}

static void check_host(std::string_view text)
{
	std::vector<char> in = exact(text);
	char out[KHTTP_HOST_TEXT_MAX];
	khttp_host host;
	khttp_host again;

	if (!khttp_host_parse(in.data(), static_cast<u32>(in.size()), &host))
		return;
	u32 len = khttp_host_print(&host, in.data(), out, sizeof(out));
	std::vector<char> printed = exact(std::string_view(out, len));

	MUST(len > 0);
	MUST(khttp_host_parse(printed.data(), len, &again));
	MUST(again.kind == host.kind && !again.port);
	MUST(!std::memcmp(again.addr, host.addr, sizeof(host.addr)));
}

/* Every prefix of the path: what is behind it goes on to the end, on one line */
static void check_rest(const khttp_target &target, const std::vector<char> &in,
		       const std::vector<char> &cooked, u32 prefix_len)
{
	std::string query(in.data() + target.query, target.query_len);
	std::vector<char> room = cooked;
	khttp_span rest;

	if (!khttp_redirect_rest(&target, in.data(), prefix_len, room.data(),
				 static_cast<u32>(room.size()), &rest))
		return;
	std::string_view text(rest.ptr, rest.len);

	MUST(text.find_first_of("\r\n ") == text.npos);
	MUST(text.ends_with(query));
	MUST(text.find('?') == (target.has_query ? text.size() - query.size() - 1 : text.npos));
	MUST(target.is_raw || text.size() <= room.size());
}

static void check_target(std::string_view target, std::string_view host)
{
	static khttp_head head;
	std::string text = "GET " + std::string(target) + " HTTP/1.1\r\nHost: " +
			   std::string(host) + "\r\n\r\n";
	std::vector<char> in = exact(text);
	khttp_limits limits = KHTTP_LIMITS_DEFAULT;
	khttp_host_memo memo{};
	khttp_target result, again;

	khttp_head_init(&head);
	if (khttp_parse_head(&head, in.data(), static_cast<u32>(in.size()),
			     &limits) != KHTTP_PARSE_DONE)
		return;
	std::vector<char> out(head.target_len);

	if (khttp_target_cook(&head, in.data(), &limits, KHTTP_SCHEME_HTTP,
			      &memo, out.data(), head.target_len, &result))
		return;
	/* Remembered, it is the same as understood. */
	MUST(!khttp_target_cook(&head, in.data(), &limits, KHTTP_SCHEME_HTTP,
				&memo, out.data(), head.target_len, &again));
	MUST(again.host.off == result.host.off &&
	     again.host.len == result.host.len &&
	     again.host.port == result.host.port &&
	     again.host.kind == result.host.kind &&
	     !std::memcmp(again.host.addr, result.host.addr,
			  sizeof(again.host.addr)));
	khttp_span path = khttp_target_path(&result, in.data(), out.data());

	MUST(path.len > 0);
	MUST(path.ptr[0] == '/' || result.form == KHTTP_TARGET_ASTERISK);
	MUST(khttp_text_ok(path.ptr, path.len));
	MUST(khttp_text_ok(in.data() + result.query, result.query_len));
	MUST(result.authority + result.authority_len <= head.head_len);
	MUST(result.host.off + result.host.len <= head.head_len);
	MUST(result.host.kind != KHTTP_HOST_NONE);
	for (u32 n = 1; n <= path.len; n++)
		if (path.ptr[n - 1] == '/')
			check_rest(result, in, out, n);
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	std::string_view text(reinterpret_cast<const char *>(data), size);
	std::size_t cut = std::min(text.find('\n'), text.size());
	std::string_view host = text.substr(std::min(cut + 1, text.size()));
	khttp_limits limits = KHTTP_LIMITS_DEFAULT;

	if (text.starts_with('/'))
		check_path(text, limits);
	check_host(text);
	check_host(host);
	check_target(text.substr(0, cut), host);
	return 0;
}
