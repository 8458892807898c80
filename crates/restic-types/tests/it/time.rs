use std::time::{Duration, SystemTime};

use restic_types::serde_json;
use restic_types::{LocalTime, Time, TimeError};

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

/// Text, seconds since 1970, nanoseconds, minutes of offset.
const TIMES: [(&str, i64, u32, i16); 14] = [
    (
        "2026-11-22T11:16:15.849059764+01:00",
        1_795_342_575,
        849_059_764,
        60,
    ),
    ("2023-11-14T23:16:40+01:00", 1_700_000_200, 0, 60),
    ("1970-01-01T00:00:00Z", 0, 0, 0),
    ("1970-01-01T00:00:00+00:00", 0, 0, 0),
    ("1969-12-31T23:59:59.999999999Z", -1, 999_999_999, 0),
    ("2000-02-29T12:00:00.000000001-09:30", 951_859_800, 1, -570),
    (
        "2024-02-29T23:59:59.5+14:00",
        1_709_200_799,
        500_000_000,
        840,
    ),
    ("0001-01-01T00:00:00Z", -62_135_596_800, 0, 0),
    ("0001-01-01T00:00:00+00:53", -62_135_599_980, 0, 53),
    ("0000-01-01T00:00:00+23:59", -62_167_305_540, 0, 1439),
    ("0000-02-29T00:00:00Z", -62_162_121_600, 0, 0),
    (
        "9999-12-31T23:59:59.999999999-23:59",
        253_402_387_139,
        999_999_999,
        -1439,
    ),
    ("1900-03-01T00:00:00Z", -2_203_891_200, 0, 0),
    ("2100-02-28T23:59:59Z", 4_107_542_399, 0, 0),
];

#[test]
fn times_are_read_and_printed_exactly() {
    for (text, seconds, nanoseconds, offset) in TIMES {
        let time = time(text);
        assert_eq!(
            (
                time.unix_seconds(),
                time.nanoseconds(),
                time.offset_minutes()
            ),
            (seconds, nanoseconds, offset),
            "{text}"
        );
        assert_eq!(time.to_string(), text);
        let json = serde_json::to_string(&time).unwrap();
        assert_eq!(json, format!("{text:?}"));
        assert_eq!(serde_json::from_str::<Time>(&json).unwrap(), time);
    }
}

#[test]
fn every_day_of_the_calendar_is_read_and_printed_exactly() {
    let first = time("0000-01-01T00:00:00Z").unix_seconds();
    let last = time("9999-12-31T00:00:00Z").unix_seconds();
    assert_eq!(
        (last - first) / 86_400 + 1,
        3_652_425,
        "days in 10,000 years"
    );
    // The calendar repeats every 146,097 days, which 13 does not divide: 25 rounds meet every day of it.
    for day in (first..=last).step_by(13 * 86_400) {
        let day = Time::from_unix(day, 0).unwrap();
        assert_eq!(time(&day.to_string()), day);
    }
}

#[test]
fn zeros_at_the_end_of_a_fraction_are_cut() {
    assert_eq!(
        time("2026-11-22T11:16:15.800Z").to_string(),
        "2026-11-22T11:16:15.8Z"
    );
    assert_eq!(
        time("2026-11-22T11:16:15.000Z").to_string(),
        "2026-11-22T11:16:15Z"
    );
}

#[test]
fn what_is_no_time_is_an_error_and_no_panic() {
    let cases = [
        "",
        "Z",
        "2026-11-22",
        "2026-11-22T11:16:15",
        "2026-11-22 11:16:15Z",
        "2026-11-22T11:16:15.Z",
        "2026-11-22T11:16:15.5",
        "2026-11-22T11:16:15.1234567890Z",
        "2026-11-22T11:16:15ZZ",
        "2026-11-22T11:16:15z",
        "2026-11-22T11:16:15+0100",
        "2026-11-22T11:16:15+01:60",
        "2026-11-22T11:16:15+01:00 ",
        "2026-13-22T11:16:15Z",
        "2026-00-22T11:16:15Z",
        "2026-11-31T11:16:15Z",
        "2026-02-29T11:16:15Z",
        "1900-02-29T11:16:15Z",
        "2026-11-00T11:16:15Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T11:60:15Z",
        "2026-11-22T11:16:60Z",
        "+026-11-22T11:16:15Z",
        "12026-11-22T11:16:15Z",
        "２０26-11-22T11:16:15Z",
        "2026-11-22T11:16:15.5é",
    ];
    for text in cases {
        assert!(
            matches!(text.parse::<Time>(), Err(TimeError::Text { text: kept }) if kept == text),
            "{text}"
        );
        assert!(
            serde_json::from_str::<Time>(&format!("{text:?}")).is_err(),
            "{text}"
        );
    }
    assert!(serde_json::from_str::<Time>("1795342575").is_err());
}

#[test]
fn equal_means_the_same_moment_and_offset() {
    assert_ne!(
        time("2026-11-22T00:00:00Z"),
        time("2026-11-22T00:00:00+00:00")
    );
    assert_ne!(
        time("2026-11-22T01:00:00+01:00"),
        time("2026-11-22T00:00:00+00:00")
    );
}

#[test]
fn ordered_by_moment_then_offset() {
    let sorted = [
        "2026-11-22T00:30:00+02:00",
        "2026-11-22T00:30:00+01:00",
        "2026-11-21T22:30:00-01:00",
        "2026-11-21T23:30:00+00:00",
        "2026-11-21T23:30:00Z",
        "2026-11-22T00:30:00.1+01:00",
    ]
    .map(time);
    let mut times = sorted;
    times.reverse();
    times.sort();
    assert_eq!(times[0], sorted[0]);
    assert_eq!(
        times.map(|time| time.offset_minutes()),
        [120, -60, 0, 0, 60, 60]
    );
    assert!(times.is_sorted_by_key(|time| (
        time.unix_seconds(),
        time.nanoseconds(),
        time.offset_minutes()
    )));
}

#[test]
fn system_time_there_and_back() {
    for (text, ..) in TIMES {
        let time = time(text);
        let there = SystemTime::try_from(time).unwrap();
        let back = Time::try_from(there);
        // The ends of the range lie in the years -1 and 10000 of UTC.
        let in_range = !text.starts_with("0000-01") && !text.starts_with("9999");
        assert_eq!(back.is_ok(), in_range, "{text}");
        if let Ok(back) = back {
            assert_eq!(
                (back.unix_seconds(), back.nanoseconds()),
                (time.unix_seconds(), time.nanoseconds()),
                "{text}"
            );
            assert!(back.to_string().ends_with('Z'));
        }
    }
    let half_before = SystemTime::UNIX_EPOCH - Duration::from_millis(500);
    assert_eq!(
        Time::try_from(half_before).unwrap().to_string(),
        "1969-12-31T23:59:59.5Z"
    );
}

#[test]
fn from_unix_keeps_to_the_range() {
    let (first, last) = (-62_167_219_200, 253_402_300_799);
    assert_eq!(
        Time::from_unix(first, 0).unwrap().to_string(),
        "0000-01-01T00:00:00Z"
    );
    assert_eq!(
        Time::from_unix(last, 999_999_999).unwrap().to_string(),
        "9999-12-31T23:59:59.999999999Z"
    );
    for (seconds, nanoseconds) in [
        (first - 1, 0),
        (last + 1, 0),
        (i64::MIN, 0),
        (i64::MAX, 0),
        (0, 1_000_000_000),
    ] {
        assert_eq!(
            Time::from_unix(seconds, nanoseconds),
            Err(TimeError::OutOfRange)
        );
    }
}

#[test]
fn local_times_are_read_and_printed_exactly() {
    let time: LocalTime = "2026-11-22 11:08:51".parse().unwrap();
    let date = (time.year(), time.month(), time.day());
    assert_eq!(
        (date, time.hour(), time.minute(), time.second()),
        ((2026, 11, 22), 11, 8, 51)
    );
    assert_eq!(
        serde_json::to_string(&time).unwrap(),
        r#""2026-11-22 11:08:51""#
    );
    assert_eq!(
        serde_json::from_str::<LocalTime>(r#""2026-11-22 11:08:51""#).unwrap(),
        time
    );
    for text in [
        "",
        "2026-11-22T11:08:51",
        "2026-11-22 11:08:51Z",
        "2026-11-31 11:08:51",
        "2026-11-22 11:08",
    ] {
        assert!(text.parse::<LocalTime>().is_err(), "{text}");
    }
}

#[cfg(feature = "jiff")]
#[test]
fn jiff_there_and_back() {
    use restic_types::jiff::{Timestamp, Zoned, civil};

    for (text, seconds, nanoseconds, _) in TIMES {
        let time = time(text);
        let Ok(zoned) = Zoned::try_from(time) else {
            assert!(text.starts_with("9999"), "{text}");
            continue;
        };
        assert_eq!(
            zoned.timestamp(),
            Timestamp::new(seconds, nanoseconds.cast_signed()).unwrap()
        );
        // jiff has one UTC only.
        let expected = text.replace("+00:00", "Z");
        assert_eq!(Time::try_from(&zoned).unwrap().to_string(), expected);
    }
    let local: LocalTime = "2026-11-22 11:08:51".parse().unwrap();
    assert_eq!(
        civil::DateTime::try_from(local).unwrap(),
        civil::date(2026, 11, 22).at(11, 8, 51, 0)
    );
}
