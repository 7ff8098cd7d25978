# SPDX-License-Identifier: MIT
"""/dev/khttp by hand: a worker that sees the errno of each of its calls."""
import ctypes
import fcntl
import mmap
import os
import select
import struct
from ctypes import addressof, create_string_buffer


def _number(direction, nr, size):
    return direction << 30 | size << 16 | 0xb8 << 8 | nr


ATTACH = _number(3, 1, 104)
RUN = _number(3, 2, 40)
READ = _number(1, 3, 24)
COMMIT = _number(1, 4, 16)
CANCEL = _number(1, 5, 16)
DRAIN = _number(0, 6, 0)
PURGE = _number(3, 7, 24)
FRAGMENT_ADD = _number(1, 11, 48)
FRAGMENT_READ = _number(3, 12, 48)
LOG = _number(3, 17, 80)
U_COMMIT = _number(1, 34, 16)       # of io_uring

RUN_NOWAIT, READ_TRAILERS, PURGE_RECURSIVE, EV_REQUEST = 1, 2, 1, 1
HEAD, MORE, CACHE, LENGTH, TRAILERS, SHUT = 1, 2, 8, 16, 32, 64
NONBLOCK = 1
NONE, SLOT, USER, FILE, FRAGMENT = 0, 1, 2, 3, 4
UNKNOWN = UNTIL_PURGED = -1
AREA = 8192
FIELDS_AT, BODY_AT = 80, 1024       # of the reply area


def field(name, value):
    """One record of a field block."""
    return struct.pack("HH", len(name), len(value)) + name + value


def open_log(queue, texts=0):
    """A descriptor that gives the records of the queue's requests, with these texts."""
    device = os.open("/dev/khttp", os.O_RDWR | os.O_CLOEXEC)
    try:
        ask = struct.pack("64sIIII", queue.encode(), texts, 0, 0, 0)
        return fcntl.ioctl(device, LOG, bytearray(ask), True)
    finally:
        os.close(device)


class Worker:
    """A worker with few and small slots. Every method may raise OSError."""

    def __init__(self, queue, slots=2):
        self.map = None
        self.fd = os.open("/dev/khttp", os.O_RDWR | os.O_CLOEXEC)
        try:
            attach = struct.pack("64sIIIIIIQQ", queue.encode(), 0, 0, slots, AREA, AREA, 0, 0, 0)
            fcntl.ioctl(self.fd, ATTACH, bytearray(attach), True)
            self.map = mmap.mmap(self.fd, slots * 2 * AREA)
        except OSError:
            self.close()
            raise
        self.event = create_string_buffer(16)

    def close(self):
        if self.map:
            self.map.close()
        os.close(self.fd)

    def take(self, wait_ms):
        """Id of the next request; 0: none came."""
        poll = select.poll()
        poll.register(self.fd, select.POLLIN)
        if not poll.poll(wait_ms):
            return 0
        run = struct.pack("QQQIIII", 0, 0, addressof(self.event), 0, 1, RUN_NOWAIT, 0)
        if not fcntl.ioctl(self.fd, RUN, bytearray(run), True):
            return 0
        request, events, _ = struct.unpack("QII", self.event.raw)
        return request if events & EV_REQUEST else 0

    def take_nowhere(self, room):
        """RUN that takes what there is and cannot tell it; its errno."""
        run = struct.pack("QQQIIII", 0, 0, 8, 0, room, RUN_NOWAIT, 0)
        try:
            return -fcntl.ioctl(self.fd, RUN, bytearray(run), True)
        except OSError as e:
            return e.errno

    def slot(self, request):
        return (request & 0xffff) * 2 * AREA

    def request_id(self, request):
        """As logs have it."""
        return "%d-%d" % struct.unpack_from("QQ", self.map, self.slot(request) + 8)

    def target(self, request):
        at = self.slot(request)
        off, length = struct.unpack_from("II", self.map, at + 64 + 3 * 8)
        return self.map[at + off:at + off + length].decode()

    def read(self, request, flags=0):
        """Body bytes, b"" at the end; or the trailers' field block."""
        buffer = create_string_buffer(16384)
        what = struct.pack("QQII", request, addressof(buffer), len(buffer), flags)
        count = fcntl.ioctl(self.fd, READ, bytearray(what), True)
        return buffer.raw[:count]

    def read_all(self, request):
        at = self.slot(request)
        off, length = struct.unpack_from("II", self.map, at + 64 + 8 * 8)
        body = self.map[at + off:at + off + length]
        while more := self.read(request):
            body += more
        return body

    def fill(self, request, flags, fields=b"", n_fields=0, kind=NONE, fd=-1, at=0,
             length=0, ttl=0, status=200, announced=0, name=b"", log=b""):
        """The reply of its slot, for a commit."""
        reply = self.slot(request) + AREA
        self.map[reply:reply + FIELDS_AT] = struct.pack(
            "QIHHIIQIiQqIII4xI4x", 0, flags, status if flags & HEAD else 0, n_fields,
            AREA + FIELDS_AT, len(fields), announced, kind, fd, at, length, ttl,
            AREA + BODY_AT if name else 0, len(name), len(log))
        self.map[reply + BODY_AT:reply + BODY_AT + len(name)] = name
        block = fields + log
        self.map[reply + FIELDS_AT:reply + FIELDS_AT + len(block)] = block

    def commit(self, request, flags, *reply, how=0, **more):
        """What COMMIT says to this reply: body bytes taken."""
        self.fill(request, flags, *reply, **more)
        return fcntl.ioctl(self.fd, COMMIT, bytearray(struct.pack("QII", request, how, 0)), True)

    def upgrade(self, request, protocol=b"raw", flags=HEAD | MORE, **more):
        return self.commit(request, flags, field(b"Upgrade", protocol), 1, status=101, **more)

    def answer(self, request, body, flags=HEAD, **more):
        """Bytes as (a piece of) the body: small ones stand in the slot."""
        if len(body) <= AREA - BODY_AT:
            reply = self.slot(request) + AREA + BODY_AT
            self.map[reply:reply + len(body)] = body
            return self.commit(request, flags, kind=SLOT, at=BODY_AT, length=len(body), **more)
        data = ctypes.c_char_p(body)
        return self.commit(request, flags, kind=USER, at=ctypes.cast(data, ctypes.c_void_p).value,
                           length=len(body), **more)

    def cancel(self, request):
        fcntl.ioctl(self.fd, CANCEL, struct.pack("QII", request, 0, 0))

    def purge(self, url):
        data = create_string_buffer(url)
        what = bytearray(struct.pack("QIIQ", addressof(data), len(url), PURGE_RECURSIVE, 0))
        fcntl.ioctl(self.fd, PURGE, what, True)
        return struct.unpack_from("Q", what, 16)[0]

    def add_fragment(self, name, data, ttl=UNTIL_PURGED, tags=b"", at=0, length=None, flags=0):
        """Keeps these bytes, or those at an address, by that name."""
        held = ctypes.create_string_buffer(data, len(data) + 1)
        named, tagged = create_string_buffer(name), create_string_buffer(tags)
        fcntl.ioctl(self.fd, FRAGMENT_ADD, struct.pack(
            "QIiQQQII", addressof(named), len(name), ttl, at or addressof(held),
            len(data) if length is None else length, addressof(tagged), len(tags), flags))

    def read_fragment(self, name, offset=0, room=1 << 20, flags=0):
        """Its bytes from there on, and how many it has."""
        buffer, named = create_string_buffer(room), create_string_buffer(name)
        what = bytearray(struct.pack("QIIQQQQ", addressof(named), len(name), flags, offset,
                                     addressof(buffer), room, 0))
        count = fcntl.ioctl(self.fd, FRAGMENT_READ, what, True)
        return buffer.raw[:count], struct.unpack_from("Q", what, 40)[0]
