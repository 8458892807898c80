//! An executor whose calls are remembered.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::assembly::RawCall;
use crate::inherited::Inherited;
use crate::input::WatchedInput;
use crate::mutex::lock;
use crate::process::{Log, RecordedProcess};
use restic_core::for_recorder::location_in_environment;
use restic_core::{EffectsWatch, Executor, Invocation, Process, StartError, StartErrorKind};

/// An executor that remembers what another one did.
pub(crate) struct Recording {
    pub(crate) inner: Arc<dyn Executor>,
    pub(crate) log: Arc<Mutex<Log>>,
    /// Whether files that calls leave are recorded.
    pub(crate) effects: bool,
}

impl Recording {
    pub(crate) fn of(inner: Arc<dyn Executor>, effects: bool) -> Arc<Self> {
        let log = Arc::default();
        Arc::new(Self {
            inner,
            log,
            effects,
        })
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

impl Executor for Recording {
    fn start(&self, invocation: &Invocation) -> Result<Box<dyn Process>, StartError> {
        let argv = argv_of(invocation)?;
        let mut watched = invocation.clone();
        let input = WatchedInput::of(&mut watched.stdin);
        let number = {
            let mut log = self.log();
            log.started += 1;
            log.started
        };
        let watch = if self.effects {
            watch(invocation)
        } else {
            None
        };
        let inner = self.inner.start(&watched)?;
        self.log().running += 1;
        let call = RawCall::begun(invocation.clone(), Inherited::of(invocation), argv);
        let log = Arc::clone(&self.log);
        Ok(Box::new(RecordedProcess::new(
            inner, number, call, input, watch, log,
        )))
    }
}

/// The arguments as they are kept: secrets masked, a repository of the environment added.
fn argv_of(invocation: &Invocation) -> Result<Vec<String>, StartError> {
    let word = |word: std::ffi::OsString| {
        word.into_string().map_err(|word| {
            let message = format!("an argument that is not Unicode cannot be recorded: {word:?}");
            StartError::new(StartErrorKind::InvalidArgument, message)
        })
    };
    let mut argv = invocation
        .masked_arguments()
        .map(word)
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(location) = location_in_environment(invocation, &argv) {
        argv.insert(0, location);
    }
    Ok(kept(argv))
}

/// Flags whose values are programs that print a password, or say it.
const COMMANDS: [&str; 3] = [
    "--password-command",
    "--password-command2",
    "--from-password-command",
];

/// The words without those that do not count on replay, such as where the cache is, and without
/// commands that print a password. Those behind `--` are operands, whatever they look like.
fn kept(argv: Vec<String>) -> Vec<String> {
    let mut kept = Vec::with_capacity(argv.len());
    let mut words = argv.into_iter();
    while let Some(word) = words.next() {
        if word == "--" {
            kept.push(word);
            kept.extend(words);
            break;
        }
        let flag = word.split_once('=').map_or(&*word, |(flag, _)| flag);
        let is_command = COMMANDS.contains(&flag);
        if !is_command && flag != "--cache-dir" {
            kept.push(word);
            continue;
        }
        if is_command {
            kept.push(format!("{flag}={{{{secret}}}}"));
        }
        if flag.len() == word.len() {
            // Its value is the next word.
            words.next();
        }
    }
    kept
}

/// Begins to watch what a call leaves. Returns `None` when such a call leaves nothing.
pub(crate) fn watch(invocation: &Invocation) -> Option<EffectsWatch> {
    let words = argv_of(invocation).ok()?;
    EffectsWatch::of(&words, invocation.current_dir.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &str, expected: &str) {
        let argv = argv_of(&Invocation::new(words.split(' '))).unwrap();
        assert_eq!(argv.join(" "), expected);
    }

    #[test]
    fn where_the_cache_is_is_not_kept() {
        check("--cache-dir=/c --json ls latest", "--json ls latest");
        check("--json --cache-dir /c ls latest", "--json ls latest");
        check("ls latest --cache-dir", "ls latest");
        check("--no-cache --cache-dirs ls", "--no-cache --cache-dirs ls");
    }

    #[test]
    fn operands_are_kept_whatever_they_look_like() {
        let operands = "backup -- --cache-dir=x --cache-dir y --password-command=z";
        check(&format!("--cache-dir -- {operands}"), operands);
    }

    #[test]
    fn a_command_that_prints_a_password_is_not_shown() {
        for flag in [
            "password-command",
            "password-command2",
            "from-password-command",
        ] {
            let expected = format!("--{flag}={{{{secret}}}} ls");
            check(&format!("--{flag}=hunter2 ls"), &expected);
            check(&format!("--{flag} hunter2 ls"), &expected);
        }
    }
}
