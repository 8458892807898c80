//! Files that calls leave: watched while they are recorded, made again on replay.

use std::env;
use std::fs;
use std::io;
use std::path::PathBuf;

use restic_core::{Effects, EffectsWatch, Replay};
use restic_record::Recorder;

use super::journal::{Call, Journal};

/// While a recording is made: that files count. On replay: more directories where they may be
/// made, separated like those in `PATH`.
pub(crate) const EFFECTS: &str = "RESTIC_REPLAY_EFFECTS";

/// Begins to watch what a call leaves, if that is recorded.
pub(crate) fn watch(
    journal: &Journal,
    number: usize,
    call: &Call,
) -> Result<Option<EffectsWatch>, String> {
    if env::var_os(EFFECTS).is_none() {
        return Ok(None);
    }
    Ok(Recorder::watch(&journal.invocation(number, call)))
}

/// Keeps what a call has left, or why that cannot be recorded: restic itself has done its work.
pub(crate) fn keep(journal: &Journal, number: usize, watch: EffectsWatch) -> io::Result<()> {
    let left: Result<Effects, String> = watch.finish();
    fs::write(journal.file(number, "left"), serde_json::to_vec(&left)?)
}

/// What a call has left.
pub(crate) fn read(journal: &Journal, number: usize) -> Result<Effects, String> {
    let failed = |error: io::Error| format!("what call {} left: {error}", number + 1);
    let left = match fs::read(journal.file(number, "left")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Effects::default()),
        left => left.map_err(failed)?,
    };
    let left: Result<Effects, String> =
        serde_json::from_slice(&left).map_err(|error| failed(error.into()))?;
    left.map_err(|problem| format!("what call {} left: {problem}", number + 1))
}

/// A replay that may make files below the directories for temporary ones, as these have other
/// names on each run, and below those that the variable names.
pub(crate) fn allowed(replay: Replay) -> Replay {
    let temporary = [env::temp_dir(), "/tmp".into(), "/var/tmp".into()];
    let named = env::var_os(EFFECTS).unwrap_or_default();
    let named: Vec<PathBuf> = env::split_paths(&named)
        .filter(|directory| directory.is_absolute())
        .collect();
    let all = temporary.into_iter().chain(named);
    all.fold(replay, Replay::effects_in)
}
