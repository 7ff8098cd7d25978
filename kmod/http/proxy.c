// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/proxy.h"

#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "http/field.h"
#include "http/host.h"

/*
 *   state   collects                        then
 *   START   the first bytes, which decide   LINE or HEAD
 *   LINE    a line of version 1             done
 *   HEAD    16 bytes of version 2           ADDRESS, SKIP, done
 *   ADDRESS the addresses                   TLV, done
 *   TLV     type and length                 CRC, VALUE
 *   CRC     a checksum                      TLV, done
 *   VALUE   nothing: skip bytes             TLV, done
 *   SKIP    nothing: skip bytes             done
 */
enum state {
	START,
	LINE,
	HEAD,
	ADDRESS,
	TLV,
	CRC,
	VALUE,
	SKIP,
};

static const char line_start[] = "PROXY ";
static const char signature[] = "\r\n\r\n\0\r\nQUIT\n";

#define LINE_START_LEN	(sizeof(line_start) - 1)
#define SIGNATURE_LEN	(sizeof(signature) - 1)
#define HEAD_LEN	(SIGNATURE_LEN + 4)
#define TLV_LEN		3
#define TLV_CRC32C	3

#define VERSION_LOCAL	0x20
#define VERSION_PROXY	0x21
#define TCP4		0x11
#define TCP6		0x21

/* What the addresses take, by family; the longest are two Unix paths */
#define UNSPEC		0
static const u16 address_len[4] = { 0, 12, 36, 216 };

/* CRC32c, reflected, four bits at a time: headers are short and few */
static const u32 crc_step[16] = {
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
	0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
	0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
	0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

static void checksum(struct khttp_proxy *p, const char *ptr, u32 len)
{
	u32 crc = p->crc;
	u32 i;

	for (i = 0; i < len; i++) {
		crc ^= (u8)ptr[i];
		crc = crc >> 4 ^ crc_step[crc & 15];
		crc = crc >> 4 ^ crc_step[crc & 15];
	}
	p->crc = crc;
}

static u32 be16(const char *at)
{
	return (u32)(u8)at[0] << 8 | (u8)at[1];
}

void khttp_proxy_init(struct khttp_proxy *p, u8 accept)
{
	memset(p, 0, sizeof(*p));
	p->accept = accept;
	p->crc = U32_MAX;
}

/* ---- version 1 ---- */

/* The word up to the next blank or the end; false when it is empty */
static bool word(struct khttp_span *rest, struct khttp_span *out)
{
	u32 n = 0;

	while (n < rest->len && rest->ptr[n] != ' ')
		n++;
	*out = khttp_span_of(rest->ptr, n);
	/* A blank at the end leaves an empty word behind it */
	if (n < rest->len)
		*rest = khttp_span_of(rest->ptr + n + 1, rest->len - n - 1);
	else
		*rest = khttp_span_of(NULL, 0);
	return n;
}

static bool parse_port(struct khttp_span text, u16 *port)
{
	u64 number;

	if (!khttp_number(text, &number) || number > U16_MAX ||
	    (text.len > 1 && text.ptr[0] == '0'))
		return false;
	*port = (u16)number;
	return true;
}

static bool parse_source(struct khttp_span rest, bool six,
			 struct khttp_node *source)
{
	bool (*parse)(const char *text, u32 len, u8 *addr) =
		six ? khttp_ipv6_parse : khttp_ipv4_parse;
	struct khttp_span from, to, from_port, to_port;
	u8 bytes[16], dropped[16];
	u16 port, other;

	if (!word(&rest, &from) || !word(&rest, &to) ||
	    !word(&rest, &from_port))
		return false;
	to_port = rest;
	if (!parse(from.ptr, from.len, bytes) ||
	    !parse(to.ptr, to.len, dropped) ||
	    !parse_port(from_port, &port) || !parse_port(to_port, &other))
		return false;
	khttp_node_set(source, bytes, six ? KHTTP_ADDRESS6_LEN : KHTTP_ADDRESS4_LEN,
		       port);
	return true;
}

/* The whole line is in buf */
static enum khttp_proxy_result parse_line(struct khttp_proxy *p)
{
	struct khttp_span rest, family;
	bool six;

	if (p->buf[p->have - 2] != '\r')
		return KHTTP_PROXY_REFUSED;
	rest = khttp_span_of(p->buf + LINE_START_LEN,
			     p->have - 2 - (u32)LINE_START_LEN);
	word(&rest, &family);
	/* Whatever stands behind it */
	if (khttp_span_is(family, "UNKNOWN"))
		return KHTTP_PROXY_DONE;
	six = khttp_span_is(family, "TCP6");
	if (!six && !khttp_span_is(family, "TCP4"))
		return KHTTP_PROXY_REFUSED;
	return parse_source(rest, six, &p->source) ? KHTTP_PROXY_DONE :
						     KHTTP_PROXY_REFUSED;
}

static enum khttp_proxy_result take_line(struct khttp_proxy *p, const char *buf,
					 u32 len, u32 *at)
{
	while (*at < len) {
		char c = buf[(*at)++];

		p->buf[p->have++] = c;
		if (c == '\n')
			return parse_line(p);
		if (p->have == KHTTP_PROXY_LINE_MAX)
			return KHTTP_PROXY_REFUSED;
	}
	return KHTTP_PROXY_MORE;
}

/* ---- version 2 ---- */

/* Up to @want bytes into buf; true when they are there */
static bool collect(struct khttp_proxy *p, const char *buf, u32 len, u32 *at,
		    u32 want)
{
	u32 n = min_t(u32, want - p->have, len - *at);

	memcpy(p->buf + p->have, buf + *at, n);
	p->have = (u16)(p->have + n);
	*at += n;
	return p->have == want;
}

/* A piece is complete: the next is @state's, unless the header ends here */
static enum khttp_proxy_result next(struct khttp_proxy *p, enum state state)
{
	p->have = 0;
	p->state = (u8)state;
	if (p->left)
		return state == TLV && p->left < TLV_LEN ? KHTTP_PROXY_REFUSED :
							   KHTTP_PROXY_MORE;
	if (p->has_crc && ~p->crc != p->crc_wanted)
		return KHTTP_PROXY_REFUSED;
	return KHTTP_PROXY_DONE;
}

static enum khttp_proxy_result end_head(struct khttp_proxy *p)
{
	u8 version = (u8)p->buf[SIGNATURE_LEN];
	u8 family = (u8)p->buf[SIGNATURE_LEN + 1];
	u32 left = be16(p->buf + SIGNATURE_LEN + 2);

	if ((version != VERSION_LOCAL && version != VERSION_PROXY) ||
	    family >> 4 > 3 || (family & 15) > 2 ||
	    HEAD_LEN + left > KHTTP_PROXY_HEADER_MAX)
		return KHTTP_PROXY_REFUSED;
	checksum(p, p->buf, HEAD_LEN);
	p->left = (u16)left;
	p->family = family;
	if (version == VERSION_LOCAL || family >> 4 == UNSPEC) {
		p->skip = (u16)left;
		return next(p, SKIP);
	}
	p->skip = address_len[family >> 4];
	if (left < p->skip)
		return KHTTP_PROXY_REFUSED;
	return next(p, ADDRESS);
}

static void end_address(struct khttp_proxy *p)
{
	if (p->family == TCP4)
		khttp_node_set(&p->source, (const u8 *)p->buf,
			       KHTTP_ADDRESS4_LEN, (u16)be16(p->buf + 8));
	else if (p->family == TCP6)
		khttp_node_set(&p->source, (const u8 *)p->buf,
			       KHTTP_ADDRESS6_LEN, (u16)be16(p->buf + 32));
}

static enum khttp_proxy_result end_tlv(struct khttp_proxy *p)
{
	u32 len = be16(p->buf + 1);

	checksum(p, p->buf, TLV_LEN);
	p->left -= TLV_LEN;
	if (len > p->left)
		return KHTTP_PROXY_REFUSED;
	if ((u8)p->buf[0] == TLV_CRC32C) {
		if (len != 4 || p->has_crc)
			return KHTTP_PROXY_REFUSED;
		p->has_crc = true;
		return next(p, CRC);
	}
	p->skip = (u16)len;
	return next(p, len ? VALUE : TLV);
}

/* The sender counted its own four bytes as 0 */
static enum khttp_proxy_result end_crc(struct khttp_proxy *p)
{
	static const char zero[4];

	p->crc_wanted = be16(p->buf) << 16 | be16(p->buf + 2);
	checksum(p, zero, sizeof(zero));
	p->left -= sizeof(zero);
	return next(p, TLV);
}

/*
 * Of what is skipped the first bytes are kept in buf, as many as it has room
 * for: in them are the addresses.
 */
static enum khttp_proxy_result take_skip(struct khttp_proxy *p, const char *buf,
					 u32 len, u32 *at)
{
	u32 n = min_t(u32, p->skip, len - *at);
	u32 kept = min_t(u32, n, (u32)sizeof(p->buf) - p->have);

	memcpy(p->buf + p->have, buf + *at, kept);
	p->have = (u16)(p->have + kept);
	checksum(p, buf + *at, n);
	*at += n;
	p->skip = (u16)(p->skip - n);
	p->left = (u16)(p->left - n);
	if (p->skip)
		return KHTTP_PROXY_MORE;
	if (p->state == ADDRESS)
		end_address(p);
	return next(p, TLV);
}

/* ---- both ---- */

static bool begins(const struct khttp_proxy *p, const char *with, size_t len)
{
	return !memcmp(p->buf, with, min_t(size_t, p->have, len));
}

static enum khttp_proxy_result take_start(struct khttp_proxy *p, char c)
{
	p->buf[p->have++] = c;
	if ((p->accept & KHTTP_PROXY_ACCEPT_V1) &&
	    begins(p, line_start, LINE_START_LEN)) {
		if (p->have == LINE_START_LEN)
			p->state = LINE;
		return KHTTP_PROXY_MORE;
	}
	if ((p->accept & KHTTP_PROXY_ACCEPT_V2) &&
	    begins(p, signature, SIGNATURE_LEN)) {
		if (p->have == SIGNATURE_LEN)
			p->state = HEAD;
		return KHTTP_PROXY_MORE;
	}
	return KHTTP_PROXY_REFUSED;
}

static enum khttp_proxy_result step(struct khttp_proxy *p, const char *buf,
				    u32 len, u32 *at)
{
	switch (p->state) {
	case START:
		return take_start(p, buf[(*at)++]);
	case LINE:
		return take_line(p, buf, len, at);
	case HEAD:
		return collect(p, buf, len, at, HEAD_LEN) ? end_head(p) :
							    KHTTP_PROXY_MORE;
	case TLV:
		return collect(p, buf, len, at, TLV_LEN) ? end_tlv(p) :
							   KHTTP_PROXY_MORE;
	case CRC:
		return collect(p, buf, len, at, 4) ? end_crc(p) :
						     KHTTP_PROXY_MORE;
	default:
		return take_skip(p, buf, len, at);
	}
}

enum khttp_proxy_result khttp_proxy_parse(struct khttp_proxy *p,
					  const char *buf, u32 len, u32 *used)
{
	enum khttp_proxy_result result = KHTTP_PROXY_MORE;
	u32 at = 0;

	while (at < len && result == KHTTP_PROXY_MORE)
		result = step(p, buf, len, &at);
	*used = at;
	return result;
}
