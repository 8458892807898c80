//! Numbers that restic prints as text.

use restic_types::{ByteCount, Counter};

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
