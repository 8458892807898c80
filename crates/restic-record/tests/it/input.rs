//! Standard input of recorded calls: kept when it is short, by length and digest when it is long,
//! and compared on replay whatever it comes from.

use std::error::Error;
use std::fs;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use restic_core::{
    Event, Executor, Exit, InputReader, Invocation, Process, Replay, Scenario, Scripted,
    StartError, StartErrorKind, Stdin,
};
use restic_record::Recorder;
use tempfile::TempDir;

const LONG: usize = 1024 * 1024 + 1;

/// A restic that reads its input to the end and prints it, or as much of it as it wants.
#[derive(Debug)]
struct Reading {
    wants: u64,
}

impl Executor for Reading {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        let mut read = Vec::new();
        if let Stdin::Reader(reader) = &invocation.stdin {
            let reader = reader.take().expect("a reader that nobody used");
            // restic prints what it has when its input fails.
            drop(reader.take(self.wants).read_to_end(&mut read));
        }
        Ok(Scripted::new()
            .stdout(format!("read {}\n", read.len()))
            .start())
    }
}

fn backup(stdin: Stdin) -> Invocation {
    let mut backup = Invocation::new(["backup", "--stdin"]);
    backup.stdin = stdin;
    backup
}

fn bytes(bytes: impl Into<Vec<u8>>) -> Stdin {
    Stdin::Bytes(bytes.into().into())
}

fn reader(reader: impl Read + Send + 'static) -> Stdin {
    Stdin::Reader(InputReader::new(reader))
}

/// The same content in each form in which a call can be given it.
fn forms(place: &Path, content: &[u8]) -> [Stdin; 3] {
    static FILES: AtomicUsize = AtomicUsize::new(0);
    let file = place.join(FILES.fetch_add(1, Ordering::SeqCst).to_string());
    fs::write(&file, content).unwrap();
    let content = content.to_vec();
    [
        bytes(content.clone()),
        Stdin::File(file),
        reader(Cursor::new(content)),
    ]
}

fn run(executor: &Arc<dyn Executor>, call: &Invocation) -> Result<String, Box<dyn Error>> {
    let mut process = executor.start(call)?;
    let mut printed = String::new();
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        match process.next_event(Some(end))? {
            Event::Stdout(bytes) => printed += std::str::from_utf8(&bytes)?,
            Event::Exited(_) => return Ok(printed),
            _ => assert!(Instant::now() < end, "it hangs"),
        }
    }
}

/// Records this call.
fn recorded(stdin: Stdin, wants: u64) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    let recorder = Recorder::scratch("input").unwrap();
    let recorder = recorder.restic_version("0.19.1");
    let recorder = recorder.around(Arc::new(Reading { wants }));
    run(&recorder.executor(), &backup(stdin)).unwrap();
    let _ = recorder.keep(place.path().join("kept")).unwrap();
    place
}

/// What a program sees that makes the call with this input, and what the end of the replay says.
fn replayed(place: &TempDir, stdin: Stdin) -> (Result<String, String>, Result<(), String>) {
    let replay = Replay::load(place.path().join("kept")).unwrap();
    let seen = run(&replay.executor(), &backup(stdin)).map_err(|error| error.to_string());
    let verdict = replay.finish().map_err(|report| report.to_string());
    (seen, verdict)
}

#[test]
fn whatever_it_comes_from_it_is_compared() {
    let place = tempfile::tempdir().unwrap();
    for length in [5, LONG] {
        let content = vec![b'x'; length];
        let mut other = content.clone();
        other[length - 2] = b'y';
        for stdin in forms(place.path(), &content) {
            let kept = recorded(stdin, u64::MAX);
            for same in forms(place.path(), &content) {
                let (seen, verdict) = replayed(&kept, same);
                assert_eq!((seen.map(drop), verdict), (Ok(()), Ok(())), "{length}");
            }
            for wrong in [
                &other[..],
                &content[1..],
                &[&content[..], b"x"].concat(),
                b"",
            ] {
                for stdin in forms(place.path(), wrong) {
                    let (seen, verdict) = replayed(&kept, stdin);
                    let (seen, verdict) = (seen.unwrap_err(), verdict.unwrap_err());
                    assert!(
                        seen.contains("01-backup with this standard input"),
                        "{seen}"
                    );
                    assert!(verdict.contains(&seen), "{verdict}");
                    let given = format!("{}", wrong.len());
                    assert!(seen.contains(&given), "{seen}");
                }
            }
        }
    }
}

#[test]
fn long_input_is_kept_by_length_and_digest() {
    let kept = recorded(bytes(vec![0; LONG]), 0);
    let scenario = kept.path().join("kept");
    let names = fs::read_dir(&scenario).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    let manifest = fs::read_to_string(scenario.join("scenario.json")).unwrap();
    assert!(manifest.contains("\"bytes\": 1048577"), "{manifest}");
    let scenario = Scenario::load(scenario).unwrap();
    let call = scenario.calls().next().unwrap();
    assert_eq!(
        (call.stdin().unwrap(), call.stdin_length()),
        (vec![], LONG as u64)
    );

    let mut other = vec![0; LONG];
    other[7] = 1;
    let (seen, _) = replayed(&kept, bytes(other));
    insta::with_settings!({filters => vec![(r"in the scenario .*", "in the scenario [directory]")]}, {
        insta::assert_snapshot!(seen.unwrap_err(), @r"
        not recorded: 01-backup with this standard input
          in the scenario [directory]
          1048577 bytes with the digest 3cf2653d6dc1b7df were recorded, and 1048577 with the digest 1eabe3db22c16fd6 given
          record the scenario again if the program's input is right
        ");
    });
}

#[test]
fn what_differs_in_short_input_is_not_shown() {
    let kept = recorded(bytes("recorded"), 0);
    let (seen, _) = replayed(&kept, bytes("reckless secret"));
    let text = seen.unwrap_err();
    assert!(
        text.contains("8 bytes were recorded and 15 given, equal up to byte 3"),
        "{text}"
    );
    assert!(!text.contains("secret"), "{text}");
    // A call that is given nothing is another one, too.
    let (seen, _) = replayed(&kept, Stdin::Null);
    assert!(
        seen.unwrap_err()
            .contains("8 bytes were recorded and 0 given")
    );
}

#[test]
fn paths_and_ids_in_it_are_those_of_the_replay() {
    let place = tempfile::tempdir().unwrap();
    let id = "5e".repeat(32);
    let list = |directory: &Path, id: &str| {
        format!(
            "{0}/a\n{0}/5 MiB of 7 files\n{id}\n2026-11-28 05:45:50\n",
            directory.display()
        )
    };
    let recorder = Recorder::scratch("lists").unwrap().restic_version("0.19.1");
    let printed = Scripted::new().stdout(format!("[\"{id}\"]\n"));
    let recorder = recorder.around(Scripted::executor([printed, Scripted::new()]));
    let source = recorder.path("src");
    let first = Invocation::new([
        "list",
        "snapshots",
        &format!("--cacert={}", source.display()),
    ]);
    run(&recorder.executor(), &first).unwrap();
    let call = backup(bytes(list(&source, &id)));
    run(&recorder.executor(), &call).unwrap();
    let _ = recorder.keep(place.path().join("kept")).unwrap();

    for form in 0..3 {
        let replay = Replay::load(place.path().join("kept")).unwrap();
        let printed = run(
            &replay.executor(),
            &Invocation::new(["list", "snapshots", "--cacert=/elsewhere"]),
        );
        let printed = printed.unwrap();
        let id = printed.trim_matches(['[', ']', '"', '\n']);
        assert_ne!(id, "5e".repeat(32));
        let list = list(Path::new("/elsewhere"), id);
        let call = backup(forms(place.path(), list.as_bytes())[form].clone());
        run(&replay.executor(), &call).unwrap();
        replay.finish().unwrap();
    }
}

/// Hands out some bytes and fails.
struct Failing(Cursor<&'static [u8]>);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("the database is gone")),
            count => Ok(count),
        }
    }
}

#[test]
fn input_whose_end_was_not_read_is_not_compared() {
    let cut = recorded(reader(Cursor::new(vec![b'x'; 100_000])), 10);
    let failed = recorded(reader(Failing(Cursor::new(b"half"))), u64::MAX);
    for kept in [cut, failed] {
        let scenario = Scenario::load(kept.path().join("kept")).unwrap();
        assert_eq!(scenario.calls().next().unwrap().stdin_length(), 0);
        for stdin in [
            bytes("any"),
            reader(Cursor::new(b"any")),
            reader(io::repeat(0)),
        ] {
            let (seen, verdict) = replayed(&kept, stdin);
            assert!(seen.is_ok() && verdict.is_ok(), "{seen:?} {verdict:?}");
        }
    }
}

#[test]
fn a_reader_that_fails_on_replay_fails_as_with_restic() {
    let kept = recorded(bytes("whole"), 0);
    let replay = Replay::load(kept.path().join("kept")).unwrap();
    let call = backup(reader(Failing(Cursor::new(b"half"))));
    let mut process = replay.executor().start(&call).unwrap();
    let error = loop {
        match process.next_event(None) {
            Ok(Event::Woken) => {}
            Ok(event) => panic!("{event:?} before the end of the input"),
            Err(error) => break error.to_string(),
        }
    };
    assert_eq!(error, "the database is gone");
    // restic waits for the rest, until it is stopped.
    let soon = Instant::now() + Duration::from_millis(20);
    assert_eq!(process.next_event(Some(soon)).unwrap(), Event::Woken);
    process.control().interrupt().unwrap();
    let mut exit = None;
    while exit.is_none() {
        if let Event::Exited(code) = process.next_event(None).unwrap() {
            exit = Some(code);
        }
    }
    assert_eq!(exit, Some(Exit::Code(130)));
    replay.finish().unwrap();

    let replay = Replay::load(kept.path().join("kept")).unwrap();
    let used = reader(io::empty());
    if let Stdin::Reader(reader) = &used {
        drop(reader.take());
    }
    let missing = Stdin::File("/no/such/file".into());
    for stdin in [used, missing] {
        let error = replay.executor().start(&backup(stdin)).unwrap_err();
        assert_eq!(error.kind(), StartErrorKind::Stdin, "{error}");
    }
    assert!(replay.misses().is_empty());
    replay.finish().unwrap_err();
}

/// As it was recorded before long input was: every input is a file.
#[test]
fn old_recordings_are_read() {
    let kept = recorded(bytes("short"), 0);
    let path = kept.path().join("kept/scenario.json");
    let mut manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    manifest.as_object_mut().unwrap().remove("digest");
    let stdin = &mut manifest["calls"][0]["stdin"];
    *stdin = serde_json::json!({"file": "01-backup.stdin.bin", "bytes": LONG});
    fs::write(&path, manifest.to_string()).unwrap();
    fs::write(
        kept.path().join("kept/01-backup.stdin.bin"),
        vec![b'x'; LONG],
    )
    .unwrap();
    for stdin in forms(kept.path(), &vec![b'x'; LONG]) {
        let (seen, verdict) = replayed(&kept, stdin);
        assert!(seen.is_ok() && verdict.is_ok(), "{seen:?} {verdict:?}");
    }
    let (seen, _) = replayed(&kept, bytes(vec![b'y'; LONG]));
    assert!(seen.unwrap_err().contains("equal up to byte 0"));
}
