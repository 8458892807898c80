use std::fs;

use restic_cli_wrap::commands::{Backup, Check, Forget, Restore, Snapshots, Unlock};
use restic_cli_wrap::{ErrorKind, Outcome};

use crate::played::Played;
use crate::stage::Stage;

/// A repository without faults, its structure and then its data.
pub(super) fn check_clean(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| {
        outside.make_repository("repo")?;
        outside.make_sources()?;
        outside.back_up()
    })?;
    assert!(stage.run(Check::new())?.is_ok());
    assert!(stage.run(Check::new().read_data(true))?.is_ok());
    Ok(())
}

/// A pack with a wrong byte, which then is not there at all.
pub(super) fn check_damaged(stage: &mut Stage<'_>) -> Played {
    let pack = stage.outside(|outside| {
        outside.make_repository("repo")?;
        outside.make_directory("src")?;
        outside.write_noise("src/noise.bin", 100_000)?;
        outside.back_up()?;
        let pack = outside.largest_pack()?;
        outside.spoil(&pack)?;
        Ok(pack)
    })?;
    assert!(stage.run(Check::new())?.is_ok(), "the structure is whole");
    let read = stage.run(Check::new().read_data(true))?;
    assert!(!read.is_ok());
    stage.outside(|_| Ok(pack.map(fs::remove_file).transpose()?))?;
    assert!(!stage.run(Check::new())?.is_ok());
    let restore = Restore::new("latest").target(stage.path("target"));
    let Outcome::Incomplete(partial) = stage.run(restore)? else {
        return Err("everything was restored".into());
    };
    assert!(!partial.errors.is_empty(), "{partial:?}");
    Ok(())
}

/// Another restic works on the repository: what needs it alone cannot be done, and unlocking
/// leaves that lock.
pub(super) fn locked(stage: &mut Stage<'_>) -> Played {
    let holder = stage.outside(|outside| {
        outside.make_repository("repo")?;
        outside.make_sources()?;
        outside.back_up()?;
        outside.hold_lock()
    })?;
    let error = stage.run(Forget::new().keep_last(1).prune(true)).err();
    let error = error.ok_or("it was not locked")?;
    assert_eq!(error.kind(), ErrorKind::Locked, "{error}");
    assert!(error.lock().is_some(), "{error}");
    assert_eq!(stage.run(Snapshots::new())?.len(), 1, "that can be done");
    stage.run(Unlock::new())?;
    let error = stage.run(Check::new()).err().ok_or("it was not locked")?;
    assert_eq!(error.kind(), ErrorKind::Locked, "{error}");
    drop(holder);
    Ok(())
}

/// The restic that locked the repository was killed: unlocking helps.
pub(super) fn stale_lock(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| {
        outside.make_repository("repo")?;
        outside.make_sources()?;
        outside.back_up()?;
        drop(outside.hold_lock()?);
        Ok(())
    })?;
    let error = stage.run(Check::new()).err().ok_or("it was not locked")?;
    assert_eq!(error.kind(), ErrorKind::Locked, "{error}");
    stage.run(Unlock::new())?;
    assert!(stage.run(Check::new())?.is_ok());
    Ok(())
}

/// A password that opens nothing.
pub(super) fn wrong_password(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| {
        outside.make_repository("repo")?;
        outside.make_sources()
    })?;
    let wrong = stage.with(|builder| builder.password("one that opens nothing"));
    let listed = stage.run_with(&wrong, Snapshots::new()).err();
    let backup = Backup::new([stage.path("src")]).host("example");
    let saved = stage.run_with(&wrong, backup).err();
    for error in [listed, saved] {
        let error = error.ok_or("it was the password")?;
        assert_eq!(error.kind(), ErrorKind::WrongPassword, "{error}");
    }
    Ok(())
}

/// There is no repository where there should be one.
pub(super) fn no_repository(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| outside.make_sources())?;
    let listed = stage.run(Snapshots::new()).err();
    let saved = stage
        .run(Backup::new([stage.path("src")]).host("example"))
        .err();
    for error in [listed, saved] {
        let error = error.ok_or("there was one")?;
        assert_eq!(error.kind(), ErrorKind::NoRepository, "{error}");
    }
    Ok(())
}
