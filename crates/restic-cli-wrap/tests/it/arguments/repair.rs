//! Checking and repairing.

use restic_cli_wrap::Restic;
use restic_cli_wrap::commands::*;

use super::line;

#[test]
fn check() {
    let command = Check::new()
        .read_data(true)
        .read_data_subset("1/5")
        .check_unused(true)
        .with_cache(true)
        .host("srv1")
        .tag("a")
        .path("/data");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json check
    --read-data
    --read-data-subset=1/5
    --check-unused
    --with-cache
    --host=srv1
    --tag=a
    --path=/data
    ");
}

#[test]
fn migrate() {
    let command = Migrate::new("upgrade_repo_v2")
        .migration("-strange")
        .force(true)
        .arg("--newer-than-us");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json migrate
    --force
    --newer-than-us
    -- upgrade_repo_v2 -strange
    ");
    insta::assert_snapshot!(line(Migrations::new().arg("--newer-than-us")), @r"
    restic
    --json migrate
    --newer-than-us
    ");
}

#[test]
fn migrate_is_not_quiet_and_keeps_its_names() {
    let restic = Restic::builder().quiet(true).build();
    let command = Migrate::new("-q").migration("--quiet").arg("-q");
    let line = restic.invocation(&command).to_string();
    assert_eq!(line, "restic --json migrate -- -q --quiet");
}

#[test]
fn recover() {
    insta::assert_snapshot!(line(Recover::new().arg("--newer-than-us")), @r"
    restic
    --json recover
    --newer-than-us
    ");
}

#[test]
fn repair_index() {
    let command = RepairIndex::new()
        .read_all_packs(true)
        .arg("--newer-than-us");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json repair index
    --read-all-packs
    --newer-than-us
    ");
    let command = RebuildIndex::new()
        .read_all_packs(true)
        .arg("--newer-than-us");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json rebuild-index
    --read-all-packs
    --newer-than-us
    ");
}

#[test]
fn repair_packs() {
    let command = RepairPacks::new(["73c3fa44", "-strange"]).arg("--newer-than-us");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json repair packs
    --newer-than-us
    -- 73c3fa44 -strange
    ");
}

#[test]
fn repair_snapshots() {
    let command = RepairSnapshots::new()
        .snapshot("latest")
        .snapshots(["1cfe4abd", "-strange"])
        .dry_run(true)
        .forget(true)
        .host("srv1")
        .hosts(["srv2", "srv3"])
        .path("/data")
        .paths(["/srv", "/etc"])
        .tag("a,b")
        .tags(["c", "d"])
        .arg("--newer-than-us");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json repair snapshots
    --dry-run
    --forget
    --host=srv1
    --host=srv2
    --host=srv3
    --path=/data
    --path=/srv
    --path=/etc
    --tag=a,b
    --tag=c
    --tag=d
    --newer-than-us
    -- latest 1cfe4abd -strange
    ");
}
