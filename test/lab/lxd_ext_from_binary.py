#!/usr/bin/env python3
"""Read the ordered list of API extensions out of an lxd ELF binary, without starting it.

usage: lxd_ext_from_binary.py BINARY [--names]

Finds the string of the first extension ever, the Go string header {pointer, length} that points to it, and the slice header
{pointer, length, capacity} that points to that. Position-dependent (non-PIE) 64-bit binaries only, which is how LXD is built.
"""
import struct
import sys
from collections import namedtuple

FIRST = b"storage_zfs_remove_snapshots"
PLAUSIBLE = range(50, 5000)
Header = namedtuple("Header", "offset entries length")


class Elf:
    """The loadable segments of a 64-bit ELF file, and the way between addresses and file offsets."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        if self.data[:4] != b"\x7fELF" or self.data[4] != 2:
            sys.exit(f"{path} is not a 64-bit ELF file")
        self.order = "<" if self.data[5] == 1 else ">"
        (table,) = self.unpack("Q", 32)
        size, count = self.unpack("HH", 54)
        headers = [self.unpack("IIQQQQQQ", table + i * size) for i in range(count)]
        self.segments = [(h[3], h[2], h[5]) for h in headers if h[0] == 1]

    def unpack(self, fields, offset):
        return struct.unpack_from(self.order + fields, self.data, offset)

    def pack(self, fields, *values):
        return struct.pack(self.order + fields, *values)

    def pack_into(self, image, fields, offset, *values):
        struct.pack_into(self.order + fields, image, offset, *values)

    def address(self, offset):
        return next((va + offset - at for va, at, size in self.segments if at <= offset < at + size), None)

    def offset(self, address):
        return next((at + address - va for va, at, size in self.segments if va <= address < va + size), None)

    def occurrences(self, needle):
        at = self.data.find(needle)
        while at >= 0:
            yield at
            at = self.data.find(needle, at + 1)


def slice_headers(elf):
    """Every Go slice header that looks like the list of extensions."""
    for text in elf.occurrences(FIRST):
        address = elf.address(text)
        if address is None:
            continue
        for entries in elf.occurrences(elf.pack("QQ", address, len(FIRST))):
            for at in elf.occurrences(elf.pack("Q", elf.address(entries))):
                length, capacity = elf.unpack("QQ", at + 8)
                if length == capacity and length in PLAUSIBLE:
                    yield Header(at, entries, length)


def names(elf, header):
    for i in range(header.length):
        address, length = elf.unpack("QQ", header.entries + 16 * i)
        at = elf.offset(address)
        yield elf.data[at:at + length].decode("ascii", "replace")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    binary = Elf(sys.argv[1])
    for found in slice_headers(binary):
        extensions = list(names(binary, found))
        print(*(extensions if sys.argv[2:] == ["--names"] else [len(extensions), extensions[-1]]))
