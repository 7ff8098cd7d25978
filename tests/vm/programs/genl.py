# SPDX-License-Identifier: MIT
"""Generic netlink by hand, to send what libkhttp never would."""
import os
import re
import socket
import struct

NETLINK_GENERIC = 16
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x100, 0x200
NLMSG_ERROR, NLMSG_DONE = 2, 3
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_MCAST_GROUPS = 1, 2, 7
NLMSGERR_ATTR_MSG = 1
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 1, 10, 11


def attribute(kind, data):
    return struct.pack("HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)


def string(kind, text):
    return attribute(kind, text.encode() + b"\0")


def number(kind, value):
    return attribute(kind, struct.pack("I", value))


def number64(kind, value):
    return attribute(kind, struct.pack("Q", value))


def nest(kind, attributes):
    return attribute(kind | 0x8000, attributes)


def walk(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from("HH", data)
        yield kind & 0x3fff, data[4:length]
        data = data[(length + 3) & ~3:]


def enums():
    """Number by name, of each enum of the ABI's header."""
    header = os.path.join(os.path.dirname(__file__), "../../../include/uapi/linux/khttp.h")
    with open(header) as f:
        text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    for body in re.findall(r"\benum \w+ \{(.*?)\}", text, flags=re.S):
        yield {word.strip(): n for n, word in enumerate(body.split(","))}


ENUMS = list(enums())


def uapi(name):
    """The number of KHTTP_<name> in the first enum that has it."""
    for members in ENUMS:
        if "KHTTP_" + name in members:
            return members["KHTTP_" + name]
    raise KeyError(name)


class Family:
    def __init__(self, name):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.bind((0, 0))
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self.sock.settimeout(30)
        self.sequence = 0
        self.send(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, string(CTRL_ATTR_FAMILY_NAME, name), 0)
        reply = self.sock.recv(65536)
        attributes = dict(walk(reply[20:]))
        self.id = struct.unpack("H", attributes[CTRL_ATTR_FAMILY_ID])[0]
        groups = [dict(walk(data)) for _, data in walk(attributes[CTRL_ATTR_MCAST_GROUPS])]
        self.groups = {group[1].rstrip(b"\0").decode(): struct.unpack("I", group[2])[0]
                       for group in groups}
        self.sock.recv(65536)

    def send(self, family, command, attributes, flags):
        self.sequence += 1
        payload = struct.pack("BBH", command, 1, 0) + attributes
        payload += b"\0" * (-len(payload) % 4)
        self.sock.send(struct.pack("IHHII", 16 + len(payload), family,
                                   NLM_F_REQUEST | NLM_F_ACK | flags,
                                   self.sequence, 0) + payload)

    def join(self, group):
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, self.groups[group])

    def replies(self):
        """(kind, flags, message) of what answers the last one sent, and its end."""
        while True:
            data = self.sock.recv(65536)
            while data:
                length, kind, flags, sequence, _ = struct.unpack_from("IHHII", data)
                message, data = data[:length], data[(length + 3) & ~3:]
                if sequence != self.sequence:
                    continue
                yield kind, flags, message
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    return

    def ask(self, command, attributes, dump=False):
        """(errno, extack text); 0 when it was accepted. What it told is in rows."""
        self.send(self.id, command, attributes, NLM_F_DUMP if dump else 0)
        *told, (kind, flags, message) = self.replies()
        self.rows = [dict(walk(row[20:])) for told_kind, _, row in told if told_kind == self.id]
        errno = -struct.unpack_from("i", message, 16)[0]
        tail = message[36:] if kind == NLMSG_ERROR else message[20:]
        text = ""
        if flags & NLM_F_ACK_TLVS:
            text = next((d.rstrip(b"\0").decode() for k, d in walk(tail)
                         if k == NLMSGERR_ATTR_MSG), "")
        return errno, text

    def dump(self, command):
        """The attributes of every message, by their kind."""
        self.ask(command, b"", dump=True)
        return self.rows
