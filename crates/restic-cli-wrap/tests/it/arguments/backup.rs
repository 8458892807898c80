//! Saving data.

use restic_cli_wrap::commands::*;

use super::line;

#[test]
fn backup() {
    let command = Backup::new(["/data", "-strange"])
        .dry_run(true)
        .exclude("*.tmp")
        .excludes(["a b", "c"])
        .exclude_caches(true)
        .exclude_cloud_files(true)
        .exclude_file("/etc/excludes")
        .exclude_if_present(".nobackup")
        .exclude_larger_than("10M")
        .files_from("/etc/list")
        .files_from_raw("/etc/raw")
        .files_from_verbatim("/etc/verbatim")
        .force(true)
        .group_by("host")
        .host("srv1")
        .hostname("srv2")
        .iexclude("*.BAK")
        .iexclude_file("/etc/iexcludes")
        .ignore_ctime(true)
        .ignore_inode(true)
        .no_scan(true)
        .one_file_system(true)
        .parent("1cfe4abd")
        .read_concurrency(4_u32)
        .skip_if_unchanged(true)
        .stdin_filename("dump.sql")
        .tag("nightly")
        .tags(["a", "b"])
        .time("2012-11-01 22:08:41")
        .use_fs_snapshot(true)
        .with_atime(true)
        .arg("--newer-than-us");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json backup
    --dry-run
    '--exclude=*.tmp'
    '--exclude=a b'
    --exclude=c
    --exclude-caches
    --exclude-cloud-files
    --exclude-file=/etc/excludes
    --exclude-if-present=.nobackup
    --exclude-larger-than=10M
    --files-from=/etc/list
    --files-from-raw=/etc/raw
    --files-from-verbatim=/etc/verbatim
    --force
    --group-by=host
    --host=srv1
    --hostname=srv2
    '--iexclude=*.BAK'
    --iexclude-file=/etc/iexcludes
    --ignore-ctime
    --ignore-inode
    --no-scan
    --one-file-system
    --parent=1cfe4abd
    --read-concurrency=4
    --skip-if-unchanged
    --stdin-filename=dump.sql
    --tag=nightly
    --tag=a
    --tag=b
    '--time=2012-11-01 22:08:41'
    --use-fs-snapshot
    --with-atime
    --newer-than-us
    -- /data -strange
    ");
}

#[test]
fn backup_from_standard_input() {
    let bytes = Backup::stdin("hello".as_bytes()).stdin_filename("a/b.txt");
    insta::assert_snapshot!(line(bytes), @r"
    restic
    --json backup
    --stdin
    --stdin-filename=a/b.txt
    ");
    let program = Backup::stdin_from_command(["pg_dump", "--all"]);
    insta::assert_snapshot!(line(program), @r"
    restic
    --json backup
    --stdin-from-command
    -- pg_dump
    --all
    ");
}
