//! What each command makes of what restic prints, one file per group of commands. The texts are
//! recorded: by restic 0.11.0, 0.14.0, 0.18.0 and 0.19.1, shortened where they repeat themselves.

mod bad_output;
mod contents;
mod copy;
mod forget;
mod keys;
mod lost;
mod odd_output;
mod partial;
mod plans;
mod program;
mod repair;
mod repository;
mod restore;
mod snapshots;

use std::fmt::Debug;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::types::{ByteCount, serde_json};
use restic_cli_wrap::{Command, Error, ErrorKind, Restic, Result, Scripted};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A restic that does this once.
pub(crate) fn restic(script: Scripted) -> Restic {
    Restic::builder()
        .executor(Scripted::executor([script]))
        .restic_version("0.19.1")
        .build()
}

pub(crate) fn script(exit: i32, stdout: &str, stderr: &str) -> Scripted {
    Scripted::new().stdout(stdout).stderr(stderr).exit(exit)
}

pub(crate) fn run<C: Command>(
    command: C,
    exit: i32,
    stdout: &str,
    stderr: &str,
) -> Result<C::Output> {
    restic(script(exit, stdout, stderr)).run(command)
}

#[track_caller]
pub(crate) fn fails<C: Command>(
    command: C,
    exit: i32,
    stdout: &str,
    stderr: &str,
    kind: ErrorKind,
) -> Error {
    let error = run(command, exit, stdout, stderr).err().expect("a failure");
    assert_eq!(error.kind(), kind, "{error}");
    error
}

/// The result, which is the same when it was serialised and read again.
pub(crate) fn run_and_reread<C>(
    command: C,
    exit: i32,
    stdout: &str,
    stderr: &str,
) -> Result<C::Output>
where
    C: Command<Output: Serialize + DeserializeOwned + PartialEq + Debug>,
{
    let output = run(command, exit, stdout, stderr)?;
    let json = serde_json::to_string(&output).unwrap();
    assert_eq!(serde_json::from_str::<C::Output>(&json).unwrap(), output);
    Ok(output)
}

pub(crate) const IGNORED_0_11: &str = "Ignoring \"deadbeef\", it is not a snapshot id\n";

pub(crate) const IGNORED: &str =
    "Ignoring \"deadbeef\": no matching ID found for prefix \"deadbeef\"\n";

/// A restic that prints less, and does this once.
pub(crate) fn quiet(stdout: &str) -> Restic {
    Restic::builder()
        .executor(Scripted::executor([script(0, stdout, "")]))
        .restic_version("0.19.1")
        .quiet(true)
        .build()
}

pub(crate) fn size(text: &str) -> ByteCount {
    ByteCount::read(text).unwrap()
}

/// No part of an output is taken for the whole, wherever it ends.
#[track_caller]
pub(crate) fn no_part_is_the_whole<C, K>(
    command: C,
    stdout: &str,
    stderr: &str,
    what: impl Fn(C::Output) -> K,
) where
    C: Command<Output: Serialize + DeserializeOwned>,
    K: PartialEq + Debug,
{
    let whole = || run(command.clone(), 0, stdout, stderr).unwrap();
    let good = what(whole());
    // Serialised and parsed again it is the same.
    let json = serde_json::to_value(whole()).unwrap();
    assert_eq!(what(serde_json::from_value(json).unwrap()), good);
    for end in 0..stdout.len() {
        let cut = &stdout[..end];
        match run(command.clone(), 0, cut, stderr) {
            Ok(output) => assert_eq!(what(output), good, "{cut}"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::BadOutput, "{error}"),
        }
    }
}

/// Every command can be shown without its arguments being run.
#[test]
fn commands_are_values() {
    fn check<C: Command>(command: C) {
        assert!(!format!("{:?}", command.clone()).is_empty());
    }
    check(List::blobs());
    check(CatMasterKey::new());
    check(Dump::new("latest", "/"));
}
