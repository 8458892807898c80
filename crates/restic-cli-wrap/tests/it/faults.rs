//! Everything that can go wrong, at every line of every recording: a typed error or the right
//! result, and what came before is delivered.

use std::fmt::Debug;
use std::fs;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use restic_cli_wrap::commands::{
    Backup, Check, Forget, ForgetSnapshots, Init, Ls, Restore, SnapshotGroups, Snapshots, Stats,
    Unlock, Version,
};
use restic_cli_wrap::{
    Command, ErrorKind, Exit, Fault, ManualClock, Restic, Scripted, StartErrorKind,
};
use serde_json::Value;

const HOUR: Duration = Duration::from_secs(3600);

/// Bytes that no restic prints where they are put.
const GARBAGE: &[&[u8]] = &[
    b"some helper's text\n",
    b"\xff\xfe\x00\xc3\n",
    b"\r\n",
    b"\x1b[2K",
    b"[0:00] 100.00%  4 / 4 packs\n",
    b"half a line, then ",
    b"{\"message_type\":\"sta",
    b"{\"message_type\":\"from a newer restic\"}\n",
    b"<html><body>502</body></html>\n",
];

const START_ERRORS: &[StartErrorKind] = &[
    StartErrorKind::NotFound,
    StartErrorKind::PermissionDenied,
    StartErrorKind::NotAProgram,
    StartErrorKind::CurrentDir,
    StartErrorKind::InvalidArgument,
    StartErrorKind::SecretFile,
    StartErrorKind::Stdin,
    StartErrorKind::NotRecorded,
    StartErrorKind::Other,
];

#[test]
fn every_fault_at_every_line_is_an_error_or_does_no_harm() {
    let begin = Instant::now();
    let mut runs = 0;
    let mut broken = Vec::new();
    for call in recordings() {
        let good = call.run(None);
        runs += 1 + call.check_all(&good, &mut broken);
    }
    println!("{runs} runs in {:.1} s", begin.elapsed().as_secs_f32());
    let first = &broken[..broken.len().min(5)];
    assert!(
        broken.is_empty(),
        "{} of {runs}: {}",
        broken.len(),
        first.join("\n")
    );
    assert!(runs > 5000, "{runs}");
}

/// One call of a recording.
struct Call {
    /// For people: scenario, version and call.
    name: String,
    version: String,
    command: String,
    argv: Vec<String>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    exit: Exit,
}

/// What a program hears of one run.
#[derive(Debug, PartialEq)]
struct Heard {
    events: Vec<String>,
    result: Result<String, Failure>,
}

#[derive(Debug, PartialEq)]
struct Failure {
    kind: ErrorKind,
    exit: Option<Exit>,
    lock_may_remain: bool,
    text: String,
}

/// The properties, fault by fault.
impl Call {
    /// Reports what is broken, and returns how many runs it took.
    fn check_all(&self, good: &Heard, broken: &mut Vec<String>) -> usize {
        let mut runs = 0;
        let mut check = |fault: Fault, property: &dyn Fn(&Heard) -> bool| {
            runs += 1;
            let heard = self.run(Some(fault.clone()));
            if !property(&heard) {
                let name = &self.name;
                broken.push(format!(
                    "{name}\n{fault:?}\n{heard:#?}\ninstead of\n{good:#?}"
                ));
            }
        };
        let failed =
            |heard: &Heard, kind| matches!(&heard.result, Err(error) if error.kind == kind);

        for at in self.places() {
            let before = |heard: &Heard| self.delivers(at, heard, good);
            check(Fault::cut_stdout(at), &|heard| {
                before(heard) && self.is_right(at, heard, good)
            });
            check(Fault::cut_stdout_and_exit(at, Exit::Code(0)), &|heard| {
                before(heard) && self.is_right(at, heard, good)
            });
            check(Fault::exit(at, 1), &|heard| {
                before(heard) && heard.result.is_err()
            });
            check(Fault::signal(at, 9), &|heard| {
                let died =
                    |error: &Failure| error.exit == Some(Exit::Signal(9)) && error.lock_may_remain;
                before(heard)
                    && failed(heard, ErrorKind::Killed)
                    && heard.result.as_ref().is_err_and(died)
            });
            check(Fault::stall(at), &|heard| {
                before(heard) && failed(heard, ErrorKind::TimedOut)
            });
            check(Fault::read_error(at, io::ErrorKind::Other), &|heard| {
                before(heard) && failed(heard, ErrorKind::Io)
            });
            check(Fault::stderr_line(at, "a helper's warning"), &|heard| {
                heard.events == good.events && heard.result.is_ok() == good.result.is_ok()
            });
        }
        for at in self.borders() {
            for garbage in GARBAGE {
                check(Fault::garbage(at, *garbage), &|heard| {
                    self.is_same_or_refused(at, heard, good)
                });
            }
        }
        for (line, begin) in (1..).zip(self.borders()) {
            check(Fault::duplicate_line(line), &|heard| {
                self.is_same_or_refused(begin + 1, heard, good)
            });
        }
        for size in [1, 2, 7, 1000] {
            check(Fault::chunks_of(size), &|heard| heard == good);
        }
        check(Fault::delay(HOUR / 2), &|heard| heard == good);
        check(Fault::delay(HOUR * 2), &|heard| {
            failed(heard, ErrorKind::TimedOut)
        });
        for kind in START_ERRORS {
            check(Fault::start_error(*kind), &|heard| {
                heard.events.is_empty() && heard.result.is_err()
            });
        }
        runs
    }

    /// The events of whole lines before a place are delivered, and what comes beside is
    /// marked as unknown.
    fn delivers(&self, at: usize, heard: &Heard, good: &Heard) -> bool {
        let lines = self.stdout[..at].split_inclusive(|byte| *byte == b'\n');
        let whole = lines.filter(|line| line.starts_with(b"{") && line.ends_with(b"\n"));
        let least = if good.events.is_empty() {
            0
        } else {
            whole.count()
        };
        let common = heard.events.iter().zip(&good.events);
        let common = common.take_while(|(heard, good)| heard == good).count();
        common >= least && heard.events[common..].iter().all(|event| is_unknown(event))
    }

    /// Success is claimed only with the result of the whole output, or where the part of it
    /// closes the command as well.
    fn is_right(&self, at: usize, heard: &Heard, good: &Heard) -> bool {
        let Ok(result) = &heard.result else {
            return true;
        };
        let is_border = at == 0 || self.stdout[at - 1] == b'\n' || at == self.stdout.len();
        let closes_anywhere = match self.command.as_str() {
            // restic says nothing when nothing matches, and since 0.19 nothing of pruning.
            "forget" => {
                at == 0
                    || self
                        .document_end()
                        .is_some_and(|end| at + 1 >= end && at <= end)
            }
            // Nothing distinguishes the last row from the others.
            "ls" => is_border || self.stdout[at] == b'\n',
            "unlock" => true,
            _ => false,
        };
        closes_anywhere || good.result.as_ref() == Ok(result)
    }

    /// The result is the good one, without less or other events, or there is none.
    fn is_same_or_refused(&self, at: usize, heard: &Heard, good: &Heard) -> bool {
        if self.keeps_text(at) || heard.result.is_err() {
            return true;
        }
        // A counter is one wherever it stands.
        let known = |heard: &Heard| {
            let events = heard.events.iter().filter(|event| !is_unknown(event));
            let mut known: Vec<_> = events
                .filter(|event| !event.starts_with("Counter"))
                .cloned()
                .collect();
            known.dedup();
            known
        };
        known(heard) == known(good) && heard.result == good.result
    }

    /// The result is, or has in it, the text that restic prints here: all that is known of it
    /// is that it is text.
    fn keeps_text(&self, at: usize) -> bool {
        match self.command.as_str() {
            "check" | "restore" | "unlock" => true,
            "forget" => self.document_end().is_none_or(|end| at >= end),
            _ => false,
        }
    }

    /// Where the document of a `forget` ends. Pruning may follow.
    fn document_end(&self) -> Option<usize> {
        let line = self.stdout.split_inclusive(|byte| *byte == b'\n').next()?;
        line.starts_with(b"[{").then_some(line.len())
    }

    /// Where lines begin and end.
    fn borders(&self) -> Vec<usize> {
        let ends = self.stdout.iter().enumerate();
        let ends = ends
            .filter(|(_, byte)| **byte == b'\n')
            .map(|(at, _)| at + 1);
        let mut borders: Vec<_> = [0, self.stdout.len()].into_iter().chain(ends).collect();
        borders.sort_unstable();
        borders.dedup();
        borders
    }

    /// The borders, the places just before them, and the middle of each line.
    fn places(&self) -> Vec<usize> {
        let borders = self.borders();
        let middles = borders.windows(2).map(|pair| pair[0].midpoint(pair[1]));
        let near = borders.iter().map(|border| border.saturating_sub(1));
        let nearer = borders.iter().map(|border| border.saturating_sub(2));
        let mut places: Vec<_> = middles.chain(near).chain(nearer).collect();
        places.extend(&borders);
        places.sort_unstable();
        places.dedup();
        places
    }
}

fn is_unknown(event: &str) -> bool {
    event.starts_with("Unknown(")
}

/// Running one call.
impl Call {
    fn run(&self, fault: Option<Fault>) -> Heard {
        let clock = ManualClock::new();
        let script = Scripted::new()
            .stdout(&self.stdout)
            .stderr(&self.stderr)
            .exits(self.exit)
            .clock(&clock);
        let scripted = Scripted::executor([script]);
        let builder = Restic::builder()
            .repository("/srv/repo")
            .restic_version(&self.version)
            .total_deadline(HOUR)
            .clock(Arc::new(clock.clone()));
        let restic = match fault {
            Some(fault) => builder.executor(fault.clock(&clock).on(scripted)),
            None => builder.executor(scripted),
        }
        .build();
        let has = |begin: &str| self.argv.iter().any(|word| word.starts_with(begin));
        match self.command.as_str() {
            "backup" => hear(&restic, Backup::new(["/data"])),
            "check" => hear(&restic, Check::new()),
            "forget" if has("--keep") => hear(&restic, Forget::new().keep_last(1)),
            "forget" => hear(&restic, ForgetSnapshots::new(["latest"])),
            "init" => hear(&restic, Init::new()),
            "ls" => hear(&restic, Ls::new("latest")),
            "restore" => hear(&restic, Restore::new("latest").target("/restored")),
            "snapshots" if has("--group-by") => hear(&restic, SnapshotGroups::new("host")),
            "snapshots" => hear(&restic, Snapshots::new()),
            "stats" => hear(&restic, Stats::new()),
            "unlock" => hear(&restic, Unlock::new()),
            "version" => hear(&restic, Version::new()),
            other => panic!("{}: say here which command reads {other}", self.name),
        }
    }
}

fn hear<C>(restic: &Restic, command: C) -> Heard
where
    C: Command,
    C::Event: Debug,
    C::Output: Debug,
{
    let mut events = Vec::new();
    let result = restic.start(command).and_then(|mut run| {
        for event in &mut run {
            events.push(format!("{:?}", event?));
        }
        run.finish()
    });
    let result = result.map(|output| format!("{output:?}"));
    let result = result.map_err(|error| Failure {
        kind: error.kind(),
        exit: error.exit(),
        lock_may_remain: error.lock_may_remain(),
        text: error.to_string(),
    });
    Heard { events, result }
}

/// All calls of a scenario in which everything goes well.
fn recordings() -> Vec<Call> {
    let versions = restic_fixtures::Version::ALL.into_iter();
    versions
        .flat_map(|version| calls("first-backup", version.as_str()))
        .collect()
}

fn calls(scenario: &str, version: &str) -> Vec<Call> {
    let directory = restic_fixtures::path(scenario, version);
    let manifest = fs::read(directory.join("scenario.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let calls = manifest["calls"].as_array().unwrap().iter();
    let stream = |stream: &Value| match stream["file"].as_str() {
        Some(file) => filled(&fs::read(directory.join(file)).unwrap()),
        None => Vec::new(),
    };
    let exit = |exit: &Value| match exit["code"].as_i64() {
        Some(code) => Exit::Code(code.try_into().unwrap()),
        None => Exit::Signal(exit["signal"].as_i64().unwrap().try_into().unwrap()),
    };
    let call = |call: &Value| {
        let id = call["id"].as_str().unwrap();
        let argv: Vec<String> = serde_json::from_value(call["argv"].clone()).unwrap();
        Call {
            name: format!("{scenario} {version} {id}"),
            version: version.to_owned(),
            command: id.split_once('-').unwrap().1.to_owned(),
            argv,
            stdout: stream(&call["stdout"]),
            stderr: stream(&call["stderr"]),
            exit: exit(&call["exit"]),
        }
    };
    calls.map(call).collect()
}

/// A path for each placeholder.
fn filled(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    text.replace("{{", "/srv/").replace("}}", "").into_bytes()
}
