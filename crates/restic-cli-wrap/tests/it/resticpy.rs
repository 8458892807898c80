//! Every line of the table for people who come from resticpy compiles, and makes the call
//! that resticpy makes.

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Command, Repository, Restic, Result};

/// What the table in the documentation says, in its order.
#[allow(
    dead_code,
    reason = "it is here to be compiled, and read by the test below"
)]
fn table() -> Result<()> {
    let restic = Restic::builder()
        .binary("/usr/bin/restic")
        .repository("/srv/repo")
        .password_file("/etc/restic/password")
        .no_cache(true)
        .inherit_restic_env()
        .build();
    let (lock_id, key_id) = ("lock", "key");
    let _ = restic.run(Backup::new(["/data"]))?;
    let _ = Backup::listed_in("/etc/list");
    let backup = Backup::new(["/data"]);
    let backup = backup.excludes(["*.tmp"]);
    let backup = backup.exclude_files(["/etc/excludes"]);
    let backup = backup.tags(["nightly"]);
    let backup = backup.dry_run(true);
    let backup = backup.host("srv1");
    let backup = backup.no_scan(true);
    let backup = backup.group_by("host,paths");
    let backup = backup.skip_if_unchanged(true);
    restic.run(CatConfig::new())?;
    restic.run(CatMasterKey::new())?;
    restic.run(CatLock::new(lock_id))?;
    let _ = restic.run(Check::new().read_data(true))?;
    let _ = Check::new().read_data_subset("5%");
    restic.run(Copy::from(
        Repository::new("/srv/other").password_file("/pw"),
    ))?;
    restic.run(Find::new(["*.txt"]))?;
    restic.run(Forget::new().keep_daily(7).prune(true))?;
    let forget = Forget::new();
    let forget = forget.dry_run(true);
    let forget = forget.group_by("host");
    let forget = forget.tags(["nightly"]);
    let forget = forget.host("srv1");
    let forget = forget.keep_last(3);
    let forget = forget.keep_hourly(24);
    let forget = forget.keep_weekly(5);
    let forget = forget.keep_monthly(12);
    let forget = forget.keep_yearly(10);
    let forget = forget.keep_within("1y5m7d2h");
    restic.run(ForgetSnapshots::new(["0651ec02"]))?;
    restic.run(Generate::new().bash_completion("/tmp/bash"))?;
    let _ = Generate::new().man("/tmp/man");
    let _ = Generate::new().zsh_completion("/tmp/zsh");
    restic.run(Init::new())?;
    let _ = Init::new().from(Repository::new("/srv/other").password_file("/pw"));
    let init = Init::new();
    let init = init.copy_chunker_params(true);
    let init = init.repository_version("2");
    restic.run(KeyList::new())?;
    restic.run(KeyAdd::password_file("/pw").user("bob").host("srv1"))?;
    restic.run(KeyRemove::new(key_id))?;
    restic.run(KeyPasswd::password_file("/pw"))?;
    restic.run(List::locks())?;
    let _ = restic.run(Restore::new("latest").target("/restored"))?;
    let restore = Restore::new("latest");
    let restore = restore.include("/data/docs");
    let restore = restore.excludes(["*.tmp"]);
    restic.run(Rewrite::new().excludes(["*.tmp"]))?;
    let rewrite = Rewrite::new();
    let rewrite = rewrite.exclude_file("/etc/excludes");
    let rewrite = rewrite.forget(true);
    let rewrite = rewrite.dry_run(true);
    let rewrite = rewrite.snapshot("0651ec02");
    restic.run(SelfUpdate::new())?;
    restic.run(Snapshots::new())?;
    let snapshots = Snapshots::new();
    let snapshots = snapshots.snapshot("0651ec02");
    let snapshots = snapshots.tag("a,b");
    let snapshots = snapshots.path("/data");
    let snapshots = snapshots.host("srv1");
    restic.run(SnapshotGroups::new("host"))?;
    restic.run(Stats::new().mode("raw-data"))?;
    let stats = Stats::new();
    let stats = stats.tags(["nightly"]);
    let stats = stats.host("srv1");
    restic.run(Unlock::new())?;
    restic.run(Version::new())?;
    let _ = restic.run(Backup::new(["/data"]).excludes(["*.tmp"]))?;
    let _ = restic.run(Backup::new(["/data"]).exclude_files(["/etc/excludes"]))?;
    restic.run(Generate::new().bash_completion("/tmp/restic.bash"))?;
    drop((backup, forget, init, restore, rewrite, snapshots, stats));
    Ok(())
}

/// Without blanks and commas at ends, so that formatting does not matter.
fn dense(text: &str) -> String {
    let dense: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    dense.replace(",)", ")")
}

#[test]
fn every_line_of_the_table_is_compiled_here() {
    let page = include_str!("../../src/guide/resticpy.rs");
    let here = dense(include_str!("resticpy.rs"));
    let lines = page.lines().map(|line| line.trim_start_matches("//! "));
    let rows = lines.filter(|line| line.starts_with("| `"));
    let ours: Vec<&str> = rows.map(|row| row.rsplit('`').nth(1).unwrap()).collect();
    assert!(ours.len() > 60, "{ours:?}");
    for line in ours {
        let is_there = here.contains(&dense(line));
        assert!(is_there, "the table's `{line}` is not compiled here");
    }
}

/// The functions of resticpy, and of each the arguments that may be left out.
const FUNCTIONS: &[(&str, &str)] = &[
    (
        "backup",
        "paths files_from exclude_patterns exclude_files tags dry_run host scan group_by skip_if_unchanged",
    ),
    ("cat.config", ""),
    ("cat.masterkey", ""),
    ("cat.lock", ""),
    ("check", "read_data read_data_subset"),
    ("copy", "from_repo from_password_file"),
    ("find", ""),
    (
        "forget",
        "dry_run group_by tags host keep_last keep_hourly keep_daily keep_weekly keep_monthly \
         keep_yearly keep_within snapshot_id prune",
    ),
    (
        "generate",
        "bash_completion_path man_directory zsh_completion_path",
    ),
    (
        "init",
        "copy_chunker_params from_repo from_password_file repository_version",
    ),
    ("key.list", ""),
    ("key.add", "host new_password_file user"),
    ("key.remove", ""),
    ("key.passwd", "new_password_file"),
    ("list.locks", ""),
    ("restore", "snapshot_id include exclude target_dir"),
    ("rewrite", "exclude exclude_file forget dry_run snapshot_id"),
    ("self_update", ""),
    ("snapshots", "snapshot_id group_by tags path host"),
    ("stats", "mode tags host"),
    ("unlock", ""),
    ("version", ""),
];

#[test]
fn the_page_has_every_function_and_argument() {
    let page = include_str!("../../src/guide/resticpy.rs");
    let theirs = page.lines().filter_map(|line| {
        let row = line.strip_prefix("//! | `")?;
        row.split_once("` | `").map(|(theirs, _)| theirs)
    });
    // Arguments without a function of their own belong to the function above them.
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    for cell in theirs {
        let call = cell
            .strip_prefix("restic.")
            .and_then(|call| call.split_once('('));
        let arguments = match call {
            Some((name, arguments)) => {
                found.push((name, Vec::new()));
                arguments
            }
            None => cell,
        };
        // Without what is in strings and lists, a word before `=` is an argument.
        let names = arguments.split('=').rev().skip(1);
        let names = names.map(|before| before.rsplit([' ', '(', ',']).next().unwrap());
        if let Some((_, all)) = found.last_mut() {
            all.extend(names);
        }
    }
    for (_, arguments) in &mut found {
        arguments.sort_unstable();
    }
    let expected = FUNCTIONS.iter().map(|(name, arguments)| {
        let mut arguments: Vec<_> = arguments.split_whitespace().collect();
        arguments.sort_unstable();
        (*name, arguments)
    });
    assert_eq!(found, expected.collect::<Vec<_>>());
}

fn call(command: &impl Command) -> String {
    let restic = Restic::builder()
        .repository("/srv/repo")
        .password_file("/pw")
        .build();
    restic.invocation(command).to_string()
}

#[test]
fn the_calls_are_those_of_resticpy() {
    let head = "restic --json --repo=/srv/repo --password-file=/pw";
    let check = |call: String, expected: &str| assert_eq!(call, format!("{head} {expected}"));
    check(call(&Init::new()), "init");
    check(
        call(
            &Backup::new(["/data"])
                .excludes(["*.tmp"])
                .exclude_files(["/ex"]),
        ),
        "backup '--exclude=*.tmp' --exclude-file=/ex -- /data",
    );
    check(
        call(&Forget::new().keep_daily(7).prune(true)),
        "forget --keep-daily=7 --prune",
    );
    check(
        call(&Restore::new("latest").target("/restored")),
        "restore --target=/restored -- latest",
    );
    check(
        call(&Stats::new().mode("raw-data")),
        "stats --mode=raw-data",
    );
    check(call(&SelfUpdate::new()), "self-update");
    check(call(&Version::new()), "version");
}
