//! Every recorded line of restic, where a directory of recordings is available.

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::{env, fs};

use restic_types::{
    BackupMessage, CheckMessage, DiffMessage, ExitError, ForgetGroup, FoundObject, IndexFile,
    Initialized, Key, KeyFile, LockFile, LsMessage, Message, PruneMessage, RepositoryConfig,
    RestoreMessage, Snapshot, SnapshotData, SnapshotGroup, SnapshotMatches, Stats, TagMessage,
    Tree, VersionInfo, serde_json,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::support;

/// Reads `VERSION/SCENARIO/{argv,stdout,stderr}` in each directory of `RESTIC_CORPUS`.
#[test]
fn every_recording_reads() {
    let Some(corpus) = env::var_os("RESTIC_CORPUS") else {
        println!("skipped: RESTIC_CORPUS names no directory of recordings");
        return;
    };
    let scenarios: Vec<_> = env::split_paths(&corpus)
        .flat_map(|corpus| directories(&corpus))
        .flat_map(|version| directories(&version))
        .collect();
    let read: usize = scenarios
        .iter()
        .map(|scenario| read_scenario(scenario))
        .sum();
    println!(
        "{read} messages and documents of {} scenarios read",
        scenarios.len()
    );
    assert!(
        read > 0,
        "{} has no recordings",
        Path::new(&corpus).display()
    );
}

fn directories(directory: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect()
}

fn read_scenario(scenario: &Path) -> usize {
    let text = |name: &str| {
        let bytes = fs::read(scenario.join(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let argv = serde_json::from_str::<Vec<String>>(&text("argv")).unwrap_or_default();
    if let Some(read) = file_reader(&argv) {
        let document = text("stdout");
        return if document.starts_with('{') {
            println!("{}", scenario.display());
            read(&document)
        } else {
            0
        };
    }
    let Some(reader) = reader(&argv) else {
        return 0;
    };
    println!("{}", scenario.display());
    let output = text("stdout") + "\n" + &text("stderr");
    output.lines().filter(is_json).map(reader).sum()
}

/// Not the `[0:00] 100.00%` of a progress in text.
fn is_json(line: &&str) -> bool {
    line.starts_with('{') || (line.starts_with('[') && !line.contains("%  "))
}

/// Reads a line or a document, and says how many it was.
type Reader = fn(&str) -> usize;

/// How to read a line of the command's JSON.
fn reader(argv: &[String]) -> Option<Reader> {
    let has = |word: &str| argv.iter().any(|argument| argument == word);
    let first = |words: &[&'static str]| {
        argv.iter()
            .find_map(|argument| words.iter().copied().find(|word| word == argument))
    };
    let command = first(&[
        "backup",
        "restore",
        "check",
        "ls",
        "snapshots",
        "forget",
        "prune",
        "stats",
        "init",
        "version",
        "tag",
        "key",
        "find",
        "diff",
    ])?;
    has("--json").then_some(())?;
    Some(match command {
        "backup" => message::<BackupMessage>,
        "restore" => message::<RestoreMessage>,
        "check" => message::<CheckMessage>,
        "ls" => message::<LsMessage>,
        "snapshots" if has("--group-by") => document::<Vec<SnapshotGroup>>,
        "snapshots" => document::<Vec<Snapshot>>,
        "forget" => forgotten,
        "prune" => message::<PruneMessage>,
        "stats" => document::<Stats>,
        "init" => document::<Initialized>,
        "version" => document::<VersionInfo>,
        "tag" => message::<TagMessage>,
        "key" if has("list") => document::<Vec<Key>>,
        "find" if has("--blob") || has("--tree") || has("--pack") => document::<Vec<FoundObject>>,
        "find" => document::<Vec<SnapshotMatches>>,
        "diff" => message::<DiffMessage>,
        _ => return None,
    })
}

/// The plan of a `forget`, or since restic 0.20 what is pruned.
fn forgotten(line: &str) -> usize {
    match line.starts_with('{') {
        true => message::<PruneMessage>(line),
        false => document::<Vec<ForgetGroup>>(line),
    }
}

/// How to read what `cat` prints, which is JSON of many lines with and without `--json`.
fn file_reader(argv: &[String]) -> Option<Reader> {
    let cat = argv.iter().position(|argument| argument == "cat")?;
    let has = |word: &str| argv[cat..].iter().any(|argument| argument == word);
    let readers: [(_, Reader); 7] = [
        ("config", document::<RepositoryConfig>),
        ("snapshot", document::<SnapshotData>),
        ("index", document::<IndexFile>),
        ("key", document::<KeyFile>),
        ("lock", document::<LockFile>),
        ("tree", document::<Tree>),
        ("blob", document::<Tree>),
    ];
    let found = readers.into_iter().find(|(kind, _)| has(kind));
    found.map(|(_, read)| read)
}

fn message<M: Message + Serialize + DeserializeOwned + PartialEq + Debug>(line: &str) -> usize {
    if ExitError::read(line).is_some() {
        return 1;
    }
    let read = M::read(line).unwrap_or_else(|| panic!("no message: {line}"));
    let debug = format!("{read:?}");
    assert!(!debug.starts_with("Unknown("), "{debug}");
    check_permissions(line);
    // The end of the scan comes out as what it is since 0.16.
    if !line.starts_with(r#"{"message_type":"status","action":"scan_finished""#) {
        support::message::<M>(line);
    }
    1
}

/// Every mode restic printed displays as restic displays it.
fn check_permissions(line: &str) {
    if let Some(LsMessage::Node(node)) = LsMessage::read(line) {
        assert_eq!(
            node.mode.to_string(),
            node.permissions.unwrap_or_else(|| node.mode.to_string())
        );
    }
}

fn document<T: Serialize + DeserializeOwned + PartialEq + Debug>(line: &str) -> usize {
    if ExitError::read(line).is_none() {
        support::document::<T>(line);
    }
    1
}
