#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""usage: steady_load.py METHOD CLIENTS PORT [FILE]

Clients on connections of their own that ask for one thing after the other, each
with a number that none had before, until SIGTERM. Ends with one line: how many
were answered 200, 502, otherwise, how many connections ended before an answer,
and the longest and the 99.9th percentile of the times, in ms. FILE: the number
and the status of each.
"""
import signal
import socket
import sys
import threading
import time

METHOD, CLIENTS, PORT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ended = threading.Event()
lock = threading.Lock()
times, seen, lost = [], {}, []


def answer(s):
    have = b""
    while b"\r\n\r\n" not in have:
        more = s.recv(65536)
        if not more:
            raise ConnectionError("it ended before an answer")
        have += more
    head, _, body = have.partition(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n")
                  if line.lower().startswith(b"content-length:"))
    while len(body) < length:
        more = s.recv(65536)
        if not more:
            raise ConnectionError("it ended in an answer")
        body += more
    return int(head.split()[1])


def ask(s, number):
    text = "%s /?%d HTTP/1.1\r\nHost: localhost\r\n" % (METHOD, number)
    s.sendall((text + ("Content-Length: 0\r\n" if METHOD == "POST" else "") + "\r\n").encode())
    return answer(s)


def client(me):
    s, number = None, me
    while not ended.is_set():
        try:
            s = s or socket.create_connection(("127.0.0.1", PORT), 120)
            begun = time.monotonic()
            status = ask(s, number)
            with lock:
                times.append(time.monotonic() - begun)
                seen[number] = status
        except (OSError, StopIteration) as e:
            with lock:
                lost.append("%d: %s" % (number, e))
            s = None
        number += CLIENTS


def main():
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for t in threads:
        t.start()
    while not ended.wait(0.5):
        pass
    for t in threads:
        t.join()
    if len(sys.argv) > 4:
        with open(sys.argv[4], "w", encoding="ascii") as f:
            f.writelines("%d %d\n" % one for one in sorted(seen.items()))
    print("\n".join(lost[:10]), file=sys.stderr)
    answers = list(seen.values())
    order = sorted(times)
    ok, bad = answers.count(200), answers.count(502)
    print("ok=%d died=%d other=%d lost=%d longest=%d p999=%d" % (
        ok, bad, len(answers) - ok - bad, len(lost), order[-1] * 1000,
        order[len(order) * 999 // 1000] * 1000))


main()
