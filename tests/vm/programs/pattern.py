# SPDX-License-Identifier: MIT
"""usage: pattern.py MIB [DIGEST]

Writes as many mebibytes, none like another, and then their SHA-256 to a file.
"""
import hashlib
import os
import sys

LINE = b"%015d\n"


def main():
    block = os.urandom((1 << 20) - len(LINE % 0))
    digest = hashlib.sha256()
    out = sys.stdout.buffer
    for i in range(int(sys.argv[1])):
        for part in (LINE % i, block):
            if len(sys.argv) > 2:
                digest.update(part)
            out.write(part)
    out.flush()
    if len(sys.argv) > 2:
        with open(sys.argv[2], "w") as f:
            f.write(digest.hexdigest())


main()
