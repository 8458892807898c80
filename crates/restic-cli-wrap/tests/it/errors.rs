//! What an error says, what is behind it, and the names of its kinds.

mod chains;

use std::error::Error as _;
use std::io::{self, Write};
use std::path::Path;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Error, ErrorKind, Fault, Restic, Scripted};

#[test]
fn every_kind_has_a_name_of_its_own() {
    for kind in ErrorKind::ALL.iter().copied() {
        let name = kind.as_str();
        let is_label = |c: char| c.is_ascii_lowercase() || c == '_';
        assert!(name.chars().all(is_label), "{name}");
        assert_eq!(kind.to_string(), name);
        assert_eq!(name.parse(), Ok(kind));
        let json = serde_json::to_string(&kind).unwrap();
        assert_eq!(json, format!("{name:?}"));
        assert_eq!(serde_json::from_str::<ErrorKind>(&json).unwrap(), kind);
        // The name follows from the one in code.
        let words = name
            .split('_')
            .map(|word| word[..1].to_uppercase() + &word[1..]);
        assert_eq!(words.collect::<String>(), format!("{kind:?}"));
    }
    assert_eq!(format!("{:>8}", ErrorKind::Usage), "   usage");
    let unknown = "no_such_kind".parse::<ErrorKind>().unwrap_err();
    assert!(unknown.to_string().contains("no_such_kind"));
    assert!(serde_json::from_str::<ErrorKind>(r#""no_such_kind""#).is_err());
}

/// The system's error is the source, as itself, and not a part of the text.
#[track_caller]
fn check(error: &Error, kind: ErrorKind) {
    assert_eq!(error.kind(), kind, "{error}");
    let source = error.source().expect("a source");
    let system = source.downcast_ref::<io::Error>().expect("an io::Error");
    let text = error.to_string();
    assert!(!text.contains(&system.to_string()), "{text}");
    assert!(!text.contains('\n'), "{text}");
    assert!(
        error.message().starts_with(|c: char| !c.is_uppercase()),
        "{text}"
    );
}

struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is full of sand"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_fails_is_the_source() {
    let executor = Scripted::executor([Scripted::new().stdout("bytes")]);
    let restic = Restic::builder().executor(executor).build();
    let error = restic
        .dump_to(Dump::new("latest", "/a"), &mut Full)
        .unwrap_err();
    check(&error, ErrorKind::CannotWrite);
}

#[test]
fn a_process_that_cannot_be_read_is_the_source() {
    let script = Scripted::new().stdout("[]\n");
    let executor = Fault::read_error(1, io::ErrorKind::BrokenPipe).on(Scripted::executor([script]));
    let restic = Restic::builder().executor(executor).build();
    check(&restic.run(Snapshots::new()).unwrap_err(), ErrorKind::Io);
}

#[test]
fn what_cannot_be_started_has_the_error_of_the_system() {
    let client = |binary: &Path| Restic::builder().binary(binary).build();
    let missing = client(Path::new("/no/such/restic"));
    check(
        &missing.run(Version::new()).unwrap_err(),
        ErrorKind::BinaryNotFound,
    );
    let missing = Restic::builder()
        .binary(std::env::current_exe().unwrap())
        .current_dir("/no/such/directory")
        .build();
    check(
        &missing.run(Version::new()).unwrap_err(),
        ErrorKind::CannotStart,
    );
}
