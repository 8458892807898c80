//! Values, features and warnings that depend on the release, although the flag is there.

use restic_cli_wrap::commands::{
    CatTree, Check, Diff, Dump, Forget, KeyPasswd, Ls, RepairPacks, Restore, Snapshots, StatsDebug,
    Version,
};
use restic_cli_wrap::values::{Compression, Keep, Size, SnapshotRef, Subset};
use restic_cli_wrap::{Command, ErrorKind, Feature, NoticeSource, Restic};

use restic_test_support::fake::Fake;

fn of(version: &str) -> Restic {
    Restic::builder().restic_version(version).build()
}

/// A command is refused before this release, and not in it.
fn check<C: Command>(command: &C, before: &str, since: &str, words: &str) {
    let error = of(before).supports(command).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    let expected = format!("{words} needs restic {since}, this is {before}");
    assert_eq!(error.message(), expected);
    of(since).supports(command).unwrap();
    assert!(of("0.20.0").supports(command).is_ok());
}

#[test]
fn values_need_their_release() {
    let directory = || SnapshotRef::latest().directory("/srv");
    let words = |command: &str| format!("latest:/srv as a directory of a snapshot of {command}");
    check(&Ls::new(directory()), "0.15.2", "0.16.0", &words("ls"));
    check(
        &Restore::new(directory()).target("/t"),
        "0.15.2",
        "0.16.0",
        &words("restore"),
    );
    check(
        &Dump::new(directory(), "f"),
        "0.14.0",
        "0.16.0",
        &words("dump"),
    );
    check(
        &Diff::new("latest", directory()),
        "0.12.1",
        "0.16.0",
        &words("diff"),
    );
    check(&CatTree::new("1cfe4abd"), "0.15.2", "0.16.0", "cat tree");

    let unlimited = "=unlimited of forget";
    let keep = |set: fn(Forget, Keep) -> Forget| set(Forget::new(), Keep::Unlimited);
    check(
        &keep(Forget::keep_last),
        "0.15.2",
        "0.16.0",
        &format!("--keep-last{unlimited}"),
    );
    check(
        &keep(Forget::keep_hourly),
        "0.15.2",
        "0.16.0",
        &format!("--keep-hourly{unlimited}"),
    );
    check(
        &keep(Forget::keep_daily),
        "0.15.2",
        "0.16.0",
        &format!("--keep-daily{unlimited}"),
    );
    check(
        &keep(Forget::keep_weekly),
        "0.15.2",
        "0.16.0",
        &format!("--keep-weekly{unlimited}"),
    );
    check(
        &keep(Forget::keep_monthly),
        "0.15.2",
        "0.16.0",
        &format!("--keep-monthly{unlimited}"),
    );
    check(
        &keep(Forget::keep_yearly),
        "0.15.2",
        "0.16.0",
        &format!("--keep-yearly{unlimited}"),
    );

    let percent = Check::new().read_data_subset(Subset::percent(5));
    check(
        &percent,
        "0.11.0",
        "0.12.0",
        "--read-data-subset=5% of check",
    );
    let size = Check::new().read_data_subset(Subset::from(Size::gib(1)));
    check(&size, "0.12.1", "0.13.0", "--read-data-subset=1G of check");
    check(
        &StatsDebug::new(),
        "0.15.2",
        "0.16.0",
        "--mode=debug of stats",
    );

    let host = KeyPasswd::new("new").host("srv1");
    check(&host, "0.18.1", "0.19.0", "--host of key passwd");
    let user = KeyPasswd::new("new").user("alice");
    check(&user, "0.14.0", "0.19.0", "--user of key passwd");
}

#[test]
fn values_that_every_release_takes_are_not_gated() {
    let old = of("0.11.0");
    old.supports(&Ls::new("latest")).unwrap();
    old.supports(&Forget::new().keep_last(3)).unwrap();
    let part = Check::new().read_data_subset(Subset::part(1, 2));
    old.supports(&part).unwrap();
    // A colon in what is no snapshot.
    old.supports(&Dump::new("latest", "/a:b")).unwrap();
    old.supports(&KeyPasswd::new("new")).unwrap();
}

#[test]
fn compression_is_gated_for_the_client() {
    let with = |version: &str, compression| {
        let builder = Restic::builder().restic_version(version);
        builder
            .compression(compression)
            .build()
            .supports(&Snapshots::new())
    };
    for compression in [Compression::Fastest, Compression::Better] {
        let error = with("0.18.1", compression.clone()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(
            error
                .message()
                .ends_with("needs restic 0.19.0, this is 0.18.1"),
            "{error}"
        );
        with("0.19.0", compression).unwrap();
    }
    with("0.14.0", Compression::Max).unwrap();
    assert!(with("0.13.1", Compression::Max).is_err());
}

#[test]
fn a_version_that_is_none_is_a_wrong_setting_and_reported_once() {
    let error = of("banana")
        .supports(&CatTree::new("1cfe4abd"))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert_eq!(
        error.message(),
        "\"banana\" is not a version of restic such as 0.19.1"
    );
    let feature = Feature::from("rewrite");
    assert_eq!(
        of("").supports(feature).unwrap_err().kind(),
        ErrorKind::Usage
    );
}

/// Says which version it is, and for anything else its features and what it restores.
fn program(version: &str) -> Fake {
    Fake::new(&format!(
        "case \"$*\" in *version) echo 'restic {version} compiled with go1.19.8 on linux/amd64';; \
         *) printf '%s' \"$RESTIC_FEATURES\" > $here/features; \
            echo '{{\"message_type\":\"summary\",\"total_files\":1,\"files_restored\":1,\"total_bytes\":1,\"bytes_restored\":1}}';; esac"
    ))
}

#[test]
fn salvaging_packs_is_enabled_where_it_is_an_experiment() {
    for (version, set, expected) in [
        ("0.16.1", None, "repair-packs-v1"),
        ("0.16.5", None, "repair-packs-v1"),
        (
            "0.16.5",
            Some("deprecate-legacy-index=false"),
            "deprecate-legacy-index=false,repair-packs-v1",
        ),
        (
            "0.16.5",
            Some("repair-packs-v1=true"),
            "repair-packs-v1=true",
        ),
        ("0.17.0", None, ""),
        ("0.19.1", None, ""),
    ] {
        let fake = program(version);
        let mut builder = fake.builder();
        if let Some(set) = set {
            builder = builder.env("RESTIC_FEATURES", set);
        }
        let id = "ab".repeat(32);
        let _ = builder.build().run(RepairPacks::new([id]));
        let found = std::fs::read_to_string(fake.path("features")).unwrap();
        assert_eq!(found, expected, "{version}");
    }
}

#[test]
fn a_restore_that_follows_links_is_warned_of_through_0_16() {
    for (version, warned) in [
        ("0.16.0", true),
        ("0.16.5", true),
        ("0.17.0", false),
        ("0.19.1", false),
    ] {
        let fake = program(version);
        let run = fake
            .restic()
            .start(Restore::new("latest").target("/t"))
            .unwrap();
        let (_, notices) = run.finish_with_notices().unwrap();
        let is_warning = |notice: &restic_cli_wrap::Notice| {
            notice.source == NoticeSource::Library && notice.text.contains("symbolic links")
        };
        assert_eq!(notices.iter().any(is_warning), warned, "{version}");
    }
}

#[test]
fn the_answer_of_version_is_remembered() {
    let fake = program("0.18.0");
    let restic = fake.restic();
    restic.run(Version::new()).unwrap();
    restic.supports("backup --skip-if-unchanged").unwrap();
    let asked = |fake: &Fake| {
        fake.calls()
            .iter()
            .filter(|call| call.ends_with("version"))
            .count()
    };
    assert_eq!(asked(&fake), 1);
    // An update of the program.
    let fake = program("0.18.0");
    let restic = fake.restic();
    restic.supports("rewrite").unwrap();
    assert_eq!(restic.run(Version::new()).unwrap().version, "0.18.0");
    assert_eq!(asked(&fake), 2);
}
