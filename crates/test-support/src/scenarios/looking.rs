use std::fs;

use restic_cli_wrap::commands::{
    Backup, Check, Diff, Find, Forget, Ls, Restore, Snapshots, Stats, StatsMode,
};
use restic_cli_wrap::{ErrorKind, Outcome};

use crate::played::{Played, complete};
use crate::stage::Stage;

/// One file, and then everything with a large one.
pub(super) fn restore_with_progress(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| {
        outside.make_repository("repo")?;
        outside.make_sources()?;
        outside.write_ones("src/ones.bin", 1024)?;
        outside.back_up()
    })?;
    let one = Restore::new("latest")
        .target(stage.path("other"))
        .include("/src/notes.txt");
    complete(stage.run(one)?)?;
    let whole = Restore::new("latest").target(stage.path("target"));
    // Older versions restore without a word.
    if stage.restic().version()? >= "0.16.0".parse()? {
        complete(stage.run_reporting(&stage.restic(), whole)?)?;
    } else {
        complete(stage.run(whole)?)?;
    }
    Ok(())
}

/// A pattern that nothing matches, and a snapshot that is not there.
pub(super) fn restore_of_nothing(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| {
        outside.make_repository("repo")?;
        outside.make_sources()?;
        outside.back_up()
    })?;
    let restore = Restore::new("latest")
        .target(stage.path("target"))
        .include("nowhere.txt");
    // restic before 0.16 prints the same as after a restore of everything.
    let is_counted = stage.restic().version()? >= "0.16.0".parse()?;
    match stage.run(restore)? {
        Outcome::Incomplete(partial) => assert!(partial.errors.is_empty(), "{partial:?}"),
        Outcome::Complete(_) => assert!(!is_counted, "something was restored"),
    }
    let error = stage.run(Restore::new("deadbeef").target(stage.path("target")));
    let error = error.err().ok_or("the snapshot was there")?;
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    Ok(())
}

/// A repository that nobody has saved anything to.
pub(super) fn empty_repository(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| outside.make_repository("repo"))?;
    assert_eq!(stage.run(Snapshots::new())?, []);
    assert_eq!(stage.run(Stats::new())?.total_size, 0);
    assert_eq!(stage.collect(Find::new(["notes.txt"]))?, []);
    assert!(stage.run(Forget::new().keep_last(1))?.is_empty());
    assert!(stage.run(Check::new())?.is_ok());
    let error = stage
        .run(Ls::new("latest"))
        .err()
        .ok_or("a snapshot was there")?;
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    Ok(())
}

/// Two snapshots, files of both by name, and what differs between them.
pub(super) fn find_and_diff(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| {
        outside.make_repository("repo")?;
        outside.make_sources()?;
        outside.back_up()?;
        outside.write("src/notes.txt", "a few more words\n")?;
        outside.write("src/new.txt", "here since today\n")?;
        fs::remove_file(outside.path("src/pictures/red.ppm"))?;
        outside.back_up()
    })?;
    let snapshots = stage.run(Snapshots::new())?;
    let [first, second] = snapshots.as_slice() else {
        return Err("not two snapshots".into());
    };
    let found = stage.collect(Find::new(["*.txt"]))?;
    // Some versions look at the snapshots in the order of their ids.
    stage.order(found[0].matches.len() == 2)?;
    assert_eq!(found.iter().map(|one| one.matches.len()).sum::<usize>(), 3);
    assert_eq!(stage.collect(Find::new(["nowhere"]))?, []);
    let difference = stage.collect(Diff::new(first.id.clone(), second.id.clone()))?;
    assert_eq!(difference.changes.len(), 3, "{difference:?}");
    let same = stage.collect(Diff::new(second.id.clone(), second.id.clone()))?;
    assert!(same.changes.is_empty(), "{same:?}");
    Ok(())
}

/// Three hundred files in twenty directories, those of one directory and all.
pub(super) fn large_tree(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| {
        outside.make_repository("repo")?;
        for directory in 0..20 {
            outside.make_directory(&format!("src/{directory:02}"))?;
            for file in 0..15 {
                outside.write(&format!("src/{directory:02}/{file:02}.txt"), "words\n")?;
            }
        }
        outside.back_up()
    })?;
    let one = Ls::new("latest").directory("/src/07");
    let one = stage.collect(one)?.nodes;
    assert!(one.len() >= 15, "{one:?}");
    let rows = stage.collect(Ls::new("latest"))?.nodes;
    assert_eq!(rows.len(), 321);
    Ok(())
}

/// Two snapshots with a file in common, counted in every way.
pub(super) fn stats(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| {
        outside.make_repository("repo")?;
        outside.make_sources()?;
        outside.back_up()?;
        outside.write("src/more.txt", "a few words\n")?;
        outside.run(Backup::new(["src"]).host("other"))
    })?;
    for mode in [
        StatsMode::RestoreSize,
        StatsMode::FilesByContents,
        StatsMode::BlobsPerFile,
        StatsMode::RawData,
    ] {
        assert!(stage.run(Stats::new().mode(mode))?.total_size > 0);
    }
    let one = stage.run(Stats::new().host("example"))?;
    assert_eq!(one.total_size, 50);
    Ok(())
}
