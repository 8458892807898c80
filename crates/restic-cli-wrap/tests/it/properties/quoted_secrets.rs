//! No part of a secret is left in a text that was quoted, and quoted again, by whoever passed it
//! on: restic, Go's errors, helpers, JSON in JSON, URLs.

use restic_cli_wrap::commands::Backup;
use restic_cli_wrap::{Restic, Scripted};
use restic_core::{Argument, Invocation, Redactor};

/// How many bytes of a secret are a part of it that says something.
const PART: usize = 8;

/// A way in which a program writes a text into another one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Quoting {
    Json,
    /// As Go does it, which escapes what means something in HTML.
    GoJson,
    /// `%q`.
    Go,
    /// `%+q`.
    GoAscii,
    /// `{:?}`.
    Rust,
    /// Go's `url.PathEscape`.
    Path,
    /// Go's `url.QueryEscape`.
    Query,
    /// Each byte.
    Bytes,
}

pub(crate) const ALL: [Quoting; 8] = [
    Quoting::Json,
    Quoting::GoJson,
    Quoting::Go,
    Quoting::GoAscii,
    Quoting::Rust,
    Quoting::Path,
    Quoting::Query,
    Quoting::Bytes,
];

impl Quoting {
    pub(crate) fn apply(self, text: &str) -> String {
        let percent = |plain: &str| -> String {
            let encode =
                |byte: u8| match byte.is_ascii_alphanumeric() || plain.as_bytes().contains(&byte) {
                    true => char::from(byte).to_string(),
                    false => format!("%{byte:02X}"),
                };
            text.bytes().map(encode).collect()
        };
        let json = || {
            let quoted = serde_json::Value::from(text).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        };
        match self {
            Self::Json => json(),
            Self::GoJson => json()
                .replace('&', "\\u0026")
                .replace('<', "\\u003c")
                .replace('>', "\\u003e")
                .replace('\u{2028}', "\\u2028"),
            Self::Go => text.chars().map(|c| go(c, false)).collect(),
            Self::GoAscii => text.chars().map(|c| go(c, true)).collect(),
            Self::Rust => text.escape_debug().collect(),
            Self::Path => percent("-_.~$&+=:@"),
            Self::Query => percent("-_.~ ").replace(' ', "+"),
            Self::Bytes => text.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        }
    }
}

fn go(c: char, ascii: bool) -> String {
    match c {
        '"' | '\\' => format!("\\{c}"),
        '\u{7}' => "\\a".into(),
        '\u{8}' => "\\b".into(),
        '\u{b}' => "\\v".into(),
        '\u{c}' => "\\f".into(),
        '\n' => "\\n".into(),
        '\r' => "\\r".into(),
        '\t' => "\\t".into(),
        c if c < ' ' || c == '\u{7f}' => format!("\\x{:02x}", u32::from(c)),
        c if c.is_ascii() || !ascii && c.is_alphanumeric() => c.to_string(),
        c if u32::from(c) < 0x10000 => format!("\\u{:04x}", u32::from(c)),
        c => format!("\\U{:08x}", u32::from(c)),
    }
}

/// Masks a secret in a sentence that was quoted in these ways, one after another.
pub(crate) fn check(secret: &str, before: &str, after: &str, quoting: &[Quoting]) {
    let secret = secret.trim_matches(|c: char| c.is_ascii_whitespace());
    if secret.len() < PART || may_be_words(secret) {
        return;
    }
    let invocation =
        Invocation::new(["snapshots"]).argument(Argument::secret_file("--password-file", secret));
    let redactor = Redactor::of(&invocation);
    let mut text = format!("{before}{secret}{after}");
    let mut quoted = secret.to_owned();
    for way in quoting {
        text = way.apply(&text);
        quoted = way.apply(&quoted);
    }
    let redacted = redactor.redact(&text);
    assert!(
        redacted.contains("***"),
        "{secret:?} in {text:?} {quoting:?}"
    );
    // What is left is read as whoever gets it could read it.
    let bytes = quoted.as_bytes();
    for part in bytes.windows(quoted.len().min(PART * quoted.len() / secret.len() + PART)) {
        let Ok(part) = std::str::from_utf8(part) else {
            continue;
        };
        let by_chance = before.contains(part) || after.contains(part) || is_monotonous(part);
        assert!(
            by_chance || !redacted.contains(part),
            "{part:?} of {secret:?} in {redacted:?}, which was {text:?} {quoting:?}"
        );
    }
}

/// Lets restic say a secret that was quoted in these ways wherever it may say something, in
/// chunks of this size.
pub(crate) fn check_run(secret: &str, quoting: &[Quoting], chunk: usize) {
    let secret = secret.trim();
    if secret.len() < PART || may_be_words(secret) {
        return;
    }
    let quoted = |text: &str| {
        let quote = |text: String, way: &Quoting| way.apply(&text);
        quoting.iter().fold(text.to_owned(), quote)
    };
    let said = quoted(&format!(
        "parse \"http://alice:{secret}@bad host/\": no host"
    ));
    let json = Quoting::GoJson.apply(&said);
    let lines = [
        said.clone(),
        format!("rclone: {said}"),
        format!(r#"{{"message_type":"exit_error","code":1,"message":"{json}"}}"#),
        format!(
            r#"{{"message_type":"error","error":{{"message":"{json}"}},"during":"archival","item":"/a"}}"#
        ),
        format!(r#"{{"message_type":"weather","of":"{json}"}}"#),
        format!(r#"{{"message_type":"status","percent_done":"{json}"}}"#),
        format!(r#"{{"message_type":"summary","of":"{json}"#),
    ]
    .join("\n")
        + "\n";
    for (stdout, stderr) in [(&*lines, ""), ("", &*lines), (&*lines, &*said)] {
        let script = Scripted::new().stdout(stdout).stderr(stderr);
        let restic = Restic::builder()
            .executor(Scripted::executor([script.in_chunks_of(chunk).exit(1)]))
            .repository(format!("rest:http://alice:{secret}@bad host/"))
            .password(secret)
            .restic_version("0.19.1")
            .build();
        let mut run = restic.start(Backup::new(["/data"])).unwrap();
        let events: Vec<_> = run.by_ref().collect();
        let error = run.finish().map(drop).expect_err("the exit code says so");
        let partial = error.partial::<Backup>();
        let notices = error.notices();
        let text = format!(
            "{events:?}\n{error}\n{error:?}\n{partial:?}\n{}\n{}\n{notices:?}",
            error.message(),
            error.stderr_tail()
        );
        let chars: Vec<char> = secret.chars().collect();
        for part in chars.windows(PART.min(chars.len())) {
            let part: String = part.iter().collect();
            let known = is_monotonous(&part) || may_be_words(&part);
            for part in [
                part.clone(),
                quoted(&part),
                Quoting::Json.apply(&quoted(&part)),
            ] {
                assert!(
                    known || !text.contains(&part),
                    "{part:?} of {secret:?} in {text}, {quoting:?}"
                );
            }
        }
    }
}

/// Whether a secret may be words of restic's own, which are masked in URLs only.
fn may_be_words(secret: &str) -> bool {
    secret
        .chars()
        .all(|c| c.is_ascii_alphabetic() || " :\n".contains(c))
}

/// A text of which a part is like any other part.
fn is_monotonous(text: &str) -> bool {
    let mut kinds: Vec<char> = text.chars().collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.len() < 3
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::properties::config;

    fn quoting() -> impl Strategy<Value = Vec<Quoting>> {
        proptest::collection::vec(proptest::sample::select(ALL.to_vec()), 0..4)
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn no_part_of_a_quoted_secret_is_left(
            secret in "[a-zA-Z0-9\"'\\\\&<>%+ @:/#?\n\t\r\u{7}\u{b}\u{1}ü😀\u{200b}]{8,24}",
            before in "(parse |http://u:|\"|\\{\"a\":\"| |\\\\|%|ü){0,4}",
            after in "(@host/| |\"|\": invalid port|\\\\|%|ü){0,4}",
            quoting in quoting(),
        ) {
            check(&secret, &before, &after, &quoting);
        }

        #[test]
        fn no_part_of_a_secret_that_restic_quotes_is_shown(
            secret in "[a-zA-Z0-9\"'\\\\&<>%+ @:/#?\t\r\u{1}ü😀]{8,16}",
            quoting in quoting(),
            chunk in 1..200_usize,
        ) {
            check_run(&secret, &quoting, chunk);
        }

        #[test]
        fn no_part_of_any_secret_is_left(secret in any::<String>(), quoting in quoting()) {
            check(&secret, "a ", " b", &quoting);
        }
    }
}
