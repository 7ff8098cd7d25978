# SPDX-License-Identifier: MIT
"""io_uring by hand: a command, and what became of it."""
import errno
import mmap
import os
import struct
from ctypes import create_string_buffer

from faults import call

SETUP, ENTER = 425, 426             # system calls
URING_CMD, GETEVENTS, OFF_SQES = 46, 1, 0x10000000
ENTRIES, ENTRY, RESULT = 4, 64, 16


class Ring:
    """One command at a time, so that each finds the same entry free."""

    def __init__(self):
        parameters = create_string_buffer(120)
        self.fd = call("syscall", SETUP, ENTRIES, parameters)
        self.head, self.tail, _, _, _, _, array = struct.unpack_from("7I", parameters, 40)
        self.done_head, self.done_tail, mask, _, _, self.results = struct.unpack_from(
            "6I", parameters, 80)
        n = struct.unpack_from("I", parameters, 4)[0]
        self.rings = mmap.mmap(self.fd, max(array + 4 * ENTRIES, self.results + RESULT * n))
        self.entries = mmap.mmap(self.fd, ENTRY * ENTRIES, offset=OFF_SQES)
        self.mask = self.number(mask)
        for i in range(ENTRIES):
            self.set(array + 4 * i, 0)

    def close(self):
        self.entries.close()
        self.rings.close()
        os.close(self.fd)

    def number(self, at):
        return struct.unpack_from("I", self.rings, at)[0]

    def set(self, at, value):
        struct.pack_into("I", self.rings, at, value & 0xffffffff)

    def command(self, fd, number, request):
        """Its result; OSError when that is an errno, or there is no memory for it."""
        self.entries[:ENTRY] = struct.pack("BBHiQQIIQHHiQQ", URING_CMD, 0, 0, fd, number, 0, 0,
                                           0, 0, 0, 0, 0, request, 0)
        tail = self.number(self.tail)
        self.set(self.tail, tail + 1)
        try:
            call("syscall", ENTER, self.fd, 1, 1, GETEVENTS, None, 0)
        except OSError as e:
            if self.number(self.head) == tail:
                self.set(self.tail, tail)
                raise OSError(errno.ENOMEM, "io_uring: " + os.strerror(e.errno)) from e
        while self.number(self.done_head) == self.number(self.done_tail):
            call("syscall", ENTER, self.fd, 0, 1, GETEVENTS, None, 0)
        head = self.number(self.done_head)
        result = struct.unpack_from("i", self.rings,
                                    self.results + RESULT * (head & self.mask) + 8)[0]
        self.set(self.done_head, head + 1)
        if result < 0:
            raise OSError(-result, os.strerror(-result))
        return result
