#!/usr/bin/env python3
"""Make an older point release out of an installed LXD binary.

usage: older.py SOURCE TARGET COUNT OLD-VERSION NEW-VERSION

The extension lists of an LTS series are append-only, so the first 313 of 5.0.2's 318 extensions are exactly 5.0.1's list.
Only the list's Go slice header {pointer, length, capacity} and the version string (same length, one occurrence) are changed:
the daemon's /1.0, its row in the nodes table, its --version and its start-up check all become the older release's.
"""
import os
import sys

from lxd_ext_from_binary import Elf, slice_headers


def make_older(source, target, count, old, new):
    elf = Elf(source)
    headers = list(slice_headers(elf))
    if len(headers) != 1:
        sys.exit(f"older.py: expected one extension list in {source}, found {len(headers)}")
    if headers[0].length < count:
        sys.exit(f"older.py: {source} knows only {headers[0].length} extensions, cannot make {count}")
    image = bytearray(elf.data)
    elf.pack_into(image, "QQ", headers[0].offset + 8, count, count)
    if len(old) != len(new) or elf.data.count(old) != 1:
        sys.exit(f"older.py: the version {old.decode()} is not unique in {source}")
    at = elf.data.find(old)
    image[at:at + len(new)] = new
    with open(target, "wb") as file:
        file.write(image)
    os.chmod(target, 0o755)


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    make_older(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4].encode(), sys.argv[5].encode())
