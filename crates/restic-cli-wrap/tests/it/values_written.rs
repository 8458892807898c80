//! Values as users write them: literals, texts, paths, configuration files.

use restic_cli_wrap::commands::{
    Backup, CatBlob, Check, Copy, Diff, Dump, Find, Forget, List, Ls, Rewrite, Snapshots, Tag,
};
use restic_cli_wrap::values::{
    CalendarDuration, Compression, GroupBy, Keep, MaxUnused, Pattern, RetentionPolicy, Size,
    SnapshotRef, Subset, TagList,
};
use restic_cli_wrap::{Command, Repository, Restic};
use serde::Serialize;
use serde::de::DeserializeOwned;

fn line(command: impl Command) -> String {
    Restic::builder().build().invocation(&command).to_string()
}

#[test]
fn literals_are_numbers() {
    let restic = Restic::builder()
        .verbose(1)
        .limit_upload(500)
        .limit_download(1)
        .pack_size(64);
    let shown = restic
        .build()
        .invocation(&Snapshots::new().latest(1))
        .to_string();
    for flag in [
        "--verbose=1",
        "--limit-upload=500",
        "--pack-size=64",
        "--latest=1",
    ] {
        assert!(shown.contains(flag), "{flag} in {shown}");
    }
    assert!(line(Backup::new(["/a"]).read_concurrency(4)).contains("--read-concurrency=4"));
}

#[test]
fn a_policy_takes_every_number_and_text() {
    let seven = Forget::new().keep_daily(7);
    for keep in [
        Keep::from(7_u64),
        Keep::from(7_i64),
        Keep::from(7_usize),
        Keep::from(7_u8),
        Keep::from("7"),
        Keep::from(String::from("7")),
    ] {
        assert_eq!(Forget::new().keep_daily(keep), seven);
    }
    assert_eq!(Keep::from("unlimited"), Keep::Unlimited);
    assert_eq!(Keep::from(u64::MAX), Keep::Count(i64::MAX));
}

#[test]
fn a_policy_is_its_setters() {
    let policy = RetentionPolicy::new()
        .keep_last(3)
        .keep_weekly(Keep::Unlimited)
        .keep_within(CalendarDuration::new().days(2))
        .keep_within_monthly("1y")
        .keep_tag("gold");
    let text = serde_json::to_string(&policy).unwrap();
    assert_eq!(
        text,
        r#"{"keep_last":3,"keep_weekly":"unlimited","keep_within":"2d","keep_within_monthly":"1y","keep_tag":["gold"]}"#
    );
    assert_eq!(
        serde_json::from_str::<RetentionPolicy>(&text).unwrap(),
        policy
    );
    let forget = Forget::new()
        .keep_last(3)
        .keep_weekly("unlimited")
        .keep_within("2d")
        .keep_within_monthly("1y")
        .keep_tag("gold");
    assert_eq!(Forget::new().policy(policy), forget);
}

#[test]
fn a_misspelled_rule_is_an_error() {
    let error = serde_json::from_str::<RetentionPolicy>(r#"{"keep_dayly": 7}"#).unwrap_err();
    assert!(error.to_string().contains("keep_dayly"), "{error}");
    let error = serde_json::from_str::<RetentionPolicy>(r#"{"keep_daily": []}"#).unwrap_err();
    assert!(
        error.to_string().contains("a number of snapshots"),
        "{error}"
    );
}

#[test]
fn values_are_written_in_the_spelling_of_restic() {
    #[track_caller]
    fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: T, json: &str) {
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
        assert_eq!(serde_json::from_str::<T>(json).unwrap(), value);
    }
    check(CalendarDuration::new().years(1), r#""1y""#);
    check(Compression::Max, r#""max""#);
    check(Compression::from("newer"), r#""newer""#);
    check(GroupBy::nothing().host().tags(), r#""host,tags""#);
    check(Keep::Count(-1), "-1");
    check(MaxUnused::unlimited(), r#""unlimited""#);
    check(Pattern::literal("/a*"), r#""/a\\*""#);
    check(Size::mib(10), r#""10M""#);
    check(
        SnapshotRef::latest().directory("/home"),
        r#""latest:/home""#,
    );
    check(Subset::part(1, 7), r#""1/7""#);
    check(TagList::new("a").and("b"), r#""a,b""#);
}

#[test]
fn commands_and_repositories_are_compared() {
    assert_eq!(Backup::new(["/a"]), Backup::new(["/a"]));
    assert_ne!(Backup::new(["/a"]), Backup::new(["/a"]).tag("nightly"));
    assert_eq!(CatBlob::new("5f3a"), CatBlob::new("5f3a"));
    assert_ne!(List::blobs(), List::blobs().arg("--new"));
    let here = || Repository::from("/srv/repo").password("correct-horse");
    assert_eq!(here(), here());
    assert_ne!(here(), here().password("battery-staple"));
    assert_ne!(Copy::from(here()), Copy::from("/srv/other"));
}

#[test]
fn every_command_takes_the_same_types() {
    let tags = TagList::new("a").and("b");
    let filtered = [
        line(Snapshots::new().host("h").tag(tags.clone()).path("/p")),
        line(Find::new(["x"]).host("h").tag(tags.clone()).path("/p")),
        line(Copy::from("/srv/b").host("h").tag(tags.clone()).path("/p")),
        line(Tag::new().set("x").host("h").tag(tags.clone()).path("/p")),
        line(Rewrite::new().host("h").tag(tags.clone()).path("/p")),
        line(Check::new().host("h").tag(tags.clone()).path("/p")),
        line(Ls::new("latest").host("h").tag(tags.clone()).path("/p")),
    ];
    for shown in filtered {
        assert!(shown.contains("--host=h --tag=a,b --path=/p"), "{shown}");
    }
    let latest = SnapshotRef::latest;
    let named = [
        line(Diff::new(latest(), "5f3a")),
        line(Dump::new(latest(), "/file")),
        line(Rewrite::new().snapshot(latest())),
        line(Tag::new().snapshot(latest())),
        line(Copy::from("/srv/b").snapshot(latest())),
    ];
    for shown in named {
        assert!(shown.contains(" latest"), "{shown}");
    }
}

#[test]
#[cfg(unix)]
fn a_path_is_taken_literally_and_a_text_is_a_pattern() {
    use restic_cli_wrap::commands::Restore;
    use std::path::Path;

    let shown = line(
        Restore::new("latest")
            .include(Path::new("/a[1]"))
            .exclude("*.tmp"),
    );
    assert!(
        shown.contains(r"'--include=/a\[1\]' '--exclude=*.tmp'"),
        "{shown}"
    );
}
