use restic_types::{ForgetGroup, KeepCounters, Snapshot, serde_json};

use crate::snapshots::FULL;
use crate::support::document;

const OLD: &str = r#"{"tags":null,"host":"srv1","paths":["/data/src"],"keep":[{"time":"2026-11-22T11:27:33.506277681+01:00","tree":"46a19812550f5f93a989f10e4943528148d6905cef79a536bf8cf55a3ebb3213","paths":["/data/src"],"hostname":"srv1","username":"alice","uid":1000,"gid":1000,"id":"971c54c311cb1231ebbad0c73ed406afb2876aaf55a898ab73594be1f4ebabc2","short_id":"971c54c3"}],"remove":null,"reasons":[{"snapshot":{"time":"2026-11-22T11:27:33.506277681+01:00","tree":"46a19812550f5f93a989f10e4943528148d6905cef79a536bf8cf55a3ebb3213","paths":["/data/src"],"hostname":"srv1","username":"alice","uid":1000,"gid":1000},"matches":["last snapshot"],"counters":{"last":2,"yearly":-1}}]}"#;

#[test]
fn before_0_17_a_reason_has_counters_and_no_id() {
    let group: ForgetGroup = document(OLD);
    let [reason] = &*group.reasons else {
        panic!("one reason")
    };
    assert_eq!(
        (reason.snapshot.id.as_ref(), reason.matches.as_slice()),
        (None, &["last snapshot".to_owned()][..])
    );
    assert!(reason.is_for(&group.keep[0]));
    let mut counters = KeepCounters::default();
    counters.last = 2;
    counters.yearly = -1;
    assert_eq!(reason.counters, Some(counters));

    let mut later = group.keep[0].clone();
    later.time = "2026-11-22T11:27:34Z".parse().unwrap();
    assert!(!reason.is_for(&later));
}

#[test]
fn since_0_17_a_reason_has_an_id_and_no_counters() {
    let json = format!(
        r#"{{"tags":["a"],"host":"","paths":null,"keep":[{FULL}],"remove":[{FULL}],"reasons":[{{"snapshot":{FULL},"matches":["last snapshot","oldest daily snapshot"]}}]}}"#
    );
    let group: ForgetGroup = document(&json);
    assert_eq!(
        (&*group.tags, &*group.host, group.paths.len()),
        (&["a".to_owned()][..], "", 0)
    );
    let [reason] = &*group.reasons else {
        panic!("one reason")
    };
    assert_eq!((reason.counters, reason.matches.len()), (None, 2));
    assert!(reason.is_for(&group.keep[0]));
    let mut other: Snapshot = group.remove[0].clone();
    other.id = "ffff".into();
    assert!(!reason.is_for(&other), "same time and tree, but another id");
}

#[test]
fn nothing_kept_and_nothing_removed() {
    let group: ForgetGroup = document(
        r#"{"tags":null,"host":"","paths":null,"keep":null,"remove":null,"reasons":null}"#,
    );
    assert_eq!(group, ForgetGroup::default());
    let printed = serde_json::to_string(&group).unwrap();
    assert_eq!(
        printed,
        r#"{"tags":[],"host":"","paths":[],"keep":[],"remove":[],"reasons":[]}"#
    );
}

#[test]
fn a_snapshot_to_remove_has_an_id() {
    let json = OLD.replace(
        r#""remove":null"#,
        r#""remove":[{"time":"2026-11-22T11:27:33Z","tree":"46a1"}]"#,
    );
    let error = serde_json::from_str::<ForgetGroup>(&json).unwrap_err();
    assert!(error.to_string().contains("missing field `id`"), "{error}");
}
