use restic_cli_wrap::commands::{
    Backup, Copy, Forget, ForgetSnapshots, KeyAdd, KeyList, KeyPasswd, KeyRemove, Prune,
    SnapshotGroups, Snapshots, Tag,
};

use restic_cli_wrap::types::SnapshotId;

use crate::played::Played;
use crate::stage::Stage;

/// Twelve snapshots of two hosts: filtered, in groups, as a policy sees them, and one tagged.
pub(super) fn many_snapshots(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| {
        outside.make_repository("repo")?;
        outside.make_sources()?;
        for month in 1..=6 {
            for (host, tag, hour) in [("db", "nightly", 3), ("web", "weekly", 4)] {
                let backup = Backup::new(["src"])
                    .host(host)
                    .tag(tag)
                    .time(format!("2024-{month:02}-15 {hour:02}:30:00"));
                outside.run(backup)?;
            }
        }
        Ok(())
    })?;
    assert_eq!(stage.run(Snapshots::new())?.len(), 12);
    assert_eq!(
        stage.run(Snapshots::new().host("db").tag("nightly"))?.len(),
        6
    );
    let groups = stage.run(SnapshotGroups::new("host,tags"))?;
    assert_eq!(groups.len(), 2);
    stage.order(groups[0].group_key.hostname == "db")?;
    let plan = Forget::new().keep_monthly(3).group_by("host").dry_run(true);
    let plan = stage.run(plan)?;
    assert!(plan.iter().all(|group| group.remove.len() == 3), "{plan:?}");
    stage.order(plan.iter().next().is_some_and(|group| group.host == "db"))?;
    let newest = groups[1].snapshots.last().ok_or("no snapshots")?;
    stage.run(Tag::new().snapshot(newest.id.clone()).add("archived"))?;
    let tagged = stage.run(Snapshots::new().tag("archived"))?;
    assert_eq!(tagged.len(), 1);
    Ok(())
}

/// Four snapshots, of which one is left, and what was only in the others.
pub(super) fn forget_and_prune(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| {
        outside.make_repository("repo")?;
        outside.make_sources()?;
        for day in 1..=4 {
            outside.write("src/notes.txt", format!("the words of day {day}\n"))?;
            outside.back_up()?;
        }
        Ok(())
    })?;
    let forget = Forget::new().keep_last(2);
    let plan = stage.run(forget.clone().dry_run(true))?;
    assert_eq!(stage.run(Snapshots::new())?.len(), 4);
    let done = stage.run(forget)?;
    assert_eq!((plan.len(), done.len()), (1, 1));
    let left = stage.run(Snapshots::new())?;
    let [older, _] = left.as_slice() else {
        return Err("not two snapshots".into());
    };
    stage.run(ForgetSnapshots::new([older.id.clone()]))?;
    if stage.restic().supports("prune --dry-run").is_ok() {
        stage.run(Prune::new().dry_run(true))?;
    }
    stage.run(Prune::new())?;
    assert_eq!(stage.run(Snapshots::new())?.len(), 1);
    Ok(())
}

/// A key is added and used, the first one removed, the password of the other changed.
pub(super) fn keys(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| outside.make_repository("repo"))?;
    assert_eq!(stage.run(KeyList::new())?.len(), 1);
    stage.run(KeyAdd::new("a second password"))?;
    let keys = stage.run(KeyList::new())?;
    let first = keys
        .iter()
        .find(|key| key.current)
        .ok_or("no key is in use")?;
    assert_eq!(keys.len(), 2);
    stage.order(keys[0].current)?;
    let second = stage.with(|builder| builder.password("a second password"));
    stage.run_with(&second, KeyRemove::new(first.id.to_string()))?;
    stage.run_with(&second, KeyPasswd::new("a third password"))?;
    let third = stage.with(|builder| builder.password("a third password"));
    assert_eq!(stage.run_with(&third, KeyList::new())?.len(), 1);
    Ok(())
}

/// Two snapshots go to a second repository, where they then are.
pub(super) fn copy(stage: &mut Stage<'_>) -> Played {
    stage.outside(|outside| {
        outside.make_repository("repo")?;
        outside.make_repository("second")?;
        outside.make_sources()?;
        outside.back_up()?;
        outside.write("src/notes.txt", "a few more words\n")?;
        outside.back_up()
    })?;
    let from =
        restic_cli_wrap::Repository::new(stage.path("repo")).password_file(stage.path("password"));
    let second = stage.restic().with_repository(stage.second());
    let copied = stage.run_with(&second, Copy::from(from.clone()))?;
    let copies = stage.run_with(&second, Snapshots::new())?;
    assert_eq!(copies.len(), 2);
    // Some versions copy in the order of the ids.
    let first = copied.snapshots.first().and_then(|one| one.new_id.as_ref());
    let is_first = |id: &SnapshotId| copies[0].id.as_str().starts_with(id.as_str());
    stage.order(first.is_some_and(is_first))?;
    let again = stage.run_with(&second, Copy::from(from))?;
    let same_order = match (copied.snapshots.first(), again.snapshots.first()) {
        (Some(one), Some(other)) => one.source == other.source,
        _ => true,
    };
    stage.order(same_order)
}
