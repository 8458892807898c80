# A small backup tool, which tries itself out in a directory of its own.
set -e
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export RESTIC_PASSWORD=worth-nothing-elsewhere RESTIC_REPOSITORY="$dir/repo"

mkdir -p "$dir/src/deep"
echo "a few words" > "$dir/src/notes.txt"
printf 'binary\000\377' > "$dir/src/deep/data.bin"

restic init > /dev/null
[ -f "$dir/repo/config" ]
restic --json backup --host tool "$dir/src" > "$dir/log"
grep -q '"files_new":2' "$dir/log"
restic --json snapshots | grep -q "\"paths\":\[\"$dir/src\"\]"
restic restore latest --target "$dir/restored" > /dev/null
diff -r "$dir/src" "$dir/restored$dir/src"
rm -r "$dir/restored"
restic forget --keep-last 1 --prune > /dev/null
[ ! -e "$dir/restored" ]
