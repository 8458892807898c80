//! What each command puts on the command line. Every setter is called once.

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Command, Repository, Restic};

/// The call as one line for a shell, a flag a line.
pub(crate) fn line(command: impl Command) -> String {
    let restic = Restic::builder().build();
    let line = command.invocation(&restic).to_string();
    line.replace(" --", "\n--").replace(" '--", "\n'--")
}

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
fn forget() {
    let command = Forget::new()
        .keep_last(1)
        .keep_hourly(2_u32)
        .keep_daily(7)
        .keep_weekly(Keep::Count(4))
        .keep_monthly(Keep::Unlimited)
        .keep_yearly(0)
        .keep_within("1y5m7d2h")
        .keep_within_hourly("1d")
        .keep_within_daily("2d")
        .keep_within_weekly("3d")
        .keep_within_monthly("4d")
        .keep_within_yearly("5d")
        .keep_tag("precious")
        .keep_tags(["a,b", "c"])
        .unsafe_allow_remove_all(true)
        .host("srv1")
        .hostname("srv2")
        .tag("nightly")
        .path("/data")
        .group_by("")
        .compact(true)
        .dry_run(true)
        .prune(true)
        .max_unused("5%")
        .max_repack_size("10G")
        .repack_cacheable_only(true)
        .repack_small(true)
        .repack_smaller_than("8M")
        .repack_uncompressed(true);
    insta::assert_snapshot!(line(command), @r"
    restic
    --json forget
    --keep-last=1
    --keep-hourly=2
    --keep-daily=7
    --keep-weekly=4
    --keep-monthly=unlimited
    --keep-yearly=0
    --keep-within=1y5m7d2h
    --keep-within-hourly=1d
    --keep-within-daily=2d
    --keep-within-weekly=3d
    --keep-within-monthly=4d
    --keep-within-yearly=5d
    --keep-tag=precious
    --keep-tag=a,b
    --keep-tag=c
    --unsafe-allow-remove-all
    --host=srv1
    --hostname=srv2
    --tag=nightly
    --path=/data
    --group-by=
    --compact
    --dry-run
    --prune
    --max-unused=5%
    --max-repack-size=10G
    --repack-cacheable-only
    --repack-small
    --repack-smaller-than=8M
    --repack-uncompressed
    ");
}

#[test]
fn forget_snapshots() {
    let command = ForgetSnapshots::new(["1cfe4abd", "latest"])
        .host("srv1")
        .tag("nightly")
        .path("/data")
        .dry_run(true)
        .prune(true)
        .max_unused("5%")
        .max_repack_size("10G")
        .repack_cacheable_only(true)
        .repack_small(true)
        .repack_smaller_than("8M")
        .repack_uncompressed(true);
    insta::assert_snapshot!(line(command), @r"
    restic
    --json forget
    --host=srv1
    --tag=nightly
    --path=/data
    --dry-run
    --prune
    --max-unused=5%
    --max-repack-size=10G
    --repack-cacheable-only
    --repack-small
    --repack-smaller-than=8M
    --repack-uncompressed
    -- 1cfe4abd latest
    ");
}

#[test]
fn generate() {
    let command = Generate::new()
        .bash_completion("/tmp/bash")
        .fish_completion("/tmp/fish")
        .powershell_completion("/tmp/powershell")
        .zsh_completion("/tmp/zsh")
        .man("/tmp/man");
    insta::assert_snapshot!(line(command), @r"
    restic
    --json generate
    --bash-completion=/tmp/bash
    --fish-completion=/tmp/fish
    --powershell-completion=/tmp/powershell
    --zsh-completion=/tmp/zsh
    --man=/tmp/man
    ");
}

#[test]
fn init() {
    let command = Init::new()
        .copy_chunker_params(true)
        .repository_version("2")
        .from(
            Repository::new("/srv/old")
                .password("hidden")
                .key_hint("ab"),
        );
    insta::assert_snapshot!(line(command), @r"
    restic
    --json init
    --from-repo=/srv/old
    '--from-password-file={{secret}}'
    --from-key-hint=ab
    --copy-chunker-params
    --repository-version=2
    ");
}

#[test]
fn ls() {
    let command = Ls::new("latest")
        .dir("/data")
        .dir("/home")
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
fn self_update() {
    insta::assert_snapshot!(line(SelfUpdate::new().output("/tmp/restic")), @r"
    restic
    --json self-update
    --output=/tmp/restic
    ");
}

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
fn unlock_and_version() {
    insta::assert_snapshot!(line(Unlock::new().remove_all(true)), @r"
    restic
    --json unlock
    --remove-all
    ");
    insta::assert_snapshot!(line(Version::new()), @r"
    restic
    --json version
    ");
}

#[test]
fn a_setter_is_taken_back_and_the_last_value_counts() {
    let command = Forget::new()
        .prune(true)
        .prune(false)
        .keep_last(3)
        .keep_last(5);
    insta::assert_snapshot!(line(command), @r"
    restic
    --json forget
    --keep-last=5
    ");
}
