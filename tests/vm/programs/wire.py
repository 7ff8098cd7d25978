# SPDX-License-Identifier: MIT
"""HTTP byte by byte, for cases in which a real client would be too polite.

Used by the python parts of cases: PYTHONPATH=$programs python3 - <<'END'
"""
import glob
import json
import socket
import sys
import time

problems = []


def check(what, got, expected):
    """Notes a difference; finish() ends the program with the verdict."""
    if got != expected:
        problems.append("%s: got %r, expected %r" % (what, got, expected))
        print(problems[-1], file=sys.stderr, flush=True)


def finish():
    sys.exit(1 if problems else 0)


class Closed(Exception):
    """The server closed the connection before an answer."""


class Answer:
    def __init__(self, status, fields, body, trailers):
        self.status = status
        self.fields = fields            # names in lower case
        self.body = body
        self.trailers = trailers

    def json(self):
        return json.loads(self.body)


def is_asleep(stat):
    with open(stat) as f:
        return f.read().rpartition(")")[2].split()[0] == "S"


def wait_for_rest(*pids):
    """Until each thread of these processes waits for something."""
    for pid in pids:
        for stat in glob.glob("/proc/%s/task/*/stat" % pid):
            while not is_asleep(stat):
                time.sleep(0.001)


class Client:
    def __init__(self, port, host="127.0.0.1", timeout=30):
        self.sock = socket.create_connection((host, port), timeout)
        self.data = b""

    def send(self, data):
        self.sock.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))

    def finish(self):
        self.sock.shutdown(socket.SHUT_WR)

    def close(self):
        self.sock.close()

    def reset(self):
        """Close with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.sock.close()

    def more(self):
        data = self.sock.recv(65536)
        self.data += data
        return len(data)

    def until(self, mark):
        while mark not in self.data:
            if not self.more():
                raise Closed("after %r" % self.data)
        line, self.data = self.data.split(mark, 1)
        return line

    def exactly(self, count):
        while len(self.data) < count:
            if not self.more():
                raise Closed("%d of %d bytes" % (len(self.data), count))
        part, self.data = self.data[:count], self.data[count:]
        return part

    def to_end(self):
        while self.more():
            pass
        part, self.data = self.data, b""
        return part

    def chunks(self):
        body = b""
        while size := int(self.until(b"\r\n").split(b";")[0], 16):
            body += self.exactly(size)
            self.until(b"\r\n")
        trailers = {}
        while line := self.until(b"\r\n"):
            name, value = line.decode("latin-1").split(":", 1)
            trailers[name.lower()] = value.strip()
        return body, trailers

    def answer(self, head=False):
        """The next answer. HEAD: there is no body whatever the fields say."""
        lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        fields = {}
        for line in lines[1:]:
            name, value = line.split(":", 1)
            fields[name.lower()] = value.strip()
        body, trailers = b"", {}
        if head or status in (204, 304) or status < 200:
            pass
        elif "chunked" in fields.get("transfer-encoding", ""):
            body, trailers = self.chunks()
        elif "content-length" in fields:
            body = self.exactly(int(fields["content-length"]))
        else:
            body = self.to_end()
        return Answer(status, fields, body, trailers)

    def ask(self, text, head=False):
        self.send(text)
        return self.answer(head)

    def closed(self):
        """Waits for the server's end; True when nothing came before it."""
        try:
            return not self.data and not self.more()
        except ConnectionResetError:
            return True


def once(port, text, host="127.0.0.1"):
    """One request on a connection of its own; the answer, or why there is none."""
    client = Client(port, host)
    try:
        return client.ask(text, text.startswith("HEAD "))
    finally:
        client.close()
