//! Snapshots.

use restic_cli_wrap::Repository;
use restic_cli_wrap::commands::*;
use restic_cli_wrap::values::GroupBy;

use super::line;

#[test]
fn snapshots() {
    let command = Snapshots::new()
        .snapshot("1cfe4abd")
        .host("srv1")
        .tag("nightly")
        .path("/data")
        .last(true)
        .latest(1_u32)
        .compact(true);
    insta::assert_snapshot!(line(command), @r"
    restic
    --json snapshots
    --host=srv1
    --tag=nightly
    --path=/data
    --last
    --latest=1
    --compact
    -- 1cfe4abd
    ");
}

#[test]
fn snapshot_groups() {
    let command = SnapshotGroups::new("host,tags")
        .snapshot("1cfe4abd")
        .host("srv1")
        .tag("nightly")
        .path("/data")
        .last(true)
        .latest(1_u32)
        .compact(true);
    insta::assert_snapshot!(line(command), @r"
    restic
    --json snapshots
    --group-by=host,tags
    --host=srv1
    --tag=nightly
    --path=/data
    --last
    --latest=1
    --compact
    -- 1cfe4abd
    ");
}

#[test]
fn stats() {
    let command = Stats::new()
        .snapshot("latest")
        .mode(StatsMode::RawData)
        .host("srv1")
        .tag("nightly")
        .path("/data");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json stats
    --mode=raw-data
    --host=srv1
    --tag=nightly
    --path=/data
    -- latest
    ");
    insta::assert_snapshot!(line(StatsDebug::new()), @r"
    restic
    --json stats
    --mode=debug
    ");
}

#[test]
fn rewrite() {
    let command = Rewrite::new()
        .snapshot("latest")
        .dry_run(true)
        .exclude("a")
        .exclude_file("/etc/a")
        .iexclude("b")
        .iexclude_file("/etc/b")
        .include("c")
        .include_file("/etc/c")
        .iinclude("d")
        .iinclude_file("/etc/d")
        .forget(true)
        .new_host("srv2")
        .new_time("2012-11-01 22:08:41")
        .snapshot_summary(true)
        .host("srv1")
        .tag("nightly")
        .path("/data");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json rewrite
    --dry-run
    --exclude=a
    --exclude-file=/etc/a
    --iexclude=b
    --iexclude-file=/etc/b
    --include=c
    --include-file=/etc/c
    --iinclude=d
    --iinclude-file=/etc/d
    --forget
    --new-host=srv2
    '--new-time=2012-11-01 22:08:41'
    --snapshot-summary
    --host=srv1
    --tag=nightly
    --path=/data
    -- latest
    ");
}

#[test]
fn tag() {
    let command = Tag::new()
        .snapshot("1cfe4abd")
        .add("a,b")
        .add_all(["c", "d"])
        .remove("e")
        .set("f")
        .host("srv1")
        .tag("nightly")
        .path("/data");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json tag
    --add=a,b
    --add=c
    --add=d
    --remove=e
    --set=f
    --host=srv1
    --tag=nightly
    --path=/data
    -- 1cfe4abd
    ");
}

#[test]
fn diff() {
    let command = Diff::new("49d4634d", "e8d21c10:/data").metadata(true);
    insta::assert_snapshot!(line(command), @r"
    restic
    --json diff
    --metadata
    -- 49d4634d e8d21c10:/data
    ");
}

/// Many snapshots are named as one after the other.
#[test]
fn snapshots_are_named_one_by_one_or_together() {
    macro_rules! check {
        ($($command:expr),* $(,)?) => {$({
            let command = $command;
            let together = command.clone().snapshots(["4bba301e", "latest"]);
            let one_by_one = command.clone().snapshot("4bba301e").snapshot("latest");
            assert_eq!(together, one_by_one);
            assert_ne!(together, command);
        })*};
    }
    check!(
        Copy::from(Repository::new("/srv/other")),
        RepairSnapshots::new(),
        Rewrite::new(),
        SnapshotGroups::new(GroupBy::nothing().host()),
        Snapshots::new(),
        Stats::new(),
        Tag::new(),
    );
}
