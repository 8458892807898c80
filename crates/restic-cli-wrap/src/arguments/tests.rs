//! Every flag of restic has a setter, and every setter a flag.

use std::collections::BTreeSet;

use restic_types::{SnapshotId, cli};

use crate::ResticBuilder;
use crate::commands::*;

/// Compares the setters for a command with restic's flags. `elsewhere` are those that have
/// none, because a constructor sets them or for the reason given there.
#[track_caller]
fn check(command: &str, setters: &[&[&str]], elsewhere: &[&str]) {
    let known = cli::command(command).unwrap().flags;
    compare(command, known, setters, elsewhere);
}

#[track_caller]
fn compare(command: &str, known: &[cli::Flag], setters: &[&[&str]], elsewhere: &[&str]) {
    let known: BTreeSet<String> = known
        .iter()
        .map(|flag| format!("--{}", flag.name))
        .collect();
    let ours: BTreeSet<String> = (setters.iter().copied().flatten())
        .chain(elsewhere)
        .map(ToString::to_string)
        .collect();
    let missing: Vec<_> = known.difference(&ours).collect();
    let unknown: Vec<_> = ours.difference(&known).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "{command}: no setter for {missing:?}, no such flag as {unknown:?}"
    );
}

#[test]
fn every_flag_has_a_setter() {
    check(
        "backup",
        &[Backup::FLAGS],
        &["--stdin", "--stdin-from-command"],
    );
    check("cache", &[Cache::FLAGS], &[]);
    check("check", &[Check::FLAGS], &[]);
    check("copy", &[Copy::FLAGS], SECOND_REPOSITORY);
    check("features", &[Features::FLAGS], &[]);
    check("forget", &[Forget::FLAGS], &[]);
    check("generate", &[Generate::FLAGS], &[]);
    check("init", &[Init::FLAGS], SECOND_REPOSITORY);
    check("key add", &[KeyAdd::FLAGS], NEW_PASSWORD);
    check("key list", &[KeyList::FLAGS], &[]);
    check("key passwd", &[KeyPasswd::FLAGS], NEW_PASSWORD);
    check("key remove", &[KeyRemove::FLAGS], &[]);
    check(
        "cat",
        &[
            CatBlob::FLAGS,
            CatConfig::FLAGS,
            CatIndex::FLAGS,
            CatKey::FLAGS,
            CatLock::FLAGS,
            CatMasterKey::FLAGS,
            CatPack::FLAGS,
            CatSnapshot::FLAGS,
            CatTree::FLAGS,
        ],
        &[],
    );
    check("diff", &[Diff::FLAGS], &[]);
    check("dump", &[Dump::FLAGS], &[]);
    check(
        "find",
        &[Find::FLAGS, FindObjects::FLAGS],
        &["--blob", "--pack", "--tree"],
    );
    check("list", &[List::<SnapshotId>::FLAGS], &[]);
    // It makes another command of it.
    check("ls", &[Ls::FLAGS], &["--ncdu"]);
    check("migrate", &[Migrate::FLAGS], &[]);
    check("migrate", &[Migrations::FLAGS], &["--force"]);
    check("prune", &[Prune::FLAGS], &[]);
    check("rebuild-index", &[RebuildIndex::FLAGS], &[]);
    check("recover", &[Recover::FLAGS], &[]);
    check("repair index", &[RepairIndex::FLAGS], &[]);
    check("repair packs", &[RepairPacks::FLAGS], &[]);
    check("repair snapshots", &[RepairSnapshots::FLAGS], &[]);
    check("mount", &[Mount::FLAGS], &[]);
    check("options", &[Options::FLAGS], &[]);
    check("restore", &[Restore::FLAGS], &[]);
    check("rewrite", &[Rewrite::FLAGS], &[]);
    check("self-update", &[SelfUpdate::FLAGS], &[]);
    check("snapshots", &[Snapshots::FLAGS], &["--group-by"]);
    check("snapshots", &[SnapshotGroups::FLAGS], &["--group-by"]);
    check("stats", &[Stats::FLAGS, StatsDebug::FLAGS], &[]);
    check("tag", &[Tag::FLAGS], &[]);
    check("unlock", &[Unlock::FLAGS], &[]);
    check("version", &[Version::FLAGS], &[]);
}

#[test]
fn every_global_flag_has_a_setter() {
    let elsewhere = [
        // Help is printed for people, in place of what is asked for.
        "--help",
        "--json",
        // A whole `Repository` has these.
        "--insecure-no-password",
        "--key-hint",
        "--password-command",
        "--password-file",
        "--repo",
        "--repository-file",
        // Done by this library for a restic that cannot.
        "--retry-lock",
    ];
    let known = cli::global_flags();
    compare("every command", known, &[ResticBuilder::FLAGS], &elsewhere);
}

/// What was set and taken back leaves nothing behind.
#[test]
fn commands_are_equal_whatever_was_set_before() {
    let prune = Prune::new().repack_small(true).repack_small(false);
    assert_eq!(prune, Prune::new());
}

/// Whoever looks for a command by restic's name finds it in the table of the documentation.
#[test]
fn every_command_is_in_the_table() {
    let table = include_str!("../commands.rs").lines();
    let words: Vec<&str> = table
        .filter_map(|row| row.strip_prefix("//! | `")?.split('`').next())
        .collect();
    let commands = cli::commands().iter().map(|command| command.name);
    // Help is printed for people.
    for name in commands.filter(|name| *name != "help") {
        // `cat` and `key` are named with what follows.
        let found = words.iter().any(|words| {
            let rest = words.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        });
        assert!(found, "{name} has no row");
    }
}

/// Without a policy, some flags of `forget` mean nothing.
#[test]
fn setters_for_ids_are_those_for_policies() {
    let unknown: Vec<_> = ForgetSnapshots::FLAGS
        .iter()
        .filter(|flag| !Forget::FLAGS.contains(flag))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// What a [`Repository`](crate::Repository) sets as a whole.
const SECOND_REPOSITORY: &[&str] = &[
    "--from-insecure-no-password",
    "--from-key-hint",
    "--from-password-command",
    "--from-password-file",
    "--from-repo",
    "--from-repository-file",
    "--key-hint2",
    "--password-command2",
    "--password-file2",
    "--repo2",
    "--repository-file2",
];

/// What the constructors of commands that make a key set.
const NEW_PASSWORD: &[&str] = &["--new-insecure-no-password", "--new-password-file"];
