# SPDX-License-Identifier: MIT
"""One client and one worker that use every path a request can take, and tell
what became of each exchange."""
import ctypes
import errno
import os
import select
import threading

from device import *
from faults import NO_MEMORY, Step
from ring import Ring
from wire import Client, Closed

LARGE = bytes(range(256)) * 80                      # 20 KiB: pages, not one block
FILE_PATH = "/tmp/fault-file"
PATIENCE = 30
# What a worker may be told while memory is short, or after its client went
WORKER_ERRNOS = (errno.ENOMEM, errno.ECONNRESET, errno.ESTALE, errno.EBADMSG, errno.EMSGSIZE,
                 errno.EIO, errno.EFAULT)
# How an exchange may end then
ENDS = ("closed", "500", "502", "503")


class Server:
    """A worker, in a thread of its own between start() and stop(). What it cannot
    answer it cancels."""

    def __init__(self, queue, check):
        self.check = check
        self.worker = Worker(queue)
        self.ring = Ring()
        with open(FILE_PATH, "wb") as f:
            f.write(LARGE * 2)
        self.file = os.open(FILE_PATH, os.O_RDONLY)
        self.kept = None
        self.thread = None

    def start(self):
        self.stopping = False
        self.thread = threading.Thread(target=self.loop)
        self.thread.start()

    def stop(self):
        if self.thread:
            self.stopping = True
            self.thread.join()
        self.thread = None

    def close(self):
        self.stop()
        os.close(self.file)
        self.ring.close()
        self.worker.close()

    def loop(self):
        while not self.stopping:
            self.once(20)

    def once(self, wait_ms):
        request = 0
        try:
            request = self.worker.take(wait_ms)
            if request:
                getattr(self, "serve_" + self.worker.target(request).split("/")[1])(request)
        except OSError as e:
            self.check("a worker is told %s" % e, e.errno in WORKER_ERRNOS, True)
            self.give_up(request)
        except MemoryError:
            self.give_up(request)

    def give_up(self, request):
        try:
            if request:
                self.worker.cancel(request)
        except OSError as e:
            self.check("cancel", e.errno, errno.ESTALE)

    def purge(self):
        self.worker.purge(b"http://a/")

    def keep_fragment(self):
        self.worker.add_fragment(b"http://a/piece", LARGE, tags=b"one, two")

    def serve_get(self, request):
        self.worker.answer(request, b"hello")

    def serve_fields(self, request):
        self.worker.answer(request, b"hello", fields=field(b"X", b"y" * 300), n_fields=1)

    def serve_ring(self, request):
        self.worker.fill(request, HEAD)
        self.ring.command(self.worker.fd, U_COMMIT, request)

    def serve_both(self, request):
        """Two of these are answered once both are in hand."""
        if self.kept is None:
            self.kept = request
            return
        first, self.kept = self.kept, None
        self.worker.answer(first, b"hello")
        self.worker.answer(request, b"hello")

    def serve_cancel(self, request):
        self.worker.cancel(request)

    def serve_upload(self, request):
        body = self.worker.read_all(request)
        trailers = self.worker.read(request, READ_TRAILERS)
        self.worker.answer(request, b"%d %d" % (len(body), len(trailers)))

    def serve_small(self, request):
        self.worker.answer(request, b"small", HEAD | CACHE, ttl=600)

    def serve_large(self, request):
        self.worker.answer(request, LARGE, HEAD | CACHE, ttl=600)

    def serve_user(self, request):
        self.worker.answer(request, LARGE)

    def serve_fragment(self, request):
        self.keep_fragment()
        self.worker.commit(request, HEAD, kind=FRAGMENT, at=100, length=len(LARGE) - 100,
                           name=b"http://a/piece")

    def serve_stream(self, request):
        self.worker.answer(request, LARGE, HEAD | MORE)
        self.worker.answer(request, b"abc", MORE)
        self.worker.commit(request, MORE, kind=FILE, fd=self.file, length=2 * len(LARGE))
        self.worker.commit(request, TRAILERS, field(b"Sum", b"9"), 1)


class Exchange:
    """What a client sends, on a connection of its own, and what shall come back."""

    def __init__(self, pieces, body=b"hello", trailers={}, count=1, status=200, port=80):
        self.pieces = pieces
        self.expected = (status, body, trailers)
        self.count = count
        self.port = port

    def __call__(self):
        client = None
        try:
            client = self.send()
            return self.outcome(client)
        except ConnectionResetError:
            return "closed"
        finally:
            if client:
                client.close()

    def send(self):
        client = Client(self.port, timeout=PATIENCE)
        try:
            for piece in self.pieces:
                client.send(piece)
        except (ConnectionResetError, BrokenPipeError):
            pass        # the answer may stand before the reset
        return client

    def outcome(self, client):
        try:
            for _ in range(self.count):
                answer = client.answer()
                while answer.status == 100:
                    answer = client.answer()
                if failure := self.differs(answer):
                    return failure
        except (Closed, ConnectionResetError, BrokenPipeError):
            return "closed"
        except TimeoutError:
            return "no answer"
        return None

    def differs(self, answer):
        status, body, trailers = self.expected
        if answer.status != status:
            return str(answer.status)
        if body is not None and (answer.body, answer.trailers) != (body, trailers):
            return "wrong answer, %d bytes, %r" % (len(answer.body), answer.trailers)
        return None


class WorkerStep(Step):
    """An exchange whose worker is this thread, and only its part may fail."""

    def __init__(self, what, exchange, server, undo=None):
        super().__init__(what, exchange, undo, ENDS)
        self.server = server

    def attempt(self, switch=None, n=0):
        fired, client = False, self.do.send()
        try:
            if switch:
                switch.arm(n)
                self.server.once(PATIENCE * 1000)
                fired = switch.fired(n)
            failure = self.finish(client)
        finally:
            client.close()
        if not failure and self.undo:
            self.undo()
        return failure, fired

    def finish(self, client):
        """Nothing fails any more: the rest may be served as always."""
        self.server.start()
        try:
            return self.do.outcome(client)
        finally:
            self.server.stop()


class UnreadStep(WorkerStep):
    """What fails on the way in while no worker reads: the kernel itself has to end
    that request. A worker that found it later could only give it up, with 502."""

    def __init__(self, what, exchange, server):
        super().__init__(what, exchange, server)
        self.fails = NO_MEMORY + tuple(end for end in ENDS if end != "502")

    def attempt(self, switch=None, n=0):
        fired = told = False
        if switch:
            switch.arm(n)
        client = self.do.send()
        try:
            if switch:
                told = bool(select.select([client.sock], [], [], 1)[0])
                fired = switch.fired(n)
            return (self.do.outcome if told else self.finish)(client), fired
        finally:
            client.close()


class RunStep(WorkerStep):
    """Requests that were taken and that the worker cannot be told of go back, and
    so do their slots."""

    def attempt(self, switch=None, n=0):
        """Once with each number of events that there is room for."""
        fired = False
        for room in (1, 2, 3):
            client = self.do.send()
            try:
                fired |= self.fail_half_way(switch, n, room)
                if failure := self.finish(client):
                    return failure, fired
            finally:
                client.close()
        return None, fired

    def fail_half_way(self, switch, n, room):
        select.select([self.server.worker.fd], [], [], PATIENCE)
        if switch:
            switch.arm(n)
        number = self.server.worker.take_nowhere(room)
        fired = bool(switch) and switch.fired(n)
        self.server.check("RUN without a place for events, %d" % number,
                          number in (errno.EFAULT, errno.ENOMEM if fired else 0), True)
        return fired


def get(target, count=1):
    return ["GET /%s HTTP/1.1\r\nHost: a\r\n\r\n" % target * count]


def split(text):
    """A head that comes in two pieces, the second one not small."""
    return [text[:10], text[10:-4] + "\r\nX: %s\r\n\r\n" % ("z" * 2000)]


def upload(size, chunked=False, expect=False):
    head = "POST /upload HTTP/1.1\r\nHost: a\r\n" + ("Expect: 100-continue\r\n" if expect else "")
    body = b"b" * size
    if not chunked:
        return [head + "Content-Length: %d\r\n\r\n" % size, body]
    half = size // 2
    return [head + "Transfer-Encoding: chunked\r\n\r\n",
            b"%x\r\n" % half + body[:half] + b"\r\n%x\r\n" % (size - half) + body[half:] + b"\r\n",
            "0\r\nSum: 1\r\nMore: 2\r\n\r\n"]


EXCHANGES = {
    "a GET": Exchange(get("get")),
    "a GET whose head comes in pieces": Exchange(split(get("get")[0])),
    "an answer with fields": Exchange(get("fields")),
    "an answer over a ring": Exchange(get("ring"), b""),
    "three GETs at once": Exchange(get("get", 3), count=3),
    "a GET behind a proxy's header": Exchange(
        ["PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + get("get")[0]], port=84),
    "an upload": Exchange(upload(9000), b"9000 0"),
    "a chunked upload with trailers": Exchange(upload(9000, chunked=True), b"9000 17"),
    "an upload that waits for 100": Exchange(upload(5000, expect=True), b"5000 0"),
    "an answer from the worker's memory": Exchange(get("user"), LARGE),
    "an answer of a fragment": Exchange(get("fragment"), LARGE[100:]),
    "a stream with a file and trailers": Exchange(get("stream"), LARGE + b"abc" + LARGE * 2,
                                                  {"sum": "9"}),
}
# Answered by the kernel, one in front of a body that nobody wants
REFUSALS = {
    "a worker cancels": Exchange(get("cancel"), None, status=502),
    "no prefix": Exchange(["GET / HTTP/1.1\r\nHost: other\r\n\r\n"], None, status=404),
    "not understood": Exchange(["GET / HTTP/1.1\r\n\r\n"], None, status=400),
    "refused with its body": Exchange(["TRACE / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                                       "\r\n12345"], None, status=405),
    "OPTIONS * with a body": Exchange(["OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                                       "\r\n12345"], None, status=204),
    "closed, with a page": Exchange(["GET / HTTP/1.1\r\nHost: shut\r\n\r\n"], b"x" * 40000,
                                    status=503),
    "closed, with a page and its body": Exchange(
        ["GET / HTTP/1.1\r\nHost: shut\r\nContent-Length: 5\r\n\r\n12345"], b"x" * 40000,
        status=503),
    "redirected with its body": Exchange(
        ["GET /a?b HTTP/1.1\r\nHost: moved\r\nContent-Length: 5\r\n\r\n12345"], b"",
        status=308),
}
STORED = {"small": b"small", "large": LARGE}
BOTH = Exchange(get("both", 2), count=2)
