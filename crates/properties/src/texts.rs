//! What restic prints as text: versions, counters, sizes, times.

use restic_types::{ByteCount, Counter, LocalTime, ResticVersion, Time, VersionInfo, serde_json};

/// Reads a text in every way there is.
pub fn check(text: &str) {
    version_info(text);
    version(text);
    counter(text);
    byte_count(text);
    time(text);
}

fn version_info(text: &str) {
    let Some(info) = VersionInfo::from_text(text) else {
        return;
    };
    let VersionInfo {
        version,
        go_version,
        go_os,
        go_arch,
        ..
    } = &info;
    let printed = format!("restic {version} compiled with {go_version} on {go_os}/{go_arch}");
    assert_eq!(printed, text.trim());
    // A version that is none is an error, not a panic.
    assert_eq!(info.restic_version(), info.version.parse());
}

fn version(text: &str) {
    let Ok(version) = text.parse::<ResticVersion>() else {
        return;
    };
    let printed = version.to_string();
    assert_eq!(printed.parse(), Ok(version), "{text} as {printed}");
    let release = ResticVersion::new(version.major, version.minor, version.patch);
    assert!(release <= version, "{text}");
}

fn counter(text: &str) {
    let Some(counter) = Counter::read(text) else {
        return;
    };
    let printed = serde_json::to_string(&counter).unwrap();
    let again: Counter = serde_json::from_str(&printed).unwrap();
    assert_eq!(again, counter, "{text} as {printed}");
    assert!(
        text.trim().ends_with(&counter.what),
        "{text} counts {}",
        counter.what
    );
    assert!(!text.contains('+') || counter.what.contains('+'), "{text}");
}

fn byte_count(text: &str) {
    let Some(count) = ByteCount::read(text) else {
        return;
    };
    let begins_with_digit = text.trim().starts_with(|c: char| c.is_ascii_digit());
    assert!(begins_with_digit, "{text}");
    assert_eq!(count.rounded, !text.trim().ends_with(" B"), "{text}");
    if count.rounded {
        // Near enough to what a float makes of it.
        let (number, unit) = text.trim().split_once(' ').unwrap();
        let power = "KMGTPE".find(&unit[..1]).unwrap() + 1;
        let number: f64 = number.parse().unwrap();
        let expected = number * 1024f64.powi(i32::try_from(power).unwrap());
        let actual = count.bytes as f64;
        assert!((actual - expected).abs() <= 1.0 + expected * 1e-9, "{text}");
    }
}

fn time(text: &str) {
    if let Ok(time) = text.parse::<Time>() {
        let printed = time.to_string();
        assert_eq!(printed.parse(), Ok(time), "{text} as {printed}");
        let moment = Time::from_unix(time.unix_seconds(), time.nanoseconds());
        if let Ok(moment) = moment {
            assert_eq!(moment.unix_seconds(), time.unix_seconds());
        }
    }
    if let Ok(time) = text.parse::<LocalTime>() {
        assert_eq!(time.to_string(), text);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::string::string_regex;

    use super::*;
    use crate::config;

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            check(&text);
        }

        #[test]
        fn texts_that_are_nearly_right_are_read_or_refused(text in nearly()) {
            check(&text);
        }
    }

    fn nearly() -> impl Strategy<Value = String> {
        let patterns = [
            r"[0-9]{1,3}\.[0-9]{1,12}(\.[0-9]{1,3})?(-dev)?( \(.*\))?",
            r"restic [0-9.]{1,8}( \([a-z ]*\))? compiled with go[0-9.]{1,6} on (linux|.*)/(amd64|.*)",
            r"\[[0-9]{1,22}(:[0-9+]{1,3}){0,3}\] ( |[0-9+.a-zA-Z-]{1,6}% )*[+0-9]{1,4}( / [+0-9]{1,4})? .*",
            r"[+-]?[0-9]{1,5}(\.[+0-9]{0,11})? [KMGTPE]?i?B ?",
            r"[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{0,10})?(Z|[+-][0-9]{2}:[0-9]{2})?",
        ];
        let any_of = patterns.map(|pattern| string_regex(pattern).unwrap().boxed());
        proptest::strategy::Union::new(any_of)
    }
}
