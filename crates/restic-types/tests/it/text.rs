//! Numbers, times and rows that restic prints as text.

use restic_types::{ByteCount, Counter, FeatureFlag, FeatureStage, Time};

fn counter(line: &str) -> String {
    match Counter::read(line) {
        Some(counter) => serde_json::to_string(&counter).unwrap(),
        None => "none".into(),
    }
}

#[test]
fn counters_are_read_as_restic_prints_them() {
    let check = |line: &str, expected: &str| assert_eq!(counter(line), expected, "{line}");
    check(
        "[0:00] 100.00%  6 / 6 snapshots",
        r#"{"elapsed_seconds":0,"percent":100.0,"done":6,"total":6,"what":"snapshots"}"#,
    );
    check(
        "[1:02:03] 33.33%  1 / 3 packs repacked",
        r#"{"elapsed_seconds":3723,"percent":33.33,"done":1,"total":3,"what":"packs repacked"}"#,
    );
    check(
        "[0:00]          0 indexes processed",
        r#"{"elapsed_seconds":0,"done":0,"what":"indexes processed"}"#,
    );
    check(
        "[0:00]   0 / 3 files deleted",
        r#"{"elapsed_seconds":0,"done":0,"total":3,"what":"files deleted"}"#,
    );
    check(
        "[0:01] 100.00%  2 / 2 snapshots, 3 files, 1.250 KiB",
        r#"{"elapsed_seconds":1,"percent":100.0,"done":2,"total":2,"what":"snapshots, 3 files, 1.250 KiB"}"#,
    );
    for line in [
        "",
        "[]",
        "[0:00]",
        "[0:00] ",
        "[0:00] 100.00%",
        "[a:b] 1 x",
        "[{\"a\":1}]",
        "[0:00] x% 1 / 1 packs",
        "loading all snapshots...",
        "[99999999999999999999:0] 1 x",
        "[18446744073709551615:1] 1 x",
        "[0:00] NaN% 1 / 1 packs",
        "[0:00] inf% 1 / 1 packs",
        "[0:00] -1% 1 / 1 packs",
        "[+0:00] 1 / 1 packs",
        "[0:00] +1 / 1 packs",
    ] {
        assert_eq!(counter(line), "none", "{line}");
    }
}

#[test]
fn sizes_are_exact_only_below_a_kibibyte() {
    let check = |text: &str, expected: Option<(u64, bool)>| {
        let count = ByteCount::read(text);
        let count = count.map(|count| (count.bytes, count.rounded));
        assert_eq!(count, expected, "{text}");
    };
    check("0 B", Some((0, false)));
    check("1023 B", Some((1023, false)));
    check("1.000 KiB", Some((1024, true)));
    check("41.508 KiB", Some((42_504, true)));
    check("1.500 MiB", Some((1_572_864, true)));
    check("2 GiB", Some((2_147_483_648, true)));
    check("15.999 EiB", Some((18_445_591_152_204_944_769, true)));
    for text in [
        "", "B", "1 X", "1.5 B", "-1 B", "1. KiB", "16 EiB", "1.x KiB", "1,5 KiB", "+1 B",
        "+1.5 KiB", "1.+5 KiB",
    ] {
        check(text, None);
    }
}

#[test]
fn times_are_read_as_restic_prints_them() {
    let check = |text: &str, expected: Option<&str>| {
        let time = Time::from_text(text).map(|time| time.to_string());
        assert_eq!(time.as_deref(), expected, "{text}");
    };
    check(
        "2026-11-22 11:16:22.229766901 +0100 CET",
        Some("2026-11-22T11:16:22.229766901+01:00"),
    );
    check(
        "2026-11-25 09:06:53.48694949 +0000 UTC",
        Some("2026-11-25T09:06:53.48694949Z"),
    );
    check(
        "2020-02-03 04:05:06 -0330 -0330 m=+5.191230121",
        Some("2020-02-03T04:05:06-03:30"),
    );
    check("2020-02-03 04:05:06", None);
    check("2020-02-03 04:05:06 CET", None);
    check("2020-02-03 04:05:06 ++00ä00", None);
    check("yesterday", None);
    check("", None);
}

#[test]
fn features_are_rows_of_a_table() {
    let row =
        "s3-restore                  alpha   false    restore S3 objects from cold storage classes";
    let feature = FeatureFlag::read(row).unwrap();
    assert_eq!(feature.name, "s3-restore");
    assert_eq!(feature.stage, FeatureStage::Alpha);
    assert!(!feature.default);
    assert_eq!(
        feature.description,
        "restore S3 objects from cold storage classes"
    );
    let new = FeatureFlag::read("x gamma true y").unwrap();
    assert_eq!(new.stage, FeatureStage::Unknown("gamma".into()));
    for line in [
        "All Feature Flags:",
        "Name                        Type    Default  Description",
        "-----",
        "",
    ] {
        assert_eq!(FeatureFlag::read(line), None, "{line}");
    }
}
