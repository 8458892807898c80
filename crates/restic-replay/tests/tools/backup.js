// A small backup tool, which tries itself out in a directory of its own.
const assert = require("node:assert");
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const directory = fs.mkdtempSync(path.join(os.tmpdir(), "tool-"));
try {
  const env = {
    ...process.env,
    RESTIC_PASSWORD: "worth-nothing-elsewhere",
    RESTIC_REPOSITORY: path.join(directory, "repo"),
  };
  const restic = (...words) => execFileSync("restic", words, { env, encoding: "utf8" });

  const source = path.join(directory, "src");
  const target = path.join(directory, "restored");
  fs.mkdirSync(path.join(source, "deep"), { recursive: true });
  fs.writeFileSync(path.join(source, "notes.txt"), "a few words\n");
  fs.writeFileSync(path.join(source, "deep/data.bin"), Buffer.from([0, 255]));

  restic("init");
  const lines = restic("--json", "backup", "--host", "tool", source).trim().split("\n");
  const saved = JSON.parse(lines.at(-1));
  assert.equal(saved.files_new, 2);
  const snapshots = JSON.parse(restic("--json", "snapshots"));
  assert.deepEqual(snapshots[0].paths, [source]);
  assert(snapshots[0].id.startsWith(saved.snapshot_id.slice(0, 8)));
  restic("restore", "latest", "--target", target);
  for (const name of ["notes.txt", "deep/data.bin"]) {
    const restored = fs.readFileSync(path.join(target, source, name));
    assert(restored.equals(fs.readFileSync(path.join(source, name))), name);
  }
  restic("forget", "--keep-last", "1", "--prune");
} finally {
  fs.rmSync(directory, { recursive: true, force: true });
}
