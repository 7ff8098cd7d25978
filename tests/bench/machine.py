# SPDX-License-Identifier: MIT
"""What runs in the machine for every kind of measurement: servers, and wrk."""
import os
import socket
import subprocess
import time

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
ROOT = "/tmp/bench/www"
GROUP = "/sys/fs/cgroup/bench"
MODULE = "%s/build/kmod-%s/khttp.ko" % (TOP, os.uname().release)
FLOOR = "%s/build/floor-%s/floor.ko" % (TOP, os.uname().release)
PORT = 8080
FILES = {"1k": 1 << 10, "16k": 1 << 14, "128k": 1 << 17, "100m": 100 << 20}


class Failed(Exception):
    """A line could not be measured; the others can."""


def make_files():
    os.makedirs(ROOT, exist_ok=True)
    for name, size in FILES.items():
        with open("%s/%s" % (ROOT, name), "wb") as f:
            f.write(b"x" * size)


def allow_many_connections():
    for name, value in (("net/ipv4/ip_local_port_range", "1024 65535"),
                        ("net/core/somaxconn", "65535"),
                        ("net/ipv4/tcp_max_syn_backlog", "65535")):
        with open("/proc/sys/" + name, "w") as f:
            f.write(value)


def in_group():
    with open(GROUP + "/cgroup.procs", "w") as f:
        f.write(str(os.getpid()))


def answers():
    try:
        with socket.create_connection(("127.0.0.1", PORT), 60) as s:
            s.sendall(b"GET /1k HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n")
            return s.recv(4096).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def start(server, processes=1):
    os.makedirs(GROUP, exist_ok=True)
    if server == "none":
        return
    if server.startswith("khttp"):
        subprocess.run(["insmod", MODULE], check=True)
    if server == "floor":
        subprocess.run(["insmod", FLOOR, "port=%d" % PORT], check=True)
    else:
        subprocess.run([HERE + "/serve", server, str(processes)], check=True,
                       preexec_fn=in_group)
    deadline = time.monotonic() + 60
    while not answers():
        if time.monotonic() > deadline:
            raise Failed("%s does not answer" % server)
        time.sleep(0.05)


def stop(server):
    with open(GROUP + "/cgroup.kill", "w") as f:
        f.write("1")
    while "populated 1" in open(GROUP + "/cgroup.events").read():
        time.sleep(0.01)
    if server.startswith("khttp"):
        while subprocess.run(["rmmod", "khttp"]).returncode:
            time.sleep(0.1)
    # It may not have come so far
    if server == "floor" and os.path.isdir("/sys/module/floor"):
        subprocess.run(["rmmod", "floor"], check=True)
    if os.path.exists("/tmp/bench/app.sock"):
        os.unlink("/tmp/bench/app.sock")


def wrk_command(words, threads=1):
    at = next(i for i, w in enumerate(words) if w.startswith("/"))
    return ["wrk", "-t%d" % threads, "-d60", "--timeout", "60s", "-s", HERE + "/wrk.lua",
            *words[:at], "http://127.0.0.1:%d%s" % (PORT, words[at]), "--", *words[at + 1:]]


def prepare():
    os.environ["PATH"] = ":".join(
        TOP + "/build/user/" + d for d in ("khttpctl", "libkhttp/workers", "tests")
    ) + ":" + os.environ["PATH"]
    make_files()
    allow_many_connections()
