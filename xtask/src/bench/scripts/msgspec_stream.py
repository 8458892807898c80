"""Counts the files of `restic ls --json` on standard input with msgspec's typed decoder."""

import datetime
import sys

import msgspec


class Node(msgspec.Struct):
    struct_type: str
    name: str = ""
    path: str = ""
    size: int = 0
    mtime: datetime.datetime | None = None


decode = msgspec.json.Decoder(Node).decode
files = size = 0
for line in sys.stdin.buffer:
    row = decode(line)
    if row.struct_type == "node":
        files += 1
        size += row.size
print(f"{files} rows, sum {size}")
