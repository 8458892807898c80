//! From the lines of two streams, an exit and perhaps a stop to a result: success only with
//! restic's closing document, and every message handed out.

use std::fmt::Debug;

use restic_cli_wrap::commands::{
    Backup, Check, Forget, Init, Ls, Restore, Snapshots, Stats, Unlock, Version,
};
use restic_cli_wrap::types::{
    BackupMessage, CheckMessage, ExitError, ForgetGroup, Initialized, LsMessage, Message,
    RestoreMessage, Snapshot, Stats as Numbers, VersionInfo,
};
use restic_cli_wrap::{Command, Error, ErrorKind, Exit, Restic, Scripted};
use serde::de::DeserializeOwned;
use serde_json::Deserializer;

/// What a restic prints and how it ends, and which command reads it.
#[derive(Clone, Debug)]
pub struct Script {
    pub command: u8,
    pub exit: Exit,
    /// In chunks of this many bytes.
    pub chunk: usize,
    /// Stops it after this many events.
    pub stop: Option<usize>,
    pub output: Vec<(Stream, Vec<u8>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Stdout,
    Stderr,
}

impl Script {
    /// Reads four bytes (command, exit, size of chunks, when to stop), and then output in
    /// which lines that begin with `2>` are of standard error.
    #[allow(dead_code, reason = "only fuzz targets have bytes to begin with")]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (&[command, exit, chunk, stop], output) = bytes.split_first_chunk()?;
        let exits = [0, 1, 3, 10, 11, 12, 130].map(Exit::Code);
        let exit = exits.get(usize::from(exit)).copied();
        let lines = output.split_inclusive(|byte| *byte == b'\n');
        let output = lines.map(|line| match line.strip_prefix(b"2>") {
            Some(line) => (Stream::Stderr, line.to_vec()),
            None => (Stream::Stdout, line.to_vec()),
        });
        Some(Self {
            command,
            exit: exit.unwrap_or(Exit::Signal(9)),
            chunk: usize::from(chunk.max(1)),
            stop: usize::from(stop).checked_sub(128),
            output: output.collect(),
        })
    }

    fn bytes(&self, stream: Stream) -> Vec<u8> {
        let output = self.output.iter().filter(|(of, _)| *of == stream);
        output.flat_map(|(_, bytes)| bytes.clone()).collect()
    }

    /// The lines of a stream, cut in the simplest way.
    fn lines(&self, stream: Stream) -> Vec<String> {
        let bytes = self.bytes(stream);
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
        let mut lines: Vec<_> = bytes.split(|byte| *byte == b'\n').collect();
        lines.pop_if(|last| last.is_empty());
        let text = |line: &&[u8]| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            String::from_utf8_lossy(line).into_owned()
        };
        lines.iter().map(text).collect()
    }

    fn play(&self, chunk: usize) -> Restic {
        let mut script = Scripted::new();
        for (stream, bytes) in &self.output {
            script = match stream {
                Stream::Stdout => script.stdout(bytes),
                Stream::Stderr => script.stderr(bytes),
            };
        }
        let script = script.in_chunks_of(chunk).exits(self.exit);
        Restic::builder()
            .executor(Scripted::executor([script]))
            .restic_version("0.19.1")
            .build()
    }
}

/// Checks what one command makes of a script.
pub fn check(script: &Script) {
    match script.command % 10 {
        0 => {
            let heard = hear(script, &Backup::new(["/data"]), |outcome| {
                outcome.is_complete()
            });
            let expected = expect::<BackupMessage>(script, |_| None);
            let closing = |message: &_| matches!(message, BackupMessage::Summary(_));
            expected.check(script, &heard, closing, "");
        }
        1 => {
            let command = Restore::new("latest").target("/target");
            let heard = hear(script, &command, |outcome| outcome.is_complete());
            let expected = expect::<RestoreMessage>(script, ignored);
            let closing = |message: &_| matches!(message, RestoreMessage::Summary(_));
            expected.check(script, &heard, closing, "restoring <Snapshot ");
        }
        2 => {
            let heard = hear(script, &Check::new(), |report| report.is_ok());
            let expected = expect::<CheckMessage>(script, |_| None);
            let closing = |message: &_| matches!(message, CheckMessage::Summary(_));
            expected.check(script, &heard, closing, "no errors were found");
        }
        3 => {
            let heard = hear(script, &Ls::new("latest"), |_| true);
            let mut expected = expect::<LsMessage>(script, |_| None);
            // restic says nothing of a listing there.
            expected.stderr.clear();
            let closing = |message: &_| matches!(message, LsMessage::Snapshot(_));
            expected.check(script, &heard, closing, "\0");
        }
        4 => document::<Vec<Snapshot>, _>(script, &Snapshots::new(), "\0"),
        5 => {
            // Nothing at all is what it prints when nothing matched.
            let has_document = script
                .lines(Stream::Stdout)
                .iter()
                .any(|line| line.contains("[{\""));
            let marker = if has_document { "\0" } else { "" };
            document::<Vec<ForgetGroup>, _>(script, &Forget::new().keep_last(1), marker);
        }
        6 => document::<Numbers, _>(script, &Stats::new(), "\0"),
        7 => document::<Initialized, _>(script, &Init::new(), "created restic repository "),
        8 => document::<VersionInfo, _>(script, &Version::new(), " compiled with "),
        _ => {
            hear(script, &Unlock::new(), |_| true).check(script);
        }
    }
}

/// What a program hears of a run.
#[derive(Debug)]
struct Heard {
    events: Vec<String>,
    /// Whether everything was done, and the whole result as text.
    result: Result<(bool, String), Error>,
}

fn hear<C>(script: &Script, command: &C, is_complete: fn(&C::Output) -> bool) -> Heard
where
    C: Command,
    C::Event: Debug,
    C::Output: Debug,
{
    let heard = hear_once(script, command, script.chunk, is_complete);
    heard.check(script);
    if script.stop.is_none() {
        let whole = hear_once(script, command, usize::MAX, is_complete);
        assert_eq!(
            format!("{whole:?}"),
            format!("{heard:?}"),
            "chunks change it"
        );
        let at_once = script.play(script.chunk).run(command.clone());
        assert_eq!(at_once.is_ok(), heard.result.is_ok());
    }
    heard
}

fn hear_once<C>(
    script: &Script,
    command: &C,
    chunk: usize,
    is_complete: fn(&C::Output) -> bool,
) -> Heard
where
    C: Command,
    C::Event: Debug,
    C::Output: Debug,
{
    let restic = script.play(chunk);
    let mut run = restic.start(command.clone()).expect("it is always started");
    let mut events = Vec::new();
    if script.stop == Some(0) {
        run.stop();
    }
    while let Some(event) = run.next() {
        events.push(format!("{:?}", event.expect("a script can be read")));
        if script.stop == Some(events.len()) {
            run.stop();
        }
    }
    let result = run.finish();
    let result = result.map(|output| (is_complete(&output), format!("{output:?}")));
    Heard { events, result }
}

impl Heard {
    /// What holds for every command.
    fn check(&self, script: &Script) {
        let was_stopped = script.stop.is_some_and(|after| after <= self.events.len());
        match &self.result {
            Ok((is_complete, _)) => {
                let code = script.exit.code();
                let done = [Some(0), Some(1), Some(3)];
                assert!(done.contains(&code), "{self:?}");
                assert!(!is_complete || code == Some(0), "{self:?}");
                assert!(script.stop != Some(0), "stopped, and all is well: {self:?}");
            }
            Err(error) if was_stopped => {
                let cancelled = error.kind() == ErrorKind::Cancelled;
                assert!(cancelled || error.exit() == Some(script.exit), "{error}");
            }
            Err(error) => {
                assert_eq!(error.exit(), Some(script.exit), "{error}");
                assert_ne!(error.kind(), ErrorKind::Cancelled);
                if script.exit.signal().is_some() {
                    assert_eq!(error.kind(), ErrorKind::Killed);
                    assert!(error.lock_may_remain());
                }
            }
        }
    }
}

/// A command that prints one document, or a text with this marker.
fn document<T, C>(script: &Script, command: &C, marker: &str)
where
    T: DeserializeOwned,
    C: Command,
    C::Event: Debug,
    C::Output: Debug,
{
    let heard = hear(script, command, |_| true);
    if heard.result.is_err() {
        return;
    }
    let lines = script.lines(Stream::Stdout);
    let has_document = (0..lines.len()).any(|from| {
        let text = lines[from..].join("\n");
        let mut documents = Deserializer::from_str(&text).into_iter::<T>();
        matches!(documents.next(), Some(Ok(_)))
    });
    let has_text = marker.is_empty() || lines.iter().any(|line| line.contains(marker));
    assert!(
        has_document || has_text,
        "success without a document: {heard:?}"
    );
}

/// The messages of both streams, read in the simplest way.
struct Expected<M> {
    stdout: Vec<M>,
    stderr: Vec<M>,
}

fn expect<M: Message + Debug>(script: &Script, text: fn(&str) -> Option<M>) -> Expected<M> {
    let stderr = script.lines(Stream::Stderr);
    let stderr = stderr.iter().filter(|line| ExitError::read(line).is_none());
    let stdout = script.lines(Stream::Stdout);
    Expected {
        stdout: stdout.iter().filter_map(|line| read(line)).collect(),
        stderr: stderr
            .filter_map(|line| text(line).or_else(|| M::read(line)))
            .collect(),
    }
}

/// A message, also behind a text that has no line end.
fn read<M: Message + Debug>(line: &str) -> Option<M> {
    M::read(line).or_else(|| {
        let behind = M::read(&line[line.find("{\"")?..])?;
        let is_nobodys =
            format!("{behind:?}").starts_with("Unknown(UnknownMessage { message_type: None");
        (!is_nobodys).then_some(behind)
    })
}

impl<M: Debug> Expected<M> {
    fn check(&self, script: &Script, heard: &Heard, closing: fn(&M) -> bool, marker: &str) {
        let texts = |messages: &[M]| {
            messages
                .iter()
                .map(|message| format!("{message:?}"))
                .collect()
        };
        let (stdout, stderr): (Vec<String>, Vec<String>) =
            (texts(&self.stdout), texts(&self.stderr));
        if script.stop.is_none() {
            assert_eq!(heard.events.len(), stdout.len() + stderr.len(), "{heard:?}");
            assert!(is_part(&stdout, &heard.events), "{stdout:?} in {heard:?}");
            assert!(is_part(&stderr, &heard.events), "{stderr:?} in {heard:?}");
        }
        for event in &heard.events {
            assert!(stdout.contains(event) || stderr.contains(event), "{event}");
        }
        if let Ok((true, _)) = heard.result {
            let lines = script.lines(Stream::Stdout);
            let has_text = !marker.is_empty() && lines.iter().any(|line| line.starts_with(marker));
            let is_closed = self.stdout.iter().any(closing) || has_text;
            assert!(is_closed, "success without a closing document: {heard:?}");
        }
    }
}

/// Whether all of one list is in the other, in the same order.
fn is_part(part: &[String], whole: &[String]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|wanted| whole.any(|found| found == wanted))
}

/// What an old restic says of an item that it could not restore.
fn ignored(line: &str) -> Option<RestoreMessage> {
    let (item, message) = line.strip_prefix("ignoring error for ")?.split_once(": ")?;
    let error = serde_json::json!({
        "message_type": "error",
        "error": { "message": message },
        "during": "restore",
        "item": item,
    });
    RestoreMessage::read(&error.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::config;

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn no_success_without_an_end_and_no_message_lost(script in script()) {
            check(&script);
        }
    }

    fn script() -> impl Strategy<Value = Script> {
        let exit = prop_oneof![
            4 => Just(Exit::Code(0)),
            2 => select(&[1, 3, 10, 11, 12, 130, 255][..]).prop_map(Exit::Code),
            1 => select(&[2, 9, 13, 15][..]).prop_map(Exit::Signal),
        ];
        let stop = option::weighted(0.2, 0..4_usize);
        (0..10_u8, exit, 1..100_usize, stop, vec(line(), 0..8)).prop_map(
            |(command, exit, chunk, stop, output)| Script {
                command,
                exit,
                chunk,
                stop,
                output,
            },
        )
    }

    fn line() -> impl Strategy<Value = (Stream, Vec<u8>)> {
        let stream = prop_oneof![3 => Just(Stream::Stdout), 1 => Just(Stream::Stderr)];
        let text = prop_oneof![
            6 => select(LINES).prop_map(|line| line.as_bytes().to_vec()),
            1 => vec(any::<u8>(), 0..20),
            1 => ".{0,20}".prop_map(String::into_bytes),
        ];
        let end = prop_oneof![
            6 => Just(&b"\n"[..]),
            1 => Just(&b""[..]),
            1 => Just(&b"\r\n"[..]),
            1 => Just(&b"\x1b[2K\r"[..]),
        ];
        let cut = option::weighted(0.1, any::<proptest::sample::Index>());
        (stream, text, cut, end).prop_map(|(stream, mut text, cut, end)| {
            if let Some(cut) = cut {
                text.truncate(cut.index(text.len() + 1));
            }
            text.extend(end);
            (stream, text)
        })
    }

    const LINES: &[&str] = &[
        r#"{"message_type":"status","percent_done":0.5,"total_files":2,"files_done":1}"#,
        r#"{"message_type":"error","error":{"message":"permission denied"},"during":"archival","item":"/data/a"}"#,
        r#"{"message_type":"error","error":{},"during":"scan","item":"/data/a"}"#,
        r#"{"message_type":"error","message":"pack 1234 is damaged"}"#,
        r#"{"message_type":"summary","files_new":1,"files_changed":0,"files_unmodified":0,"dirs_new":0,"dirs_changed":0,"dirs_unmodified":0,"data_blobs":1,"tree_blobs":1,"data_added":5,"total_files_processed":1,"total_bytes_processed":5,"total_duration":0.5,"snapshot_id":"a3a41cf6"}"#,
        r#"{"message_type":"summary","total_files":5,"files_restored":7,"total_bytes":292,"bytes_restored":292}"#,
        r#"{"message_type":"summary","num_errors":0,"broken_packs":null,"suggest_repair_index":false,"suggest_prune":false}"#,
        r#"{"message_type":"exit_error","code":1,"message":"Fatal: unable to open config file"}"#,
        r#"{"message_type":"initialized","id":"a515efce","repository":"/srv/repo"}"#,
        r#"{"message_type":"version","version":"0.19.1","go_version":"go1.25","go_os":"linux","go_arch":"amd64"}"#,
        r#"{"message_type":"change","path":"/data"}"#,
        r#"{"time":"2026-11-23T07:53:20.229442414Z","tree":"bac722f7","paths":["/data"],"id":"fd4fcbff","short_id":"fd4fcbff","struct_type":"snapshot"}"#,
        r#"{"name":"a","type":"file","path":"/data/a","uid":0,"gid":0,"mtime":"2026-11-22T11:16:15Z","struct_type":"node"}"#,
        r#"[{"time":"2026-11-23T07:53:19.489283736Z","tree":"c613c1a1","paths":["/data"],"id":"0651ec02","short_id":"0651ec02"}]"#,
        r#"[{"tags":null,"host":"example","paths":["/data"],"keep":null,"remove":null,"reasons":null}]"#,
        r#"{"total_size":292,"total_file_count":7,"snapshots_count":1}"#,
        r#"{"helper":"says"}"#,
        "[]",
        "null",
        "restic 0.14.0 compiled with go1.19 on linux/amd64",
        "created restic repository 1234567890 at /srv/repo",
        "restoring <Snapshot 0651ec02 of [/data]> to /target",
        "There were 2 errors",
        "ignoring error for /data/a: permission denied",
        "no errors were found",
        "error: load <data/1234>: invalid data returned",
        "Fatal: repository contains errors",
        "/nope does not exist, skipping",
        "Ignoring \"bogus\": no matching ID found",
        "unable to remove snapshot/751e3eda from the repository",
        "unable to create lock in backend: repository is already locked by PID 1 on host by user (UID 0, GID 0)",
        "successfully removed 1 locks",
        "[0:00] 100.00%  6 / 6 snapshots",
        "\u{feff}",
        "",
    ];
}
