//! Every error type: one fragment, what is behind it in its chain of sources, nothing twice.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;
use std::{fs, io};

use restic_cli_wrap::commands::*;
use restic_cli_wrap::core::{Runner, ScenarioError};
use restic_cli_wrap::types::cli::CommandLine;
use restic_cli_wrap::types::{MissingSnapshotId, ResticVersion, Time, TimeError};
use restic_cli_wrap::{
    ErrorKind, Executor, Fault, Invocation, RecordError, Replay, ReplayError, Restic, Scripted,
    StartError,
};

/// The names of the types of which an example was checked.
#[derive(Default)]
struct Checked(BTreeSet<String>);

impl Checked {
    #[track_caller]
    fn check<E: Error + 'static>(&mut self, error: E) {
        let name = std::any::type_name::<E>();
        self.0.insert(name.rsplit(':').next().unwrap().to_owned());
        let first: &dyn Error = &error;
        let links: Vec<String> = std::iter::successors(Some(first), |error| (*error).source())
            .map(ToString::to_string)
            .collect();
        for (at, text) in links.iter().enumerate() {
            assert!(!text.is_empty(), "{links:?}");
            let repeated = links[at + 1..].iter().find(|deeper| text.contains(*deeper));
            assert_eq!(repeated, None, "{links:?}");
        }
        // What is behind it may be in the system's own words.
        assert!(!links[0].starts_with(char::is_uppercase), "{links:?}");
        assert!(!links[0].ends_with(['.', '\n', ' ']), "{links:?}");
    }
}

#[test]
fn an_error_is_one_fragment_with_its_source_behind_it() {
    let mut checked = Checked::default();
    of_types(&mut checked);
    of_starting(&mut checked);
    of_scenarios(&mut checked);
    of_recording(&mut checked);
    of_the_client(&mut checked);
    assert_eq!(checked.0, error_types());
}

fn of_types(checked: &mut Checked) {
    checked.check("restic".parse::<ResticVersion>().unwrap_err());
    checked.check(MissingSnapshotId);
    checked.check("yesterday".parse::<Time>().unwrap_err());
    checked.check(TimeError::OutOfRange);
    let lines: [&[&str]; 4] = [
        &["--json"],
        &["sandwich"],
        &["snapshots", "--nope=x"],
        &["snapshots", "--host"],
    ];
    for line in lines {
        let error = CommandLine::parse(line.iter().copied()).unwrap_err();
        checked.check(error.kind.clone());
        checked.check(error);
    }
    checked.check("no_such_kind".parse::<ErrorKind>().unwrap_err());
}

fn refused(restic: impl AsRef<Path>, invocation: &Invocation) -> StartError {
    let restic = Runner::new(restic.as_ref());
    match restic.start(invocation) {
        Ok(_) => panic!("{invocation} was started"),
        Err(error) => error,
    }
}

fn of_starting(checked: &mut Checked) {
    let version = Invocation::new(["version"]);
    checked.check(refused("/no/such/restic", &version));
    checked.check(refused("no-such-restic", &version));
    checked.check(refused(std::env::temp_dir(), &version));
    let here = std::env::current_exe().unwrap();
    checked.check(refused(&here, &Invocation::new(["a\0b"])));
    let mut elsewhere = version;
    elsewhere.current_dir = Some("/no/such/directory".into());
    checked.check(refused(&here, &elsewhere));
}

/// A recording of which nothing is called.
fn unused() -> ReplayError {
    let version = restic_fixtures::Version::ALL[0];
    let replay = Replay::load(restic_fixtures::first_backup(version)).unwrap();
    replay.finish().unwrap_err()
}

fn unreadable(manifest: &str) -> ScenarioError {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("scenario.json"), manifest).unwrap();
    Replay::load(directory.path()).unwrap_err()
}

fn of_scenarios(checked: &mut Checked) {
    checked.check(Replay::load("/no/such/scenario").unwrap_err());
    checked.check(unreadable("{"));
    checked.check(unreadable(r#"{"format": 9999}"#));
    checked.check(unused());
}

#[test]
fn a_recording_that_does_not_replay_says_why_when_asked_in_full() {
    let error = RecordError::DoesNotReplay(unused());
    let why = error.source().unwrap().to_string();
    assert_eq!(error.in_full(), format!("{error}: {why}"));
    assert!(why.contains("never made"), "{why}");
}

fn of_recording(checked: &mut Checked) {
    let text = || "words".to_owned();
    checked.check(RecordError::InCi);
    checked.check(RecordError::Leak {
        secret: text(),
        file: text(),
        offset: 7,
        form: "as it is",
    });
    checked.check(RecordError::ShortSecret { secret: text() });
    checked.check(RecordError::CommonSecret { secret: text() });
    checked.check(RecordError::Forbidden { command: text() });
    checked.check(RecordError::ForeignRepository { call: text() });
    checked.check(RecordError::Running { running: 2 });
    checked.check(RecordError::Empty);
    checked.check(RecordError::Unrecordable { problem: text() });
    checked.check(RecordError::DoesNotReplay(unused()));
    checked.check(RecordError::Differs {
        call: text(),
        problem: text(),
    });
    checked.check(RecordError::Version { problem: text() });
    let version = Invocation::new(["version"]);
    checked.check(RecordError::Start(refused("/no/such/restic", &version)));
    checked.check(RecordError::Scenario(unreadable("{")));
    checked.check(RecordError::Io {
        path: "/srv/recordings".into(),
        problem: "cannot be made",
        source: io::Error::other("the disk is full of sand"),
    });
}

fn of_the_client(checked: &mut Checked) {
    let missing = Restic::builder().binary("/no/such/restic").build();
    checked.check(missing.run(Version::new()).unwrap_err());
    let client = |executor| Restic::builder().executor(executor).build();
    let list = |executor| client(executor).run(Snapshots::new()).unwrap_err();
    for (stdout, stderr, code) in [
        ("", "Fatal: wrong password or no key found\n", 12),
        (
            "",
            "Fatal: unable to open config file\nIs there a repository?\n",
            10,
        ),
        ("", "", 1),
        ("[{", "", 0),
        ("", "", 0),
    ] {
        let script = Scripted::new().stdout(stdout).stderr(stderr).exit(code);
        checked.check(list(Scripted::executor([script])));
    }
    let script = Scripted::new().stdout("[]\n");
    let fault = Fault::read_error(1, io::ErrorKind::BrokenPipe);
    checked.check(list(fault.on(Scripted::executor([script]))));
}

/// The names of all error types, by the sources of the libraries.
fn error_types() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut names = BTreeSet::new();
    for library in [
        "restic-types",
        "restic-process",
        "restic-core",
        "restic-record",
        "restic-cli-wrap",
    ] {
        add_error_types(&crates.join(library).join("src"), &mut names);
    }
    names
}

fn add_error_types(directory: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add_error_types(&path, names);
        } else {
            let source = fs::read_to_string(&path).unwrap();
            names.extend(error_types_in(&source).map(str::to_owned));
        }
    }
}

/// Types that derive the trait, and those that have it by hand.
fn error_types_in(source: &str) -> impl Iterator<Item = &str> {
    let derived = source
        .split("thiserror::Error)]")
        .skip(1)
        .filter_map(|rest| {
            let mut lines = rest.lines();
            lines.find_map(|line| {
                let item = line.strip_prefix("pub struct ");
                item.or_else(|| line.strip_prefix("pub enum "))
            })
        });
    let by_hand = source.split("impl std::error::Error for ").skip(1);
    derived.chain(by_hand).filter_map(|rest| {
        let is_end = |letter: char| !letter.is_alphanumeric();
        rest.split(is_end).next()
    })
}
