//! A backup behind a window: a thread runs restic and sends what changed through a channel, and
//! the window's thread owns the state, takes in the changes once per frame and draws it.
//!
//! ```text
//! cargo run --example gui_state -- REPOSITORY PASSWORD_FILE PATH...
//! ```

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to people"
)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use restic_cli_wrap::commands::Backup;
use restic_cli_wrap::types::{BackupMessage, BackupStatus, BackupSummary};
use restic_cli_wrap::{Error, ErrorKind, Outcome, Restic, Stop};

/// What the window shows.
#[derive(Debug)]
enum State {
    Running(BackupStatus),
    Saved(BackupSummary),
    /// A snapshot was made, without these paths.
    SavedInPart(Vec<String>),
    Cancelled,
    Failed(String),
}

/// A window with one backup in it.
struct Window {
    state: State,
    changes: Receiver<State>,
    stop: Stop,
}

impl Window {
    /// Starts the backup on a thread of its own.
    fn open(restic: &Restic, paths: Vec<PathBuf>) -> Self {
        let (sender, changes) = channel();
        let stop = Stop::new();
        let restic = restic.with_stop(&stop);
        thread::spawn(move || {
            let last = backup(&restic, &paths, &sender);
            // Without a window there is nobody to show it to.
            let _ = sender.send(last);
        });
        let state = State::Running(BackupStatus::default());
        Self {
            state,
            changes,
            stop,
        }
    }

    /// Takes in what has changed since the last frame. Never waits.
    fn frame(&mut self) -> &State {
        if let Some(newest) = self.changes.try_iter().last() {
            self.state = newest;
        }
        &self.state
    }

    /// The button: restic removes its lock and ends, and then the state changes.
    fn cancel(&self) {
        self.stop.stop();
    }
}

/// A window that is closed stops its backup.
impl Drop for Window {
    fn drop(&mut self) {
        self.stop.stop();
    }
}

fn backup(restic: &Restic, paths: &[PathBuf], changes: &Sender<State>) -> State {
    let run = || -> Result<Outcome<BackupSummary>, Error> {
        let mut run = restic.start(Backup::new(paths))?;
        for event in &mut run {
            if let BackupMessage::Status(status) = event? {
                let _ = changes.send(State::Running(status));
            }
        }
        run.finish()
    };
    match run() {
        Ok(Outcome::Complete(summary)) => State::Saved(summary),
        Ok(Outcome::Incomplete(partial)) => {
            State::SavedInPart(partial.errors.into_iter().map(|item| item.path).collect())
        }
        Err(error) if error.kind() == ErrorKind::Cancelled => State::Cancelled,
        Err(error) => State::Failed(error.to_string()),
    }
}

/// The line below the bar.
fn words(state: &State) -> String {
    match state {
        State::Running(status) => format!("{} files saved", status.files_done),
        State::Saved(summary) => format!("saved {} files", summary.total_files_processed),
        State::SavedInPart(paths) => format!("saved, but not {}", paths.join(", ")),
        State::Cancelled => "cancelled".to_owned(),
        State::Failed(error) => error.clone(),
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(repository), Some(password)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: gui_state REPOSITORY PASSWORD_FILE PATH...");
        return ExitCode::from(2);
    };
    let restic = Restic::builder()
        .repository(PathBuf::from(repository))
        .password_file(password)
        .build();
    let mut window = Window::open(&restic, arguments.map(PathBuf::from).collect());
    // Ctrl-C is this window's button.
    let (press, button) = channel();
    if let Err(error) = ctrlc::set_handler(move || press.send(()).unwrap_or_default()) {
        eprintln!("Ctrl-C will not stop the backup: {error}");
    }
    while let State::Running(status) = window.frame() {
        println!("{:.0} %", status.percent_done * 100.0);
        if button.recv_timeout(Duration::from_millis(100)).is_ok() {
            window.cancel();
        }
    }
    println!("{}", words(window.frame()));
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use restic_cli_wrap::Scripted;

    use super::*;

    fn window(script: Scripted) -> Window {
        let executor = Scripted::executor([script]);
        let restic = Restic::builder().executor(executor).build();
        Window::open(&restic, vec!["/data".into()])
    }

    /// Draws frames until the state is this one.
    fn wait(window: &mut Window, is: impl Fn(&State) -> bool) {
        while !is(window.frame()) {
            thread::yield_now();
        }
    }

    #[test]
    fn progress_is_shown_and_the_button_ends_it() {
        let mut half = BackupStatus::default();
        half.percent_done = 0.5;
        let mut window = window(Scripted::new().json(&half).hang());
        wait(
            &mut window,
            |state| matches!(state, State::Running(status) if status.percent_done > 0.0),
        );
        window.cancel();
        wait(&mut window, |state| words(state) == "cancelled");
    }

    #[test]
    fn a_failure_is_shown_in_words() {
        let mut window = window(Scripted::wrong_password());
        wait(
            &mut window,
            |state| matches!(state, State::Failed(words) if words.contains("wrong password")),
        );
    }

    #[test]
    fn a_summary_is_shown() {
        let mut window = window(Scripted::new().json(&BackupSummary::default()));
        wait(&mut window, |state| matches!(state, State::Saved(_)));
    }
}
