use std::future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering};

use super::*;
use restic_core::Scripted;
use restic_process::{Event, Executor, Invocation, Process, StartError};

/// A restic that makes a repository and lists what is in it, with another id each time.
fn restic(recorder: Recorder, list: &str) -> Recorder {
    static MOMENT: AtomicU8 = AtomicU8::new(1);
    let id = format!("{:02x}", MOMENT.fetch_add(1, Ordering::SeqCst)).repeat(32);
    let repository = recorder.repository();
    let created = format!("created {id} at {}\n", repository.display());
    let list = Scripted::new().stdout(list);
    recorder
        .restic_version("0.19.1")
        .around(Scripted::executor([Scripted::new().stdout(created), list]))
}

/// A test of a package in this directory that says that it is recorded with `restic`.
fn test(package: &Path, name: &str, record: &str) -> RecordedTest {
    let surroundings = Surroundings {
        package: package.to_owned(),
        recordings: package.join("tests/recordings"),
        package_name: Some("agent".to_owned()),
        test: Some("nightly::works".to_owned()),
        record: Some(record.into()),
        ..Surroundings::default()
    };
    let test = RecordedTest::new(name).recorder(|recorder| restic(recorder, "[]\n"));
    RecordedTest {
        surroundings,
        ..test
    }
}

fn call(run: &TestRun, words: &[&str]) -> String {
    let repository = format!("--repo={}", run.repository().display());
    let words = [repository.as_str()]
        .into_iter()
        .chain(words.iter().copied());
    let started = run.executor().start(&Invocation::new(words));
    let mut process = match started {
        Ok(process) => process,
        Err(error) => return error.to_string(),
    };
    let mut printed = String::new();
    loop {
        match process.next_event(None).unwrap() {
            Event::Stdout(bytes) => printed += &String::from_utf8(bytes).unwrap(),
            Event::Exited(_) => return printed,
            _ => {}
        }
    }
}

/// The program under test: it makes a repository, and lists it.
fn program(run: &TestRun) -> Result<(), Failure> {
    let made = call(run, &["init"]);
    let at = format!(" at {}\n", run.repository().display());
    if !made.ends_with(&at) {
        return Err(format!("{made:?} is not {at:?}").into());
    }
    match call(run, &["snapshots"]).as_str() {
        "[]\n" => Ok(()),
        other => Err(other.into()),
    }
}

/// What the test says when it fails.
fn failure(test: &RecordedTest, body: impl Fn(&TestRun) -> Result<(), Failure>) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| test.run(body))).unwrap_err();
    panic.downcast_ref::<String>().unwrap().clone()
}

#[test]
fn it_is_written_once_and_runs_on_what_it_recorded() {
    let package = tempfile::tempdir().unwrap();
    let one = test(package.path(), "once", "1");
    one.run(program);
    one.run(program);
    let recordings = package.path().join("tests/recordings");
    assert!(recordings.join("once/0.19.1/scenario.json").is_file());
    assert!(recordings.join(".gitattributes").is_file());
    assert_eq!(fs::read_dir(recordings.join("once")).unwrap().count(), 1);

    let directories = std::sync::Mutex::new(Vec::new());
    for _ in 0..2 {
        test(package.path(), "once", "")
            .versions(["0.19.1"])
            .run(|run| {
                assert_eq!((run.version(), run.is_recording()), ("0.19.1", false));
                directories.lock().unwrap().push(run.directory().to_owned());
                run.write("src/a/b.txt", "text")?;
                program(run)
            });
    }
    let directories = directories.into_inner().unwrap();
    assert!(directories[0] != directories[1]);
    assert!(directories.iter().all(|directory| !directory.exists()));
}

#[test]
fn its_name_is_the_name_of_a_directory() {
    let package = tempfile::tempdir().unwrap();
    for name in [
        "", ".", "..", "../a", "a/b", "/tmp/a", "a\\b", "c:a", ".git", "a\nb",
    ] {
        for record in ["0", "1"] {
            let text = failure(&test(package.path(), name, record), program);
            let expected = format!("{name:?} is no name for a recorded test");
            assert!(text.starts_with(&expected), "{text}");
        }
    }
    assert_eq!(fs::read_dir(package.path()).unwrap().count(), 0);
    test(package.path(), "a night. Ünd", "1").run(program);
}

#[test]
fn without_a_recording_it_names_the_command() {
    let package = tempfile::tempdir().unwrap();
    let text = failure(&test(package.path(), "none", "0"), program);
    assert!(text.contains("there is no recording of the test \"none\""));
    let command = "\n  RESTIC_RECORD=1 cargo test --package agent -- --exact nightly::works";
    assert!(text.ends_with(command), "{text}");

    let named = test(package.path(), "none", "0").command("make test");
    assert!(failure(&named, program).ends_with("\n  RESTIC_RECORD=1 make test"));

    test(package.path(), "none", "1").run(program);
    let text = failure(
        &test(package.path(), "none", "0").versions(["0.14.0"]),
        program,
    );
    for part in [
        "has no recording of restic 0.14.0, only of 0.19.1",
        "RESTIC_BINARIES=/path/to/restic-0.14.0 cargo test",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn what_differs_waits_and_fails_the_test() {
    let package = tempfile::tempdir().unwrap();
    let tolerant = |run: &TestRun| {
        call(run, &["init"]);
        call(run, &["snapshots"]);
        Ok(())
    };
    test(package.path(), "differs", "1").run(tolerant);
    let other = |record: &str| {
        let test = test(package.path(), "differs", record);
        test.recorder(|recorder| restic(recorder, "[1]\n"))
    };
    let text = failure(&other("1"), tolerant);
    for part in [
        "- []",
        "+ [1]",
        "restic-replay accept",
        "RESTIC_RECORD=accept",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let recordings = package.path().join("tests/recordings/differs");
    assert!(recordings.join("0.19.1.new").is_dir());
    test(package.path(), "differs", "").run(program);

    other("accept").run(tolerant);
    assert!(!recordings.join("0.19.1.new").exists());
    let text = failure(&test(package.path(), "differs", ""), program);
    assert!(text.contains("[1]"), "{text}");
}

#[test]
fn a_recording_that_cannot_be_read_names_the_command_too() {
    let package = tempfile::tempdir().unwrap();
    test(package.path(), "newer", "1").run(program);
    let manifest = package
        .path()
        .join("tests/recordings/newer/0.19.1/scenario.json");
    let text = fs::read_to_string(&manifest).unwrap();
    for broken in [text.replacen("\"minor\": 0", "\"minor\": 9", 1), "{".into()] {
        fs::write(&manifest, broken).unwrap();
        let text = failure(&test(package.path(), "newer", ""), program);
        let command = "RESTIC_RECORD=1 cargo test --package agent -- --exact nightly::works";
        assert!(text.ends_with(&format!("again: {command}")), "{text}");
    }
}

#[test]
fn what_does_not_pass_its_own_test_is_not_kept() {
    let package = tempfile::tempdir().unwrap();
    let one = test(package.path(), "honest", "1");
    let text = failure(&one, |run| {
        program(run)?;
        match run.is_recording() {
            true => Ok(()),
            false => Err("it differs".into()),
        }
    });
    assert!(text.contains("passes with restic and not on the replay"));
    assert!(text.contains("it differs"), "{text}");
    let text = failure(&one, |_| Err("no".into()));
    assert!(text.contains("nothing is kept: no"), "{text}");
    let left = fs::read_dir(package.path().join("tests/recordings/honest"));
    assert_eq!(left.unwrap().count(), 0);
}

#[test]
fn nothing_is_recorded_in_ci_or_by_a_misspelt_variable() {
    let package = tempfile::tempdir().unwrap();
    let mut one = test(package.path(), "ci", "1");
    one.surroundings.is_ci = true;
    assert!(failure(&one, program).contains("the variable CI is set"));
    let text = failure(&test(package.path(), "ci", "yes please"), program);
    assert!(text.contains("RESTIC_RECORD=\"yes please\""), "{text}");
    assert!(!package.path().join("tests").exists());
}

#[test]
fn a_call_that_did_not_match_is_reported_whatever_the_program_says() {
    let package = tempfile::tempdir().unwrap();
    test(package.path(), "swallowed", "1").run(program);
    let replay = test(package.path(), "swallowed", "");
    for result in [Ok(()), Err("something failed")] {
        let text = failure(&replay, |run| {
            program(run)?;
            call(run, &["snapshots", "--tag=x"]);
            result.map_err(Into::into)
        });
        assert!(text.contains("+ --tag=x"), "{text}");
        assert!(text.contains("tests/recordings/swallowed/0.19.1"), "{text}");
    }
}

#[test]
fn every_version_is_replayed_the_oldest_first() {
    let package = tempfile::tempdir().unwrap();
    for version in ["0.19.1", "0.9.6"] {
        test(package.path(), "versions", "1")
            .recorder(move |recorder| restic(recorder, "[]\n").restic_version(version))
            .run(program);
    }
    let seen = std::sync::Mutex::new(Vec::new());
    test(package.path(), "versions", "").run(|run| {
        seen.lock().unwrap().push(run.version().to_owned());
        program(run)
    });
    assert_eq!(*seen.lock().unwrap(), ["0.9.6", "0.19.1"]);
}

#[test]
fn directories_that_the_program_makes_for_itself_differ() {
    let package = tempfile::tempdir().unwrap();
    let body = |run: &TestRun| {
        let own = tempfile::tempdir()?;
        program(run)?;
        let printed = call(
            run,
            &["restore", &format!("--target={}", own.path().display())],
        );
        assert_eq!(printed, format!("restoring to {}\n", own.path().display()));
        Ok(())
    };
    let record = test(package.path(), "temporary", "1");
    record
        .recorder(|recorder| {
            recorder
                .restic_version("0.19.1")
                .around(std::sync::Arc::new(Echo))
        })
        .run(body);
    test(package.path(), "temporary", "").run(body);
}

/// A restic that says where it restores to.
#[derive(Debug)]
struct Echo;

impl Executor for Echo {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        let words: Vec<_> = invocation
            .masked_arguments()
            .map(|word| word.into_string().unwrap())
            .collect();
        let value = |flag: &str| words.iter().find_map(|word| word.strip_prefix(flag));
        let text = match (value("--target="), value("--repo=")) {
            (Some(target), _) => format!("restoring to {target}\n"),
            (None, Some(repo)) if words.contains(&"init".to_owned()) => {
                format!("it is at {repo}\n")
            }
            _ => "[]\n".to_owned(),
        };
        Ok(Scripted::new().stdout(text).start())
    }
}

#[test]
fn an_asynchronous_test_may_wait() {
    let package = tempfile::tempdir().unwrap();
    let mut polls = 0;
    let one = test(package.path(), "async", "1");
    let mut running = pin!(one.run_async(async |run| {
        let mut waited = false;
        future::poll_fn(|_| match std::mem::replace(&mut waited, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
        program(run)
    }));
    let mut context = Context::from_waker(Waker::noop());
    while running.as_mut().poll(&mut context).is_pending() {
        polls += 1;
    }
    assert_eq!(polls, 2, "once with restic and once without");
}

#[test]
fn binaries_are_those_of_the_variable() {
    let mut surroundings = Surroundings::default();
    assert_eq!(surroundings.binaries(), [Path::new("restic")]);
    let both = std::env::join_paths(["/a/restic-0.14.0", "/a/restic-0.19.1"]).unwrap();
    surroundings.binaries = Some(both);
    let expected = [Path::new("/a/restic-0.14.0"), Path::new("/a/restic-0.19.1")];
    assert_eq!(surroundings.binaries(), expected);
}
