# SPDX-License-Identifier: MIT
"""What runs while nobody else does, where an instruction is a nanosecond.

There an idle machine's time is the host's, with all that holds the host up. With this it
is instructions, too; and so cheap ones that the emulator does many at once: it passes
faster than the host's.
"""
import ctypes
import mmap
import os

# No more, so that what the machine has of the host does not seem to hang
NOPS = 120

page = mmap.mmap(-1, mmap.PAGESIZE, prot=7)     # read, write, execute
page.write(b"\x90" * NOPS + b"\xeb" + (256 - NOPS - 2).to_bytes(1, "little"))
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
