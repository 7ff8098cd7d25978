# SPDX-License-Identifier: MIT
"""What a second processor brings: two machines at once (tests/bench/scaling), one of two
processors, which is measured, and one of one, which does the same beside it or rests.

A host's processors share its memory and part of its caches, and a program that is
emulated uses much of both: two machines that have nothing else in common make less than
twice what one alone makes. They are what one machine with two processors is held against.
"""
import collections
import os
import socket
import statistics
import subprocess
import sys
import time

BENCH = os.path.dirname(os.path.realpath(__file__))
VM = os.path.dirname(os.path.dirname(BENCH)) + "/scripts/vm"
SERVERS = "khttp-hit", "khttp-server-ioctl-batch", "khttp-server-uring-batch", "nginx"
PORT = 7000
BOOT_SECONDS = 120


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Machine:
    def __init__(self, kernel, processors):
        self.port = free_port()
        self.vm = subprocess.Popen(
            [VM, "--kernel", kernel, "--cpus", str(processors), "--memory", "4G",
             "--forward", "%d:%d" % (self.port, PORT), "--", BENCH + "/scaling", str(PORT)],
            stdout=subprocess.DEVNULL)

    def connect(self):
        """The emulator takes connections long before its machine does, and drops them."""
        deadline = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < deadline and self.vm.poll() is None:
            try:
                self.told = socket.create_connection(("127.0.0.1", self.port)).makefile("rw")
                if self.told.readline() == "ready\n":
                    return
            except OSError:
                pass
            time.sleep(0.2)
        sys.exit("scripts/bench: a machine did not begin")

    def ask(self, *words):
        print(*words, file=self.told, flush=True)
        answer = self.told.readline().strip()
        if not answer:
            sys.exit("scripts/bench: a machine ended at '%s'" % " ".join(words))
        return answer

    def end(self):
        self.told.close()
        if self.vm.wait():
            sys.exit("scripts/bench: a machine ended with status %d" % self.vm.returncode)


def one_round(measured, beside, rates):
    for server in SERVERS:
        rates[server, "alone"].append(float(measured.ask("run", server, "1")))
        beside.ask("load", server)
        rates[server, "beside"].append(float(measured.ask("run", server, "1")))
        beside.ask("rest")
        rates[server, "two"].append(float(measured.ask("run", server, "2")))


def measure(kernel, rounds):
    """Lists by server and "alone", "beside", "two": requests in a second in each round"""
    machines = Machine(kernel, 2), Machine(kernel, 1)
    rates = collections.defaultdict(list)
    try:
        for machine in machines:
            machine.connect()
        for _ in range(rounds):
            one_round(*machines, rates)
        for machine in machines:
            machine.end()
    finally:
        for machine in machines:
            machine.vm.terminate()
    return rates


def gain(rates, server, against):
    """Of each round by itself, since the host may be slower for a while; the median"""
    return statistics.median(two / one for one, two in zip(rates[server, against],
                                                           rates[server, "two"]))


def compare(kernel, rounds):
    """Prints medians; True when khttp gains as much as nginx, held against either"""
    rates = measure(kernel, rounds)
    print("%-26s %9s %9s %9s %9s %9s" % ("REQUESTS/SECOND OF", "ONE", "BESIDE", "TWO",
                                         "TO ONE", "TO BESIDE"))
    for server in SERVERS:
        print("%-26s %9.0f %9.0f %9.0f %9.2f %9.2f" % (
            server, *(statistics.median(rates[server, what])
                      for what in ("alone", "beside", "two")),
            gain(rates, server, "alone"), gain(rates, server, "beside")))
    return all(gain(rates, server, against) >= gain(rates, "nginx", against)
               for server in SERVERS for against in ("alone", "beside"))
