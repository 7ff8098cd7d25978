# SPDX-License-Identifier: MIT
"""usage: hostile_replies.py QUEUE PORT LIBRARY

Answers to split or desynchronise a connection with, by hand and through the
library. PORT leads to QUEUE, which nobody else serves.
"""
import ctypes
import errno
import re
import sys
import threading

from device import HEAD, LENGTH, MORE, TRAILERS, Worker, field
from wire import Client, check, finish

queue, port, library = sys.argv[1], int(sys.argv[2]), sys.argv[3]

NAMES = [b"", b"a b", b"a:b", b"a\r", b"a\nb", b"a\0b", b"\xe9", b" a", b"a ", b"a\tb", b"(a)",
         b'"a"', b"a\x7f"]
VALUES = [b"a\r\nSet-Cookie: b=c", b"a\r\n\r\nHTTP/1.1 200 OK", b"a\rb", b"a\nb", b"a\0b", b" a",
          b"a ", b"\ta", b"a\x7f", b"a\x0bb", b"\r\n", b"\n"]
FRAMING = [b"Content-Length", b"transfer-encoding", b"Connection", b"Keep-Alive", b"TE",
           b"proxy-connection", b"Trailer", b"Upgrade"]
ONCE = [b"Date", b"Server", b"Content-Type", b"Location", b"ETag", b"Last-Modified", b"Expires",
        b"Retry-After", b"Content-Range", b"Content-Location"]
STATUSES = [0, 1, 99, 100, 101, 103, 199, 600, 999, 65535]
NO_TRAILERS = [b"Content-Length", b"Transfer-Encoding", b"Host", b"Content-Type", b"Set-Cookie",
               b"Location", b"Connection", b"Cache-Control", b"Authorization"]
GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def refused(what, call, *args, number=errno.EINVAL, **more):
    """It has to end with this errno."""
    try:
        call(*args, **more)
        check(what, "taken", errno.errorcode[number])
    except OSError as e:
        check(what, errno.errorcode[e.errno], errno.errorcode[number])


def dated(data):
    """The bytes, without what differs from second to second."""
    return re.sub(rb"Date: [^\r]{29}\r\n", b"Date: D\r\n", data)


def head(status, *lines):
    return b"\r\n".join([b"HTTP/1.1 " + status, *lines, b"", b""])


class Exchange:
    """One connection with a request in the worker's hand."""

    def __init__(self, worker, text=GET):
        self.client = Client(port)
        self.client.send(text)
        self.worker = worker
        self.request = worker.take(30000)

    def again(self, what, text=GET):
        """The connection is where it should be: the next request is answered."""
        self.client.send(text)
        self.request = self.worker.take(30000)
        self.worker.answer(self.request, b"next")
        check(what + ", and then", self.client.answer().body, b"next")
        self.client.close()

    def sees(self, what, expected):
        check(what, dated(self.client.exactly(len(self.worker_date(expected)))), expected)

    @staticmethod
    def worker_date(expected):
        return expected.replace(b"Date: D\r\n", b"Date: %s\r\n" % (b"x" * 29))


def test_heads(worker):
    """Whatever is wrong is refused as a whole, and nothing of it is seen."""
    ex = Exchange(worker)
    for name in NAMES:
        refused("name %r" % name, worker.commit, ex.request, HEAD, field(name, b"v"), 1)
    for value in VALUES:
        refused("value %r" % value, worker.commit, ex.request, HEAD, field(b"X", value), 1)
    for name in FRAMING:
        refused("field %r" % name, worker.commit, ex.request, HEAD, field(name, b"5"), 1)
    for name in ONCE:
        block = field(name, b"1") + field(b"X", b"y") + field(name.upper(), b"2")
        refused("two %r" % name, worker.commit, ex.request, HEAD, block, 3)
    for status in STATUSES:
        refused("status %d" % status, worker.commit, ex.request, HEAD, status=status,
                number=errno.EPROTO if status == 101 else errno.EINVAL)
    refused("a block cut short", worker.commit, ex.request, HEAD, field(b"X", b"abc")[:-1], 1)
    refused("fewer fields than said", worker.commit, ex.request, HEAD, field(b"X", b"y"), 2)
    refused("more fields than said", worker.commit, ex.request, HEAD, field(b"X", b"y") * 2, 1)
    refused("a length over 2^63", worker.commit, ex.request, HEAD | LENGTH, announced=1 << 63)
    block = field(b"Set-Cookie", b"a") + field(b"Set-Cookie", b"b") + field(b"Age", b"7")
    worker.answer(ex.request, b"ok", fields=block, n_fields=3)
    ex.sees("the good one", head(b"200 OK", b"Set-Cookie: a", b"Set-Cookie: b", b"Date: D",
                                 b"Server: khttp", b"Content-Length: 2", b"Age: 7") + b"ok")
    ex.again("after refused heads")


def test_trailers(worker):
    ex = Exchange(worker)
    worker.answer(ex.request, b"body", HEAD | MORE)
    for name in NO_TRAILERS:
        refused("trailer %r" % name, worker.commit, ex.request, TRAILERS, field(name, b"1"), 1)
    for value in VALUES:
        refused("trailer value %r" % value, worker.commit, ex.request, TRAILERS,
                field(b"X", value), 1)
    worker.commit(ex.request, TRAILERS, field(b"X", b"y"), 1)
    ex.sees("chunks", head(b"200 OK", b"Date: D", b"Server: khttp",
                           b"Transfer-Encoding: chunked") + b"4\r\nbody\r\n0\r\nX: y\r\n\r\n")
    ex.again("after trailers")


def test_log(worker):
    """What is for the access log is whole fields, few of them, whoever reads it."""
    ex = Exchange(worker)
    for name in NAMES:
        refused("log %r" % name, worker.commit, ex.request, HEAD, log=field(name, b"v"))
    refused("log cut short", worker.commit, ex.request, HEAD, log=field(b"X", b"abc")[:-1])
    refused("log over 512", worker.commit, ex.request, HEAD, log=field(b"X", b"a" * 508))
    worker.answer(ex.request, b"ok", fields=field(b"X", b"y"), n_fields=1,
                  log=field(b"Y", b"\0\r\n" * 100) + field(b"Z", b"z" * 199))
    ex.sees("the good one", head(b"200 OK", b"X: y", b"Date: D", b"Server: khttp",
                                 b"Content-Length: 2") + b"ok")
    ex.again("after what is for the log")


def test_no_body(worker):
    """(what is asked, status, a length?) and the lines that tell it; bytes dropped"""
    server = [b"Date: D", b"Server: khttp"]
    table = [("HEAD", 200, False, b"200 OK", [b"Content-Length: 5"]),
             ("HEAD", 200, True, b"200 OK", [b"Content-Length: 9"]),
             ("GET", 204, False, b"204 No Content", []),
             ("GET", 204, True, b"204 No Content", []),
             ("HEAD", 204, True, b"204 No Content", []),
             ("GET", 205, False, b"205 Reset Content", [b"Content-Length: 0"]),
             ("GET", 205, True, b"205 Reset Content", [b"Content-Length: 0"]),
             ("GET", 304, False, b"304 Not Modified", []),
             ("GET", 304, True, b"304 Not Modified", [b"Content-Length: 9"])]
    for method, status, length, line, lines in table:
        what = "%s %d %s" % (method, status, length)
        ex = Exchange(worker, GET.replace("GET", method))
        taken = worker.answer(ex.request, b"hello", HEAD | (LENGTH if length else 0),
                              status=status, announced=9)
        check(what + ", taken", taken, 5)
        ex.sees(what, head(line, *server, *lines))
        ex.again(what)
    # In two pieces: the second is dropped as well.
    ex = Exchange(worker)
    worker.answer(ex.request, b"hello", HEAD | MORE, status=204)
    worker.answer(ex.request, b"world", 0)
    ex.sees("204 in pieces", head(b"204 No Content", *server))
    ex.again("204 in pieces")
    return 5 * len(table) + 10


def test_upgrade(worker):
    ex = Exchange(worker)
    worker.commit(ex.request, HEAD, field(b"Upgrade", b"TLS/1.3"), 1, status=426)
    ex.sees("426", head(b"426 Upgrade Required", b"Upgrade: TLS/1.3", b"Date: D",
                        b"Server: khttp", b"Connection: upgrade", b"Content-Length: 0"))
    ex.again("after 426")


def test_lengths(worker):
    """Pieces of a body that was announced as 5 bytes: what the client sees of it."""
    table = [[b"toolong"], [b"ab"], [b"abc", b"def"], [b"abc", b""], [b"", b"toolong"]]
    for pieces in table:
        what = "%r for 5 bytes" % pieces
        ex = Exchange(worker)
        for i, piece in enumerate(pieces[:-1]):
            worker.answer(ex.request, piece, MORE | (0 if i else HEAD | LENGTH), announced=5)
            ex.sees(what, head(b"200 OK", b"Date: D", b"Server: khttp", b"Content-Length: 5") +
                    piece)
        flags = 0 if len(pieces) > 1 else HEAD | LENGTH
        refused(what, worker.answer, ex.request, pieces[-1], flags, announced=5,
                number=errno.EMSGSIZE)
        refused(what + ", again", worker.answer, ex.request, b"hello", 0, number=errno.ESTALE)
        check(what + ", and nothing else", ex.client.closed(), True)
        ex.client.close()
    return len(table)


def test_old_client(worker):
    """No chunks to HTTP/1.0, whatever it wants: the end tells the end."""
    for wish in ("", "Connection: keep-alive\r\n", "TE: trailers\r\nConnection: TE\r\n"):
        ex = Exchange(worker, "GET / HTTP/1.0\r\n%s\r\n" % wish)
        worker.answer(ex.request, b"some", HEAD | MORE)
        worker.commit(ex.request, TRAILERS, field(b"X", b"y"), 1)
        check("HTTP/1.0 " + wish, dated(ex.client.to_end()), head(
            b"200 OK", b"Date: D", b"Server: khttp", b"Connection: close") + b"some")
        ex.client.close()


def by_library():
    """The same through libkhttp: refused where it is said, and answered 500."""
    lib = ctypes.CDLL(library)
    lib.khttp_queue_open.restype = lib.khttp_queue_wait.restype = ctypes.c_void_p
    q = ctypes.c_void_p(lib.khttp_queue_open(queue.encode(), None))

    def exchange(what, status, *calls):
        got = []
        thread = threading.Thread(target=lambda: got.append(Client(port).ask(GET)))
        thread.start()
        ex = ctypes.c_void_p(lib.khttp_queue_wait(q, 30000))
        for call, *args in calls:
            check("%s, %s" % (what, call), getattr(lib, "khttp_exchange_" + call)(ex, *args) < 0,
                  status == 500 and call != "body")
        lib.khttp_exchange_body(ex, b"hello", 5)
        lib.khttp_exchange_free(ex)
        lib.khttp_queue_commit(q)
        thread.join()
        check(what, got[0].status, status)
        check(what + ", a field of it", "set-cookie" in got[0].fields, False)

    for name in NAMES:
        if b"\0" not in name:
            exchange("library, name %r" % name, 500, ("header", name, b"v"))
    for value in VALUES:
        if b"\0" not in value and value.strip(b" \t") == value:
            exchange("library, value %r" % value, 500, ("header", b"X", value))
    for name in FRAMING[:-1]:
        exchange("library, field %r" % name, 500, ("header", name, b"5"))
    for status in (99, 101, 600, 65536 + 200):
        exchange("library, status %d" % status, 500, ("status", status))
    exchange("library, a good one", 200, ("header", b"X", b"y"))
    lib.khttp_queue_close(q)


hand = Worker(queue)
test_heads(hand)
test_trailers(hand)
test_log(hand)
dropped = test_no_body(hand)
test_upgrade(hand)
broken = test_lengths(hand)
test_old_client(hand)
hand.close()
by_library()
print(dropped, broken)
finish()
