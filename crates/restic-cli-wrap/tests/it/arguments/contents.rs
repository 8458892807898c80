//! What is in a repository.

use restic_cli_wrap::commands::*;

use super::line;

#[test]
fn ls() {
    let command = Ls::new("latest")
        .directory("/data")
        .directory("/home")
        .host("srv1")
        .tag("nightly")
        .path("/data")
        .recursive(true)
        .sort("size")
        .reverse(true)
        .long(true)
        .human_readable(true);
    insta::assert_snapshot!(line(command), @r"
    restic
    --json ls
    --host=srv1
    --tag=nightly
    --path=/data
    --recursive
    --sort=size
    --reverse
    --long
    --human-readable
    -- latest /data /home
    ");
}

#[test]
fn cat() {
    insta::assert_snapshot!(line(CatBlob::new("88ad293f")), @r"
    restic
    --json cat
    -- blob 88ad293f
    ");
    insta::assert_snapshot!(line(CatConfig::new().arg("--newer-than-us")), @r"
    restic
    --json cat
    --newer-than-us
    -- config
    ");
    insta::assert_snapshot!(line(CatIndex::new("-strange")), @r"
    restic
    --json cat
    -- index -strange
    ");
    insta::assert_snapshot!(line(CatKey::new("c9f2f054")), @r"
    restic
    --json cat
    -- key c9f2f054
    ");
    insta::assert_snapshot!(line(CatLock::new("8eaa3a05")), @r"
    restic
    --json cat
    -- lock 8eaa3a05
    ");
    insta::assert_snapshot!(line(CatMasterKey::new()), @r"
    restic
    --json cat
    -- masterkey
    ");
    insta::assert_snapshot!(line(CatPack::new("b44cbcf3")), @r"
    restic
    --json cat
    -- pack b44cbcf3
    ");
    insta::assert_snapshot!(line(CatSnapshot::new("49d4634d")), @r"
    restic
    --json cat
    -- snapshot 49d4634d
    ");
    insta::assert_snapshot!(line(CatTree::new("b88e3963:/data/src")), @r"
    restic
    --json cat
    -- tree b88e3963:/data/src
    ");
}

#[test]
fn find() {
    let command = Find::new(["*.txt", "-strange"])
        .host("srv1")
        .hosts(["srv2"])
        .ignore_case(true)
        .newest("2026-11-22 11:00:00")
        .oldest("2012-11-01")
        .path("/data")
        .paths(["/more"])
        .reverse(true)
        .snapshot("latest")
        .snapshots(["49d4634d"])
        .tag("a,b")
        .tags(["c"])
        .long(true)
        .human_readable(true)
        .arg("--newer-than-us");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json find
    --host=srv1
    --host=srv2
    --ignore-case
    '--newest=2026-11-22 11:00:00'
    --oldest=2012-11-01
    --path=/data
    --path=/more
    --reverse
    --snapshot=latest
    --snapshot=49d4634d
    --tag=a,b
    --tag=c
    --long
    --human-readable
    --newer-than-us
    -- '*.txt' -strange
    ");
}

#[test]
fn find_objects() {
    let command = FindObjects::blobs(["88ad293f", "968b5ba3"])
        .host("srv1")
        .hosts(["srv2"])
        .path("/data")
        .paths(["/more"])
        .reverse(true)
        .show_pack_id(true)
        .snapshot("latest")
        .snapshots(["49d4634d"])
        .tag("a,b")
        .tags(["c"])
        .arg("--newer-than-us");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json find
    --blob
    --host=srv1
    --host=srv2
    --path=/data
    --path=/more
    --reverse
    --show-pack-id
    --snapshot=latest
    --snapshot=49d4634d
    --tag=a,b
    --tag=c
    --newer-than-us
    -- 88ad293f 968b5ba3
    ");
    insta::assert_snapshot!(line(FindObjects::trees(["968b5ba3"])), @r"
    restic
    --json find
    --tree
    -- 968b5ba3
    ");
    insta::assert_snapshot!(line(FindObjects::packs(["3b8bd7f4"])), @r"
    restic
    --json find
    --pack
    -- 3b8bd7f4
    ");
}

#[test]
fn list() {
    insta::assert_snapshot!(line(List::blobs().arg("--newer-than-us")), @r"
    restic
    --json list
    --newer-than-us
    -- blobs
    ");
    insta::assert_snapshot!(line(List::index()), @r"
    restic
    --json list
    -- index
    ");
    insta::assert_snapshot!(line(List::keys()), @r"
    restic
    --json list
    -- keys
    ");
    insta::assert_snapshot!(line(List::locks()), @r"
    restic
    --json list
    -- locks
    ");
    insta::assert_snapshot!(line(List::packs()), @r"
    restic
    --json list
    -- packs
    ");
    insta::assert_snapshot!(line(List::snapshots()), @r"
    restic
    --json list
    -- snapshots
    ");
}
