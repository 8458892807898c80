use std::fs;

use restic_cli_wrap::commands::{Backup, Snapshots};
use restic_cli_wrap::types::{BackupMessage, BackupStatus};
use restic_cli_wrap::{ErrorKind, Outcome};

use crate::first_backup;
use crate::played::{Played, Unlucky, complete};
use crate::stage::{Stage, is_amid};

const MEBIBYTE: u64 = 1 << 20;

/// What the example of this name does, with a change between its two backups.
pub(super) fn first_backup(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| {
        outside.make_directory("src/pictures")?;
        outside.write("src/notes.txt", "a few words\n")?;
        outside.write("src/pictures/blue.ppm", "P3 1 1 255 0 0 255\n")?;
        outside.write_ones("src/ones.bin", 512)?;
        outside.write("src/left-out.tmp", "an exclude matches this")
    })?;
    let (source, target) = (stage.path("src"), stage.path("target"));
    let change = stage.outside(|outside| Ok(outside.clone()))?;
    let change = || {
        if let Some(outside) = change {
            // What is not there fails the backup that follows.
            let _ = outside.write("src/notes.txt", "a few more words\n");
        }
    };
    let mut progress = Vec::new();
    let see = |status: &BackupStatus| progress.push(status.percent_done);
    let report = first_backup::run(&stage.restic(), &source, &target, see, change)?;
    assert_eq!(report.counts(), (2, 1));
    Unlucky::unless(progress.iter().any(|share| is_amid(*share)))?;
    stage.hear("first_backup", &(progress, report));
    Ok(())
}

/// New, changed, unchanged and removed files, and a backup without any change.
pub(super) fn incremental_backup(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| {
        outside.make_repository("repo")?;
        outside.make_sources()?;
        outside.write_ones("src/ones.bin", 512)
    })?;
    // From inside, so that nothing of the directories above counts.
    let source = stage.path("src");
    let restic = stage.with(|builder| builder.current_dir(source));
    let backup = Backup::new(["."]).host("example");
    let first = complete(stage.run_reporting(&restic, backup.clone())?)?;
    assert_eq!((first.files_new, first.files_unmodified), (4, 0));

    stage.outside(|outside| {
        outside.write("src/notes.txt", "a few more words\n")?;
        outside.write("src/new.txt", "here since today\n")?;
        Ok(fs::remove_file(outside.path("src/pictures/red.ppm"))?)
    })?;
    let second = complete(stage.run_with(&restic, backup.clone())?)?;
    let counts = (
        second.files_new,
        second.files_changed,
        second.files_unmodified,
    );
    assert_eq!(counts, (1, 1, 2));

    let third = complete(stage.run_with(&restic, backup)?)?;
    assert_eq!((third.files_new, third.files_unmodified), (0, 4));
    let snapshots = stage.run(Snapshots::new())?;
    assert_eq!(snapshots.len(), 3);
    assert_eq!(snapshots[1].parent.as_ref(), Some(&snapshots[0].id));
    Ok(())
}

/// A backup that is stopped when a tenth is done.
pub(super) fn interrupted_backup(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| {
        outside.make_repository("repo")?;
        outside.make_sources()?;
        outside.write_zeros("src/zeros.bin", 32 * 1024 * MEBIBYTE)
    })?;
    let backup = Backup::new([stage.path("src")]).host("example");
    let stopped = stage.stop_after(
        backup,
        |event| matches!(event, BackupMessage::Status(status) if status.percent_done >= 0.1),
    );
    let error = stopped.err().ok_or("it was not stopped")?;
    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
    assert!(!error.lock_may_remain());
    assert_eq!(stage.run(Snapshots::new())?, []);
    Ok(())
}

/// One file of four may not be read.
pub(super) fn unreadable_source(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| {
        outside.make_repository("repo")?;
        outside.make_sources()?;
        outside.write_unreadable("src/secret.txt")?;
        outside.give_away()
    })?;
    let backup = Backup::new([stage.path("src")]).host("example");
    let Outcome::Incomplete(partial) = stage.run(backup)? else {
        return Err("everything was read".into());
    };
    assert_eq!(partial.errors.len(), 1, "{partial:?}");
    // restic 0.11 may end before it has printed its summary.
    Unlucky::unless(partial.summary.is_some())?;
    let summary = partial.summary.ok_or("no summary")?;
    assert_eq!(summary.files_new, 3);
    assert_eq!(stage.run(Snapshots::new())?.len(), 1);
    Ok(())
}

/// One of two sources is not there, and then the only one.
pub(super) fn missing_source(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| {
        outside.make_repository("repo")?;
        outside.make_sources()
    })?;
    let missing = stage.path("missing");
    let both = Backup::new([stage.path("src"), missing.clone()]).host("example");
    let Outcome::Incomplete(partial) = stage.run(both)? else {
        return Err("both were there".into());
    };
    assert_eq!(partial.errors.len(), 1, "{partial:?}");
    let error = stage.run(Backup::new([missing]).host("example")).err();
    let error = error.ok_or("it was there")?;
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    Ok(())
}
