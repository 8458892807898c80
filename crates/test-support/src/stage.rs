//! Where a scenario of `restic-fixtures` plays: with a real restic that is recorded, or with its
//! recording.

use std::fmt::{self, Debug};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use restic_cli_wrap::core::Scenario as Recording;
use restic_cli_wrap::record::Recorder;
use restic_cli_wrap::types::{BackupMessage, RestoreMessage};
use restic_cli_wrap::{Chunking, Command, ManualClock, Replay, Repository, Restic, ResticBuilder};

use crate::outside::Outside;
use crate::played::{Played, Unlucky};

/// A place to play a scenario at.
pub struct Stage<'a> {
    restic: Restic,
    /// Absent when a recording answers.
    recorded: Option<(&'a Recorder, Outside)>,
    server: String,
    heard: Vec<Heard>,
    /// Whether it is all the same in which order things come out.
    is_any_order: bool,
}

/// Whether a share is neither that of a beginning nor of an end.
pub(crate) fn is_amid(share: f64) -> bool {
    (0.1..0.9).contains(&share)
}

/// Events of which some say how much is done.
pub trait Progress {
    /// From 0 to 1; none of another event.
    fn percent_done(&self) -> Option<f64>;
}

impl Progress for BackupMessage {
    fn percent_done(&self) -> Option<f64> {
        match self {
            Self::Status(status) => Some(status.percent_done),
            _ => None,
        }
    }
}

impl Progress for RestoreMessage {
    fn percent_done(&self) -> Option<f64> {
        match self {
            Self::Status(status) => Some(status.percent_done),
            _ => None,
        }
    }
}

/// What a program hears of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The call, as one could type it.
    pub call: String,
    /// Each event's `Debug`.
    pub events: Vec<String>,
    /// The `Debug` of what it came to.
    pub result: String,
}

impl<'a> Stage<'a> {
    /// Records restic. The server's address is free for a server of the scenario.
    pub fn recorded(recorder: &'a Recorder, outside: Outside, server: &str) -> Self {
        let builder = Restic::builder()
            .executor(recorder.executor())
            .repository(recorder.repository());
        let builder = outside.client(builder);
        Self {
            restic: builder.password_file(recorder.path("password")).build(),
            recorded: Some((recorder, outside)),
            server: server.to_owned(),
            heard: Vec::new(),
            is_any_order: false,
        }
    }

    /// Replays a recording, whose time is on this clock.
    pub fn replayed(replay: &Replay, clock: &ManualClock) -> Self {
        let builder = Restic::builder()
            .executor(replay.executor())
            .repository(replayed_path("repo"))
            .password_file(replayed_path("password"))
            .clock(Arc::new(clock.clone()));
        Self {
            restic: builder.build(),
            recorded: None,
            server: "backup.example:8000".to_owned(),
            heard: Vec::new(),
            is_any_order: false,
        }
    }

    /// Lets things come out in any order, where what comes out is not kept.
    pub fn allow_any_order(&mut self) {
        self.is_any_order = true;
    }

    /// Says whether something came out in the order of the recording.
    ///
    /// # Errors
    ///
    /// When it did not, and that matters.
    pub fn order(&self, is_recorded: bool) -> Played {
        Unlucky::unless(is_recorded || self.is_any_order)
    }

    /// Plays a scenario on its recording and gives what a program hears then.
    ///
    /// # Errors
    ///
    /// When it does not go as it was recorded.
    pub fn replay(
        recording: &Recording,
        chunking: Chunking,
        play: fn(&mut Stage<'_>) -> Played,
    ) -> Played<Vec<Heard>> {
        let clock = ManualClock::new();
        let replay = Replay::new(recording.clone())
            .chunking(chunking)
            .clock(&clock);
        let mut stage = Self::replayed(&replay, &clock);
        let played = play(&mut stage);
        match (played, replay.finish()) {
            (Ok(()), Ok(())) => Ok(stage.heard),
            (Err(error), Ok(())) => Err(error),
            (Ok(()), Err(report)) => Err(report.into()),
            (Err(error), Err(report)) => Err(format!("{error}\n{report}").into()),
        }
    }

    /// A client for the repository.
    pub fn restic(&self) -> Restic {
        self.restic.clone()
    }

    /// A client with other settings.
    pub fn with(&self, change: impl FnOnce(ResticBuilder) -> ResticBuilder) -> Restic {
        self.restic.with(change)
    }

    /// A path of this name; below a directory of the recording while there is one.
    pub fn path(&self, name: &str) -> PathBuf {
        match &self.recorded {
            Some((recorder, _)) => recorder.path(name),
            None => replayed_path(name),
        }
    }

    /// Host and port of a server for this scenario.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// A second repository, with the same password.
    pub fn second(&self) -> Repository {
        Repository::new(self.path("second")).password_file(self.path("password"))
    }

    /// Does something without restic, or with a restic that is not recorded: only while
    /// it is recorded, because a recording needs none of it.
    ///
    /// # Errors
    ///
    /// When it fails.
    pub fn outside<T>(&self, work: impl FnOnce(&Outside) -> Played<T>) -> Played<Option<T>> {
        let outside = self.recorded.as_ref().map(|(_, outside)| outside);
        outside.map(work).transpose()
    }

    /// Runs a command on the repository.
    pub fn run<C>(&mut self, command: C) -> Result<C::Output, restic_cli_wrap::Error>
    where
        C: Command,
        C::Event: Debug,
        C::Output: Debug,
    {
        self.run_with(&self.restic(), command)
    }

    /// Runs a command with another client.
    pub fn run_with<C>(
        &mut self,
        restic: &Restic,
        command: C,
    ) -> Result<C::Output, restic_cli_wrap::Error>
    where
        C: Command,
        C::Event: Debug,
        C::Output: Debug,
    {
        self.follow(restic, command, |_| false)
    }

    /// Runs a command, and stops it after the first event that is like this.
    pub fn stop_after<C>(
        &mut self,
        command: C,
        is_enough: impl Fn(&C::Event) -> bool,
    ) -> Result<C::Output, restic_cli_wrap::Error>
    where
        C: Command,
        C::Event: Debug,
        C::Output: Debug,
    {
        self.follow(&self.restic(), command, is_enough)
    }

    /// Runs a command, and plays the scenario again when restic did not report what it does, as
    /// it always does when there is as much to do as here.
    ///
    /// # Errors
    ///
    /// [`Unlucky`], or why the command failed.
    pub fn run_reporting<C>(&mut self, restic: &Restic, command: C) -> Played<C::Output>
    where
        C: Command,
        C::Event: Debug + Progress,
        C::Output: Debug,
    {
        let mut is_reported = false;
        let output = self.follow(restic, command, |event| {
            is_reported |= event.percent_done().is_some_and(is_amid);
            false
        })?;
        Unlucky::unless(is_reported)?;
        Ok(output)
    }

    fn follow<C>(
        &mut self,
        restic: &Restic,
        command: C,
        mut is_enough: impl FnMut(&C::Event) -> bool,
    ) -> Result<C::Output, restic_cli_wrap::Error>
    where
        C: Command,
        C::Event: Debug,
        C::Output: Debug,
    {
        let call = restic.invocation(&command).to_string();
        let mut events = Vec::new();
        let result = restic.start(command).and_then(|mut run| {
            let mut is_stopped = false;
            while let Some(event) = run.next() {
                let event = event?;
                if is_stopped {
                    // How much had been printed by then depends on the moment.
                    continue;
                }
                events.push(format!("{event:?}"));
                if is_enough(&event) {
                    is_stopped = true;
                    run.stop();
                }
            }
            run.finish()
        });
        self.heard.push(Heard::of(call, events, &result));
        result
    }

    /// Remembers what a program of its own heard.
    pub fn hear(&mut self, program: &str, report: &impl Debug) {
        self.heard.push(Heard {
            call: program.to_owned(),
            events: Vec::new(),
            result: format!("{report:?}"),
        });
    }

    /// Runs a command whose rows are to be in its result, instead of being events.
    pub fn collect<C>(&mut self, command: C) -> Result<C::Output, restic_cli_wrap::Error>
    where
        C: Command,
        C::Output: Debug,
    {
        let call = self.restic.invocation(&command).to_string();
        let result = self.restic.run(command);
        self.heard.push(Heard::of(call, Vec::new(), &result));
        result
    }
}

impl Heard {
    fn of<T: Debug>(
        call: String,
        events: Vec<String>,
        result: &Result<T, restic_cli_wrap::Error>,
    ) -> Self {
        let result = match result {
            Ok(output) => format!("{output:?}"),
            Err(error) => format!("{:?}: {error}", error.kind()),
        };
        Self {
            call,
            events,
            result,
        }
    }
}

/// One path for each name, wherever it runs.
fn replayed_path(name: &str) -> PathBuf {
    Path::new("/replayed").join(name)
}

impl fmt::Display for Heard {
    /// The call, its events by kind, and the beginning of the result.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ {}", self.call)?;
        let kind = |event: &String| {
            event
                .split(['(', ' ', '{'])
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        for group in self.events.chunk_by(|one, other| kind(one) == kind(other)) {
            writeln!(f, "  {} × {}", group.len(), shortened(&group[0], 200))?;
        }
        writeln!(f, "  {}", shortened(&self.result, 1200))
    }
}

/// The beginning of a text that is longer than this many characters.
fn shortened(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
