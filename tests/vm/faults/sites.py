# SPDX-License-Identifier: MIT
"""The places of a module's code that ask whether an allocation fails."""
import subprocess

CALL = "khttp_alloc_fails"


def _lines(option, path):
    text = subprocess.run(["readelf", "-W", option, path], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    return [line.split() for line in text.split("\n")]


def _functions(path):
    """(section's number, first byte, size, name) of each function"""
    for words in _lines("-s", path):
        if len(words) == 8 and words[3] == "FUNC":
            yield words[6], int(words[1], 16), int(words[2], 0), words[7]


def _calls(path):
    """(section's name, where a call of it returns to)"""
    section = None
    for words in _lines("-r", path):
        if words[:2] == ["Relocation", "section"]:
            section = words[2].strip("'").removeprefix(".rela")
        elif len(words) > 4 and words[4] == CALL:
            yield section, int(words[0], 16) + 4


def sites(path):
    """As the kernel's log names them: function+0xoffset."""
    numbers = {}
    for words in _lines("-S", path):
        text = " ".join(words).replace("[ ", "[")
        if text.startswith("[") and text[1].isdigit():
            number, name = text[1:].split("]")[0], text.split()[1]
            numbers[name] = number
    functions = list(_functions(path))
    found = set()
    for section, at in _calls(path):
        for number, first, size, name in functions:
            if number == numbers[section] and first < at <= first + size:
                found.add("%s+%#x" % (name, at - first))
    return found
