# SPDX-License-Identifier: MIT
"""Requests that measure exactly so much by one limit, and little by the others."""

LINE = " HTTP/1.1\r\nHost: %s\r\n"
CHUNKED = "POST /" + LINE + "Transfer-Encoding: chunked\r\n\r\n"


def head(n, host):
    text = "GET /" + LINE % host
    room = n - len(text) - 2
    # A few lines, none shorter than one can be.
    most = max(500, n // 50)
    while room:
        line = room if room <= most else min(most, room - 10)
        text += "X: " + "a" * (line - 5) + "\r\n"
        room -= line
    return text + "\r\n"


def field(n, host):
    return "GET /" + LINE % host + "X: " + "a" * (n - 3) + "\r\n\r\n"


def fields(n, host):
    return "GET /" + LINE % host + "X: y\r\n" * (n - 1) + "\r\n"


def target(n, host):
    return "GET /?" + "a" * (n - 2) + LINE % host + "\r\n"


def segment(n, host):
    return "GET /" + "a" * n + LINE % host + "\r\n"


def segments(n, host):
    return "GET /" + "a/" * (n - 1) + LINE % host + "\r\n"


def chunk_line(n, host):
    return CHUNKED % host + "0" * (n - 1) + "1\r\nx\r\n0\r\n\r\n"


def chunk_ext(n, host):
    text = CHUNKED % host
    while n:
        ext = n if n <= 16 else min(16, n - 2)
        text += "1;" + "a" * (ext - 1) + "\r\nx\r\n"
        n -= ext
    return text + "0\r\n\r\n"


def long_chunk_ext(n, host):
    """The same in lines of 8000 bytes, for the large ones."""
    text = [CHUNKED % host]
    while n:
        ext = n if n <= 8000 else min(8000, n - 2)
        text.append("1;" + "a" * (ext - 1) + "\r\nx\r\n")
        n -= ext
    return "".join(text) + "0\r\n\r\n"


def trailers(n, host):
    return CHUNKED % host + "1\r\nx\r\n0\r\nX: " + "a" * (n - 5) + "\r\n\r\n"


def body(n, host):
    return "POST /?digest=1" + LINE % host + "Content-Length: %d\r\n\r\n" % n + "x" * n


def chunked_body(n, host):
    return ("POST /?digest=1" + LINE % host + "Transfer-Encoding: chunked\r\n\r\n"
            "%x\r\n" % n + "x" * n + "\r\n0\r\n\r\n")


# limit, request, status above, word of the reason
TABLE = [
    ("max_head", head, 431, "RequestLength"),
    ("max_field", field, 431, "FieldLength"),
    ("max_fields", fields, 431, "FieldCount"),
    ("max_target", target, 414, "URL_Length"),
    ("max_segment", segment, 414, "URL_Segment"),
    ("max_segments", segments, 414, "URL_Segment"),
    ("max_chunk_line", chunk_line, 413, "Chunk_Length"),
    ("max_chunk_ext", chunk_ext, 413, "Chunk_Length"),
    ("max_trailers", trailers, 431, "Trailer_Length"),
    ("max_body", body, 413, "EntityTooLarge"),
    ("max_body", chunked_body, 413, "EntityTooLarge"),
]
