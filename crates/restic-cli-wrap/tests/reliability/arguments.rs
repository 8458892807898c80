//! Words that look like something else reach restic as what they are.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::thread;

use restic_cli_wrap::commands::*;
use restic_cli_wrap::{Error, ErrorKind};

use crate::support::{Bench, alone};
use restic_test_support::binaries::binaries;
use restic_test_support::fake::{Fake, SUMMARY};

/// Words that a careless program would take for flags, lists or commands. The file is made
/// where restic runs.
const WORDS: [&str; 9] = [
    "-x",
    "--json",
    "--password-command=touch F",
    "--",
    "-",
    "",
    "a,b",
    "line\nbreak",
    "$(touch F);`touch F`",
];

/// A failure is fine when it says what it is.
#[track_caller]
fn typed<T>(result: Result<T, Error>) -> Option<T> {
    match result {
        Ok(output) => Some(output),
        Err(error) => {
            let vague = [ErrorKind::BadOutput, ErrorKind::Io, ErrorKind::Killed];
            assert!(!vague.contains(&error.kind()), "{error:?}");
            None
        }
    }
}

#[test]
fn every_word_reaches_restic_as_data() {
    const NAME: &str = "arguments::every_word_reaches_restic_as_data";
    alone(NAME, || {
        thread::scope(|scope| {
            for binary in binaries(NAME) {
                scope.spawn(move || check_words(&Bench::new(binary)));
            }
        });
    });
}

fn check_words(bench: &Bench) {
    let work = bench.path("work");
    fs::create_dir(&work).unwrap();
    let restic = bench.builder().current_dir(&work).build();
    for word in WORDS {
        if !word.is_empty() {
            fs::create_dir_all(work.join(word)).unwrap();
            fs::write(work.join(word).join("content"), word).unwrap();
        }
        // As a path, a tag, a host and a pattern.
        let backup = Backup::new([word]).tag(word).exclude(word.to_owned() + "?");
        let backup = if word.is_empty() {
            backup
        } else {
            backup.host(word)
        };
        let Some(outcome) = typed(restic.run(backup)) else {
            assert_eq!(word, "", "{}", bench.binary.display());
            continue;
        };
        let id = outcome.summary().unwrap().snapshot_id.clone().unwrap();
        let snapshots = restic.run(Snapshots::new().snapshot(id.as_str())).unwrap();
        let snapshot = &snapshots[0];
        assert_eq!(snapshot.hostname, word);
        assert_eq!(
            snapshot.tags.concat(),
            word.replace(',', if bench.minor < 12 { "," } else { "" })
        );
        assert!(snapshot.paths[0].ends_with(word), "{snapshot:?}");
        let mine = Snapshots::new().host(word).path(work.join(word));
        assert_eq!(restic.run(mine).unwrap().len(), 1, "{word:?}");

        // As a target and as a pattern of what is restored.
        let restore = Restore::new(id.as_str()).target(format!("{word}/out"));
        let restored = restic.run(restore.include(word.to_owned() + "*")).unwrap();
        assert!(restored.is_complete(), "{word:?}: {restored:?}");
        assert!(work.join(word).join("out").is_dir(), "{word:?}");

        // As an id.
        assert_eq!(typed(restic.run(Ls::new(word))), None, "{word:?}");
        assert_eq!(typed(restic.run(Snapshots::new().snapshot(word))), None);
        let outside = Restore::new(word).target("nowhere");
        assert!(typed(restic.run(outside)).is_none(), "{word:?}");
    }
    let before = restic.run(Snapshots::new()).unwrap().len();
    for word in WORDS {
        typed(restic.run(ForgetSnapshots::new([word])));
        typed(restic.run(Forget::new().keep_last(1).tag(word).host(word).path(word)));
        typed(restic.run(Check::new().read_data_subset(word)));
        typed(restic.run(Stats::new().snapshot(word)));
    }
    assert_eq!(restic.run(Snapshots::new()).unwrap().len(), before);
    assert!(
        !any_file_named(bench.directory.path(), "F"),
        "{}",
        bench.binary.display()
    );
}

fn any_file_named(directory: &Path, name: &str) -> bool {
    fs::read_dir(directory).unwrap().any(|entry| {
        let entry = entry.unwrap();
        let is_directory = entry.file_type().unwrap().is_dir();
        entry.file_name() == name || is_directory && any_file_named(&entry.path(), name)
    })
}

/// What is shown of a call is what is called, byte for byte.
#[test]
fn every_byte_arrives() {
    alone("arguments::every_byte_arrives", || {
        let fake = Fake::new(&format!(
            "printf '%s\\0' \"$@\" > $here/words; echo '{SUMMARY}'"
        ));
        let strange: Vec<u8> = (1..=255).collect();
        let strange = OsStr::from_bytes(&strange);
        let command = Backup::new([strange]).tag(strange).exclude("");
        let _ = fake.restic().run(command.clone()).unwrap();
        let words = fs::read(fake.path("words")).unwrap();
        let words: Vec<&[u8]> = words
            .strip_suffix(b"\0")
            .unwrap()
            .split(|b| *b == 0)
            .collect();
        let invocation = fake.restic().invocation(&command);
        let shown: Vec<_> = invocation.masked_arguments().collect();
        let shown: Vec<&[u8]> = shown.iter().map(|word| word.as_bytes()).collect();
        assert_eq!(words, shown);
        assert_eq!(words.last(), Some(&strange.as_bytes()));
    });
}

#[test]
fn a_nul_byte_is_refused_before_anything_is_started() {
    alone(
        "arguments::a_nul_byte_is_refused_before_anything_is_started",
        || {
            let fake = Fake::new("echo '[]'");
            let restic = fake.restic();
            let errors = [
                restic.run(Backup::new(["a\0b"])).map(drop).unwrap_err(),
                restic
                    .run(Backup::new(["a"]).tag("a\0b"))
                    .map(drop)
                    .unwrap_err(),
                restic
                    .run(Snapshots::new().snapshot("a\0b"))
                    .map(drop)
                    .unwrap_err(),
                restic
                    .run(Restore::new("a").target("a\0b"))
                    .map(drop)
                    .unwrap_err(),
                fake.builder()
                    .repository("a\0b")
                    .build()
                    .run(Init::new())
                    .unwrap_err(),
                fake.builder()
                    .password_file("a\0b")
                    .build()
                    .run(Init::new())
                    .unwrap_err(),
                fake.builder()
                    .env("a\0b", "c")
                    .build()
                    .run(Init::new())
                    .unwrap_err(),
                fake.builder()
                    .env("a", "b\0c")
                    .build()
                    .run(Init::new())
                    .unwrap_err(),
                fake.builder()
                    .current_dir("a\0b")
                    .build()
                    .run(Init::new())
                    .unwrap_err(),
            ];
            for error in errors {
                assert_eq!(
                    (error.kind(), error.exit()),
                    (ErrorKind::CannotStart, None),
                    "{error:?}"
                );
            }
            // A restore asks for the version, to know whether it follows links.
            let calls = fake.calls();
            assert!(
                calls.iter().all(|call| call.ends_with("version")),
                "{calls:?}"
            );
        },
    );
}
