//! Getting data back.

use restic_cli_wrap::commands::*;

use super::line;

#[test]
fn restore() {
    let command = Restore::new("latest:/data")
        .target("/tmp/r")
        .exclude("a")
        .iexclude("b")
        .exclude_file("/etc/a")
        .iexclude_file("/etc/b")
        .exclude_xattr("user.*")
        .include("c")
        .iinclude("d")
        .include_file("/etc/c")
        .iinclude_file("/etc/d")
        .include_xattr("system.*")
        .host("srv1")
        .tag("nightly")
        .path("/data")
        .delete(true)
        .dry_run(true)
        .overwrite("if-newer")
        .ownership_by_name(true)
        .sparse(true)
        .verify(true);
    insta::assert_snapshot!(line(command), @r"
    restic
    --json restore
    --target=/tmp/r
    --exclude=a
    --iexclude=b
    --exclude-file=/etc/a
    --iexclude-file=/etc/b
    '--exclude-xattr=user.*'
    --include=c
    --iinclude=d
    --include-file=/etc/c
    --iinclude-file=/etc/d
    '--include-xattr=system.*'
    --host=srv1
    --tag=nightly
    --path=/data
    --delete
    --dry-run
    --overwrite=if-newer
    --ownership-by-name
    --sparse
    --verify
    -- latest:/data
    ");
}

#[test]
fn mount() {
    let command = Mount::new("/mnt/-x")
        .allow_other(true)
        .no_default_permissions(true)
        .owner_root(true)
        .snapshot_template("2006")
        .time_template("2006-01")
        .path_template("ids/%i")
        .host("srv1")
        .tag("nightly")
        .path("/data");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json mount
    --allow-other
    --no-default-permissions
    --owner-root
    --snapshot-template=2006
    --time-template=2006-01
    --path-template=ids/%i
    --host=srv1
    --tag=nightly
    --path=/data
    -- /mnt/-x
    ");
}

#[test]
fn dump() {
    let command = Dump::new("latest", "-strange")
        .archive("zip")
        .host("srv1")
        .hosts(["srv2"])
        .tag("a,b")
        .tags(["c"])
        .path("/data")
        .paths(["/more"])
        .target("/restored/a.zip")
        .arg("--newer-than-us");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json dump
    --archive=zip
    --host=srv1
    --host=srv2
    --tag=a,b
    --tag=c
    --path=/data
    --path=/more
    --target=/restored/a.zip
    --newer-than-us
    -- latest -strange
    ");
}
