//! What a program does with restic, from an empty repository to a restored directory. It does
//! not know whether a real restic answers, or a recording of one.

use std::path::Path;

use restic_cli_wrap::commands::{
    Backup, Forget, ForgetReport, Init, Ls, Restore, Snapshots, Stats,
};
use restic_cli_wrap::types::{BackupMessage, BackupStatus, BackupSummary, Initialized, Snapshot};
use restic_cli_wrap::{Error, Outcome, Restic};

/// Everything the program learned, typed.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) repository: Initialized,
    pub(crate) first: BackupSummary,
    pub(crate) second: BackupSummary,
    pub(crate) snapshots: Vec<Snapshot>,
    /// The paths in the newest snapshot that lie below the source directory.
    pub(crate) saved: Vec<String>,
    pub(crate) bytes: u64,
    pub(crate) forgotten: ForgetReport,
}

/// Saves the directory `source` twice, with a change in between, looks at the result, keeps
/// only the newest snapshot, and restores it to `target`.
pub(crate) fn run(
    restic: &Restic,
    source: &Path,
    target: &Path,
    mut progress: impl FnMut(&BackupStatus),
    change: impl FnOnce(),
) -> Result<Report, Error> {
    let repository = restic.run(Init::new())?;
    let first = backup(restic, source, &mut progress)?;
    change();
    let second = backup(restic, source, &mut progress)?;

    let snapshots = restic.run(Snapshots::new())?;
    let listing = restic.run(Ls::new("latest"))?;
    let below = source.to_string_lossy().into_owned() + "/";
    let paths = listing.nodes.into_iter().map(|node| node.path);
    let saved = paths.filter(|path| path.starts_with(&below)).collect();
    let bytes = restic.run(Stats::new().snapshot("latest"))?.total_size;

    let forgotten = restic.run(Forget::new().keep_last(1).prune(true))?;
    let restored = restic.run(Restore::new("latest").target(target).include(source))?;
    if let Outcome::Incomplete(partial) = restored {
        panic!("not everything was restored: {:?}", partial.errors);
    }
    Ok(Report {
        repository,
        first,
        second,
        snapshots,
        saved,
        bytes,
        forgotten,
    })
}

fn backup(
    restic: &Restic,
    source: &Path,
    progress: &mut impl FnMut(&BackupStatus),
) -> Result<BackupSummary, Error> {
    let command = Backup::new([source])
        .host("example")
        .tag("first-backup")
        .exclude("*.tmp");
    let mut run = restic.start(command)?;
    for event in &mut run {
        if let BackupMessage::Status(status) = event? {
            progress(&status);
        }
    }
    match run.finish()? {
        Outcome::Complete(summary) => Ok(summary),
        Outcome::Incomplete(partial) => panic!("not everything was saved: {:?}", partial.errors),
    }
}
