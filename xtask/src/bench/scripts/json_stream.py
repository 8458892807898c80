"""Counts the files of `restic ls --json` on standard input with the standard library."""

import json
import sys

files = size = 0
for line in sys.stdin.buffer:
    row = json.loads(line)
    if row["struct_type"] == "node":
        files += 1
        size += row.get("size", 0)
print(f"{files} rows, sum {size}")
