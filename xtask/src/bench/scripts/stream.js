// Counts the files of `restic ls --json` on standard input.
const lines = require("node:readline").createInterface({ input: process.stdin });
let files = 0;
let size = 0n;
lines.on("line", (line) => {
  const row = JSON.parse(line);
  if (row.struct_type === "node") {
    files += 1;
    size += BigInt(row.size ?? 0);
  }
});
lines.on("close", () => console.log(`${files} rows, sum ${size}`));
