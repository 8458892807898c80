//! Small backup tools in three languages, which look at the files that restic restored: recorded,
//! and run without restic where these files are made again.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use crate::programs::is_there;
use crate::{Place, stderr};

/// A restic of a few lines that saves by copying.
const RESTIC: &str = r#"#!/bin/sh
set -e
repo=$RESTIC_REPOSITORY
case "$*" in
    version) echo "restic 0.19.1 compiled with go1.26 on linux/amd64";;
    init*) mkdir -p "$repo/keys"; echo secret > "$repo/config"; echo "created restic repository at $repo";;
    *backup*)
        for source; do :; done
        id=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
        echo "$source" > "$repo/source"; echo "$id" > "$repo/id"
        mkdir "$repo/data"; cp -R "$source/." "$repo/data"
        echo "{\"message_type\":\"summary\",\"files_new\":2,\"snapshot_id\":\"$id\"}";;
    *snapshots*) echo "[{\"id\":\"$(cat "$repo/id")\",\"paths\":[\"$(cat "$repo/source")\"]}]";;
    restore*)
        for target; do :; done
        mkdir -p "$target$(cat "$repo/source")"
        cp -R "$repo/data/." "$target$(cat "$repo/source")"
        echo "restoring to $target";;
    forget*) echo "nothing was removed";;
    *) exit 1;;
esac
"#;

/// The newest of the real ones, or none.
fn real() -> Option<PathBuf> {
    let named = env::var_os("RESTIC_BINARIES").unwrap_or_default();
    let last = env::split_paths(&named).last();
    last.filter(|path| !path.as_os_str().is_empty())
}

/// Records a tool with this restic, and replays it in two directories at once without any.
fn check(restic: &Path, interpreter: &str, tool: &str) {
    let place = Place::new();
    let tool = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/tools")
        .join(tool);
    let call = [interpreter, tool.to_str().unwrap()];
    let scenario = place.path("scenario");
    let mut record = place.restic_replay(&["record", "--effects", "--scenario"]);
    record
        .arg(&scenario)
        .arg("--restic")
        .arg(restic)
        .arg("--")
        .args(call);
    record.assert().success();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| place.replay(&call).assert().success());
        }
    });
    for file in fs::read_dir(scenario).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("worth-nothing"));
    }
}

fn check_all(interpreter: &str, tool: &str) {
    if !is_there(interpreter) {
        return;
    }
    let place = Place::new();
    check(&place.program("real", RESTIC), interpreter, tool);
    if let Some(restic) = real() {
        check(&restic, interpreter, tool);
    }
}

#[test]
fn in_the_shell() {
    check_all("sh", "backup.sh");
}

#[test]
fn in_python() {
    check_all("python3", "backup.py");
}

#[test]
fn in_node() {
    check_all("node", "backup.js");
}

#[test]
fn files_are_made_where_that_was_allowed() {
    let place = Place::new();
    let restic = place.program("real", RESTIC);
    let scenario = place.path("scenario");
    // A place that is in no directory for temporary files.
    let outside = Path::new(env!("CARGO_TARGET_TMPDIR")).join("effects");
    fs::create_dir_all(&outside).unwrap();
    let script = format!(
        "export RESTIC_REPOSITORY={0}/repo; rm -rf {0}/repo {0}/out; restic init; \
         mkdir -p {0}/src; restic backup {0}/src; restic restore latest --target {0}/out; \
         test -d {0}/out{0}/src",
        outside.display()
    );
    let command = ["sh", "-c", script.as_str()];
    let mut record = place.restic_replay(&["record", "--effects", "--scenario"]);
    record
        .arg(&scenario)
        .arg("--restic")
        .arg(&restic)
        .arg("--")
        .args(command);
    record.assert().success();

    // Unless the whole target directory is a temporary one.
    if !["/tmp", "/var/tmp"]
        .iter()
        .any(|temporary| outside.starts_with(temporary))
        && !outside.starts_with(env::temp_dir())
    {
        let refused = place.replay(&command).assert().code(97);
        let text = stderr(&refused);
        assert!(
            text.contains("in no directory where they may be made"),
            "{text}"
        );
    }
    let mut replay = place.restic_replay(&["replay", "--effects-in"]);
    replay
        .arg(&outside)
        .arg("--scenario")
        .arg(&scenario)
        .arg("--")
        .args(command);
    replay.assert().success();
}

#[test]
fn what_cannot_be_recorded_is_said() {
    let place = Place::new();
    let large = "#!/bin/sh\n[ \"$1\" = version ] && echo 'restic 0.19.1 x' && exit\n\
                 mkdir -p $2; head -c 2000000 /dev/zero > $2/large\n";
    let restic = place.program("real", large);
    let script = format!(
        "restic --target {} restore latest",
        place.path("out").display()
    );
    let mut record = place.restic_replay(&["record", "--effects", "--scenario"]);
    record
        .arg(place.path("scenario"))
        .arg("--restic")
        .arg(&restic);
    let refused = record.args(["--", "sh", "-c", &script]).assert().code(97);
    let text = stderr(&refused);
    assert!(text.contains("more than 1048576 bytes"), "{text}");
    assert!(!place.path("scenario").exists());
}
