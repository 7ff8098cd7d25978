# SPDX-License-Identifier: MIT
"""An HTTP server that does what its path says, well or badly, for proxies."""
import json
import socket
import threading


class Connection:
    """One connection of a proxy's, in a thread of its own."""

    def __init__(self, sock, server):
        self.sock = sock
        self.server = server
        self.data = b""
        self.number = 0

    def fill(self):
        more = self.sock.recv(65536)
        self.data += more
        return bool(more)

    def until(self, mark):
        while mark not in self.data:
            if not self.fill():
                return None
        part, self.data = self.data.split(mark, 1)
        return part

    def pieces(self, fields):
        """The body, as it comes; trailers go to self.trailers."""
        self.trailers = []
        if fields.get("transfer-encoding") == "chunked":
            while size := int(self.until(b"\r\n"), 16):
                while len(self.data) < size + 2:
                    if not self.fill():
                        return
                yield self.data[:size]
                self.data = self.data[size + 2:]
            while line := self.until(b"\r\n"):
                self.trailers.append(line.decode("latin-1"))
            return
        left = int(fields.get("content-length", 0))
        while left:
            if not self.data and not self.fill():
                return
            piece, self.data = self.data[:left], self.data[left:]
            left -= len(piece)
            yield piece

    def send(self, data):
        self.sock.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))

    def answer(self, body, *lines, status="200 OK"):
        body = body.encode("latin-1") if isinstance(body, str) else body
        self.send("HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n" %
                  (status, len(body), "".join(line + "\r\n" for line in lines)))
        self.send(body)

    def chunk(self, data):
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def serve(self):
        try:
            while (head := self.until(b"\r\n\r\n")) is not None:
                self.number += 1
                self.lines = head.decode("latin-1").split("\r\n")
                self.method, self.target, _ = self.lines[0].split(" ")
                fields = {}
                for line in self.lines[1:]:
                    name, value = line.split(":", 1)
                    fields[name.lower()] = value.strip()
                word = self.target.split("?")[0].split("/")[-1].replace("-", "_")
                self.server.count(word)
                self.fields = fields
                if not getattr(self, "do_" + word, self.do_report)():
                    break
        except (ConnectionError, OSError):
            pass
        finally:
            self.sock.close()
            self.server.count("closed")

    # ---- good answers: True, the connection goes on

    def do_report(self):
        body = b"".join(self.pieces(self.fields))
        self.answer("" if self.method == "HEAD" else json.dumps({
            "lines": self.lines, "body": len(body), "trailers": self.trailers,
            "number": self.number}))
        return True

    def do_echo(self):
        """Both ways at once."""
        self.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in self.pieces(self.fields):
            self.chunk(piece)
        self.send("0\r\n\r\n")
        return True

    def do_fresh(self):
        self.answer("fresh %d" % self.server.counts["fresh"], "Cache-Control: max-age=60")
        return True

    def do_trailers(self):
        self.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n")
        self.chunk(b"body")
        self.send("0\r\nX-Sum: 12\r\nContent-Length: 3\r\n\r\n")
        return True

    def do_interim(self):
        self.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")
        self.answer("after hints")
        return True

    def do_hops(self):
        self.answer("x", "Connection: X-One, close", "X-One: 1", "Keep-Alive: timeout=5",
                    "Proxy-Authenticate: Basic", "Upgrade: h2c", "X-Two: 2", "Via: 1.0 other",
                    "Set-Cookie: a=1", "Set-Cookie: b=2", "Server: theirs",
                    "Date: Sun, 06 Nov 1994 08:49:37 GMT", status="418 Nonsense")
        return False

    def do_twice_the_same(self):
        self.answer("x", "Content-Type: text/plain", "Content-Type: text/plain")
        return True

    # ---- bad ones

    def do_no_length(self):
        self.send("HTTP/1.0 200 OK\r\nX-A: 1\r\n\r\n" + "n" * 100000)

    def do_mid_head(self):
        self.send("HTTP/1.1 200 OK\r\nContent-Le")

    def do_nothing(self):
        pass

    def do_short(self):
        self.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")

    def do_cut_length(self):
        self.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + "c" * 500000)

    def do_cut_chunk(self):
        self.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        self.chunk(b"c" * 200000)

    def do_early(self):
        """An answer although the body is not read, and never will be."""
        self.answer("too large", "Connection: close", status="413 Content Too Large")
        self.sock.shutdown(socket.SHUT_WR)
        while self.fill():
            self.data = b""

    def do_second(self):
        """Closes instead of an answer to the second request of a connection."""
        if self.number == 1:
            self.answer("first")
            return True

    def do_silent(self):
        """No answer and no reading, until the other side has gone."""
        self.server.silent(self)

    def do_endless(self):
        self.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            self.chunk(b"e" * 10000)
            self.server.count("endless_pieces")

    def raw(self, *lines):
        self.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n" + "\r\n".join(lines) + "\r\n\r\nx")

    def do_bare_cr(self):
        self.raw("X-A: one\rX-Evil: two")

    def do_nul(self):
        self.raw("X-A: one\0two")

    def do_folded(self):
        self.raw("X-A: one", " two")

    def do_no_colon(self):
        self.raw("X-A one")

    def do_bad_name(self):
        self.raw("X A: one")

    def do_two_types(self):
        self.raw("Content-Type: text/plain", "Content-Type: text/html")

    def do_two_lengths(self):
        self.raw("Content-Length: 2")

    def do_odd_coding(self):
        self.raw("Transfer-Encoding: xor, chunked")

    def do_odd_length(self):
        self.send("HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx")

    def do_large_head(self):
        self.raw(*["X-Large-%d: %s" % (i, "l" * 1000) for i in range(100)])

    def do_odd_status(self):
        self.answer("x", status="999 Odd")

    def do_switch(self):
        self.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n")

    def do_no_http(self):
        self.send("SSH-2.0-OpenSSH\r\n")


class Upstream:
    def __init__(self, port):
        self.counts = {}
        self.changed = threading.Condition()
        self.listening = socket.create_server(("127.0.0.1", port), backlog=128)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            sock, _ = self.listening.accept()
            self.count("accepted")
            threading.Thread(target=Connection(sock, self).serve, daemon=True).start()

    def count(self, what):
        with self.changed:
            self.counts[what] = self.counts.get(what, 0) + 1
            self.changed.notify_all()

    def silent(self, connection):
        self.count("waiting")
        if connection.fields.get("content-length", "0") != "0":
            self.wait("release", 1)     # an upload that nobody reads
        else:
            while connection.fill():
                pass
        self.count("silent_over")

    def get(self, what):
        return self.counts.get(what, 0)

    def wait(self, what, count, seconds=60):
        with self.changed:
            return self.changed.wait_for(lambda: self.get(what) >= count, seconds)
