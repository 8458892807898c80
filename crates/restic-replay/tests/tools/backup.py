"""A small backup tool, which tries itself out in a directory of its own."""

import filecmp
import json
import os
import subprocess
import tempfile

with tempfile.TemporaryDirectory() as directory:
    environment = dict(
        os.environ,
        RESTIC_PASSWORD="worth-nothing-elsewhere",
        RESTIC_REPOSITORY=f"{directory}/repo",
    )

    def restic(*words):
        done = subprocess.run(
            ["restic", *words], env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    source, target = f"{directory}/src", f"{directory}/restored"
    os.makedirs(f"{source}/deep")
    for name, content in [("notes.txt", b"a few words\n"), ("deep/data.bin", b"\x00\xff")]:
        with open(f"{source}/{name}", "wb") as file:
            file.write(content)

    restic("init")
    lines = restic("--json", "backup", "--host", "tool", source).splitlines()
    saved = json.loads(lines[-1])
    assert saved["files_new"] == 2, saved
    (snapshot,) = json.loads(restic("--json", "snapshots"))
    assert snapshot["id"].startswith(saved["snapshot_id"][:8]), snapshot
    assert snapshot["paths"] == [source], snapshot
    restic("restore", "latest", "--target", target)
    for name in ["notes.txt", "deep/data.bin"]:
        assert filecmp.cmp(f"{source}/{name}", f"{target}{source}/{name}", shallow=False), name
    restic("forget", "--keep-last", "1", "--prune")
