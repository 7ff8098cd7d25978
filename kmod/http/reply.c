// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/reply.h"

#include "http/copy.h"

struct status_row {
	u16 status;
	const char *phrase;
};

/* RFC 9110 section 15, RFC 4918, RFC 6585, RFC 7725, RFC 8297, RFC 8470. */
static const struct status_row status_rows[] = {
	{ 100, "Continue" },
	{ 101, "Switching Protocols" },
	{ 103, "Early Hints" },
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 203, "Non-Authoritative Information" },
	{ 204, "No Content" },
	{ 205, "Reset Content" },
	{ 206, "Partial Content" },
	{ 207, "Multi-Status" },
	{ 300, "Multiple Choices" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 402, "Payment Required" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 407, "Proxy Authentication Required" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 417, "Expectation Failed" },
	{ 421, "Misdirected Request" },
	{ 422, "Unprocessable Content" },
	{ 423, "Locked" },
	{ 424, "Failed Dependency" },
	{ 425, "Too Early" },
	{ 426, "Upgrade Required" },
	{ 428, "Precondition Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 451, "Unavailable For Legal Reasons" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
	{ 507, "Insufficient Storage" },
	{ 511, "Network Authentication Required" },
};

const char *khttp_status_phrase(u16 status)
{
	u32 i;

	for (i = 0; i < sizeof(status_rows) / sizeof(status_rows[0]); i++)
		if (status_rows[i].status == status)
			return status_rows[i].phrase;
	return "";
}

bool khttp_status_ok(u16 status)
{
	return status == 101 || (status >= 200 && status <= 599);
}

enum khttp_framing_kind khttp_reply_framing(enum khttp_method method,
					    u8 version, u16 status,
					    bool has_length)
{
	if (!khttp_reply_has_body(method, status))
		return KHTTP_FRAMING_NONE;
	/* RFC 9110 section 15.2.2: what follows is no content of ours. */
	if (status == 101)
		return KHTTP_FRAMING_CLOSE;
	if (has_length)
		return KHTTP_FRAMING_LENGTH;
	/* RFC 9112 section 6.1: no transfer coding to an HTTP/1.0 client. */
	return version == KHTTP_HTTP_10 ? KHTTP_FRAMING_CLOSE :
					  KHTTP_FRAMING_CHUNKED;
}

void khttp_reply_status(struct khttp_out *out, u16 status,
			struct khttp_span phrase)
{
	khttp_out_text(out, "HTTP/1.1 ");
	khttp_out_number(out, status);
	khttp_out_text(out, " ");
	if (phrase.len)
		khttp_out_span(out, phrase);
	else
		khttp_out_text(out, khttp_status_phrase(status));
	khttp_out_text(out, "\r\n");
}

void khttp_reply_field(struct khttp_out *out, struct khttp_span name,
		       struct khttp_span value)
{
	char *at;

	/* Asked once for all four pieces of the line */
	if ((u64)name.len + value.len + 4 > out->size - out->len)
		out->full = true;
	if (out->full)
		return;
	at = out->buf + out->len;
	khttp_copy_text(at, name.ptr, name.len);
	at += name.len;
	*at++ = ':';
	*at++ = ' ';
	khttp_copy_text(at, value.ptr, value.len);
	at += value.len;
	*at++ = '\r';
	*at++ = '\n';
	out->len = (u32)(at - out->buf);
}

void khttp_reply_date(struct khttp_out *out, u64 now)
{
	char date[KHTTP_DATE_LEN];

	khttp_date_print(now, date);
	khttp_out_text(out, "Date: ");
	khttp_out_bytes(out, date, sizeof(date));
	khttp_out_text(out, "\r\n");
}

void khttp_reply_length(struct khttp_out *out, u64 length)
{
	khttp_out_text(out, "Content-Length: ");
	khttp_out_number(out, length);
	khttp_out_text(out, "\r\n");
}

void khttp_reply_chunked(struct khttp_out *out)
{
	khttp_out_text(out, "Transfer-Encoding: chunked\r\n");
}

void khttp_reply_tail(struct khttp_out *out, const struct khttp_reply_tail *tail)
{
	if (tail->has_age) {
		khttp_out_text(out, "Age: ");
		khttp_out_number(out, tail->age);
		khttp_out_text(out, "\r\n");
	}
	/* RFC 9112 section 9.3: 1.1 stays open unless told, 1.0 closes. */
	if (tail->closes)
		khttp_out_text(out, "Connection: close\r\n");
	else if (tail->version == KHTTP_HTTP_10)
		khttp_out_text(out, "Connection: keep-alive\r\n");
	khttp_out_text(out, "\r\n");
}

/* A page for people; without it, the status has to do. */
static void error_body(struct khttp_out *out,
		       const struct khttp_reply_error *error, u16 status)
{
	enum khttp_reason reason = (enum khttp_reason)error->reason;
	const char *phrase = khttp_status_phrase(status);

	khttp_out_text(out, "<!doctype html>\n<title>");
	khttp_out_number(out, status);
	khttp_out_text(out, " ");
	khttp_out_text(out, phrase);
	khttp_out_text(out, "</title>\n<h1>");
	khttp_out_text(out, phrase);
	khttp_out_text(out, "</h1>\n");
	if (error->terse)
		return;
	khttp_out_text(out, "<p>");
	khttp_out_text(out, khttp_reason_text(reason));
	khttp_out_text(out, "\n<p><small>khttp: ");
	khttp_out_text(out, khttp_reason_word(reason));
	khttp_out_text(out, "</small>\n");
}

/* Fields that belong to some of the statuses. */
static void error_fields(struct khttp_out *out,
			 const struct khttp_reply_error *error, u16 status)
{
	/* RFC 9110 section 15.5.6: 405 has to tell what is allowed. */
	if (status == 405) {
		khttp_out_text(out, "Allow: ");
		khttp_out_text(out, error->allow ? error->allow :
						   KHTTP_REPLY_ALLOW);
		khttp_out_text(out, "\r\n");
	}
	if (error->retry_after && (status == 503 || status == 429)) {
		khttp_out_text(out, "Retry-After: ");
		khttp_out_number(out, error->retry_after);
		khttp_out_text(out, "\r\n");
	}
}

bool khttp_reply_error(struct khttp_out *out,
		       const struct khttp_reply_error *error)
{
	enum khttp_reason reason = (enum khttp_reason)error->reason;
	u16 status = error->status ? error->status : khttp_reason_status(reason);
	char body[KHTTP_REPLY_ERROR_BODY_MAX];
	struct khttp_reply_tail tail = {
		.closes = error->closes || khttp_reason_closes(reason),
		.version = error->version,
	};
	struct khttp_out page;

	if (!status)
		return tail.closes;
	khttp_out_init(&page, body, sizeof(body));
	if (!error->type)
		error_body(&page, error, status);
	khttp_reply_begin(out, status, khttp_span_of(NULL, 0));
	khttp_reply_date(out, error->now);
	if (error->server) {
		khttp_out_text(out, "Server: ");
		khttp_out_text(out, error->server);
		khttp_out_text(out, "\r\n");
	}
	error_fields(out, error, status);
	/* Some of these statuses may be stored by default (RFC 9110 15.1). */
	khttp_out_text(out, "Cache-Control: no-store\r\n");
	khttp_reply_field(out, khttp_span_str("Content-Type"),
			  khttp_span_str(error->type ? error->type :
					 "text/html; charset=us-ascii"));
	khttp_reply_length(out, error->type ? error->length : page.len);
	khttp_reply_tail(out, &tail);
	if (error->method != KHTTP_METHOD_HEAD)
		khttp_out_bytes(out, body, page.len);
	return tail.closes;
}
