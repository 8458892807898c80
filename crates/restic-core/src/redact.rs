use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;
use std::ops::Range;

use serde_json::Value;

use crate::{Argument, Invocation, Secret};

mod needle;

use needle::{Needle, Spelling};

/// What stands in place of a secret.
const MASK: &str = "***";

/// The shortest secret that is looked for, in bytes. A shorter one is in so many words by
/// chance that masking it would hide more than itself, and show where it is.
const SHORTEST: usize = 4;

/// Parts of names of variables whose values are credentials.
const CREDENTIALS: &[&str] = &["KEY", "SECRET", "PASS", "TOKEN", "SAS", "CREDENTIAL"];

/// What says in a message which one it is: words of restic's own.
const TAGS: &[&str] = &["message_type", "struct_type", "action", "during"];

/// Takes the secrets of a call out of what restic says.
///
/// restic masks passwords in URLs, but not in one that it cannot parse, and helper programs
/// print what they like. Secrets are looked for as they are, percent-encoded in whole or in
/// part, and as JSON writes them: the passwords of repositories, those inside locations, and
/// the values of variables that are named like credentials. Those of fewer than 4 bytes are
/// not.
#[derive(Clone, Default)]
pub struct Redactor {
    needles: Vec<Needle>,
}

impl Redactor {
    /// Looks for the secrets of this call.
    #[must_use]
    pub fn of(invocation: &Invocation) -> Self {
        let mut secrets = BTreeSet::new();
        for argument in &invocation.arguments {
            if let Argument::SecretFile { flag, content } = argument {
                let is_location = flag.contains("repository");
                add_secret(content, is_location, &mut secrets);
            }
        }
        for (name, value) in &invocation.environment {
            let is_location = name.as_encoded_bytes().starts_with(b"RESTIC_REPOSITORY");
            if is_location || is_credential(name) {
                add_secret(value, is_location, &mut secrets);
            }
        }
        Self {
            needles: secrets.into_iter().map(Needle::new).collect(),
        }
    }

    /// The text without the secrets; untouched, and not copied, when there are none in it.
    #[must_use]
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut found = Vec::new();
        for needle in &self.needles {
            needle.find(text, &mut found);
        }
        for spelling in Spelling::in_use(text).filter(|_| !self.needles.is_empty()) {
            needle::find_spelt(&self.needles, text, spelling, &mut found);
        }
        if found.is_empty() {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(masked(text, found))
        }
    }

    /// A line without the secrets. Of a message only the texts are changed: a secret that is
    /// a word of restic's or a number by chance does not make another message of it.
    #[must_use]
    pub fn redact_line<'a>(&self, line: &'a str) -> Cow<'a, str> {
        let redacted = self.redact(line);
        if matches!(redacted, Cow::Borrowed(_)) || !line.trim_start().starts_with('{') {
            return redacted;
        }
        match serde_json::from_str::<Value>(line) {
            Ok(mut message) => {
                self.redact_texts(&mut message);
                Cow::Owned(message.to_string())
            }
            Err(_) => redacted,
        }
    }

    fn redact_texts(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Cow::Owned(redacted) = self.redact(text) {
                    *text = redacted;
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.redact_texts(value)),
            Value::Object(fields) => fields
                .iter_mut()
                .filter(|(name, _)| !TAGS.contains(&name.as_str()))
                .for_each(|(_, value)| self.redact_texts(value)),
            _ => {}
        }
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} needles)", self.needles.len())
    }
}

/// The text with one mask in the place of all that touches.
fn masked(text: &str, mut found: Vec<Range<usize>>) -> String {
    found.sort_unstable_by_key(|range| range.start);
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    for range in found {
        if range.start > end || end == 0 {
            masked.push_str(text.get(end..range.start).unwrap_or_default());
            masked.push_str(MASK);
        }
        end = end.max(range.end);
    }
    masked.push_str(text.get(end..).unwrap_or_default());
    masked
}

fn is_credential(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_uppercase();
    CREDENTIALS.iter().any(|part| name.contains(part))
}

fn add_secret(secret: &Secret, is_location: bool, secrets: &mut BTreeSet<Vec<u8>>) {
    let secret = secret.expose().trim_ascii();
    if !is_location {
        add_variants(secret, secrets);
    } else if let Some(password) = password_of(secret) {
        add_variants(password, secrets);
        add_variants(&needle::percent_decoded(password), secrets);
    }
}

/// Adds a secret as restic or a helper program may see it.
fn add_variants(secret: &[u8], secrets: &mut BTreeSet<Vec<u8>>) {
    let mut add = |secret: &[u8]| {
        if secret.len() >= SHORTEST {
            secrets.insert(secret.to_vec());
        }
    };
    add(secret);
    // What is no text is read with U+FFFD in its place.
    add(String::from_utf8_lossy(secret).as_bytes());
    // As in a form of HTML.
    add(&secret
        .iter()
        .map(|byte| if *byte == b' ' { b'+' } else { *byte })
        .collect::<Vec<_>>());
    // Output is read by line.
    for line in secret.split(|byte| *byte == b'\n') {
        add(line.trim_ascii());
    }
}

/// The password in `rest:http://user:password@host/`, and in what is nearly that.
fn password_of(location: &[u8]) -> Option<&[u8]> {
    let at = location.iter().rposition(|byte| *byte == b'@')?;
    let credentials = &location[..at];
    let scheme = credentials.windows(3).position(|window| window == b"://");
    let credentials = match scheme {
        Some(scheme) => &credentials[scheme + 3..],
        // `rest:user:password@host`
        None => behind_colon(credentials)?,
    };
    behind_colon(credentials)
}

fn behind_colon(bytes: &[u8]) -> Option<&[u8]> {
    let colon = bytes.iter().position(|byte| *byte == b':')?;
    Some(&bytes[colon + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor() -> Redactor {
        let mut invocation = Invocation::new(["snapshots"])
            .argument(Argument::secret_file("--password-file", "p\"ss wörd&\n"))
            .argument(Argument::secret_file(
                "--repository-file",
                "rest:http://alice:s3cr3t%40%2Fp@host/alice",
            ));
        for (name, value) in [
            ("AWS_SECRET_ACCESS_KEY", "aws-secret"),
            ("HOME", "/home/alice"),
            ("PIN_KEY", "123"),
        ] {
            invocation.environment.insert(name.into(), value.into());
        }
        Redactor::of(&invocation)
    }

    #[test]
    fn secrets_are_masked_in_every_form() {
        let forms = [
            "p\"ss wörd&",
            "p\\\"ss wörd&",
            "p\\\"ss wörd\\u0026",
            "p%22ss%20w%C3%B6rd%26",
            "p%22ss%20w%c3%b6rd%26",
            "%70%22%73%73%20%77%C3%B6%72%64%26",
            "s3cr3t%40%2Fp",
            "s3cr3t@/p",
            "s3cr3t%40%2fp",
            "aws-secret",
        ];
        let redactor = redactor();
        for form in forms {
            assert_eq!(redactor.redact(&format!("a {form} b")), "a *** b", "{form}");
        }
        assert!(!format!("{redactor:?}").contains("aws"));
    }

    #[test]
    fn what_is_no_secret_is_not_touched() {
        for text in [
            "",
            "/home/alice",
            "http://host/alice",
            "123",
            "p%ss",
            "s3cr3",
        ] {
            assert!(matches!(redactor().redact(text), Cow::Borrowed(same) if same == text));
        }
    }

    /// Go leaves some of the reserved characters of a password as they are.
    #[test]
    fn secrets_are_masked_when_only_a_part_is_encoded() {
        let invocation = Invocation::new(["snapshots"])
            .argument(Argument::secret_file("--password-file", "pä$s@w\"😀r d"));
        let redactor = Redactor::of(&invocation);
        for form in [
            "p%C3%A4$s%40w%22%F0%9F%98%80r%20d",
            "p%c3%a4%24s@w%22😀r%20d",
            r#"p\u00e4$s@w\"\ud83d\ude00r d"#,
            r#"pä$s%40w\"%F0%9F%98%80r%20d"#,
            "pä$s@w\"😀r+d",
        ] {
            assert_eq!(
                redactor.redact(&format!("% \\ {form} b")),
                "% \\ *** b",
                "{form}"
            );
        }
    }

    #[test]
    fn secrets_that_overlap_leave_nothing_of_each_other() {
        let mut invocation = Invocation::new(["snapshots"]);
        for (name, value) in [
            ("A_KEY", "12345"),
            ("B_KEY", "45678"),
            ("C_KEY", "line1\nline2"),
        ] {
            invocation.environment.insert(name.into(), value.into());
        }
        let redactor = Redactor::of(&invocation);
        assert_eq!(redactor.redact("<12345678>"), "<***>");
        assert_eq!(redactor.redact("<12345>12345"), "<***>***");
        assert_eq!(redactor.redact("<line2>"), "<***>");
    }

    #[test]
    fn a_message_stays_what_it_is() {
        let mut invocation = Invocation::new(["snapshots"]);
        for (name, value) in [("A_KEY", "error"), ("B_PASS", "1234"), ("C_TOKEN", "item")] {
            invocation.environment.insert(name.into(), value.into());
        }
        let redactor = Redactor::of(&invocation);
        let check = |line: &str, expected: &str| assert_eq!(redactor.redact_line(line), expected);
        check(
            r#"{"item":"/1234/a","message_type":"error","size":1234}"#,
            r#"{"item":"/***/a","message_type":"error","size":1234}"#,
        );
        check(r#"{"item":"/1234"#, r#"{"***":"/***"#);
        check("an error", "an ***");
        check(r#"{ "a": 1 }"#, r#"{ "a": 1 }"#);
    }

    #[test]
    fn passwords_are_found_in_locations_that_are_hardly_any() {
        let check = |location: &str, password: Option<&str>| {
            let found = password_of(location.as_bytes());
            assert_eq!(found, password.map(str::as_bytes), "{location}");
        };
        check(
            "rest:http://alice:pw with space@host/",
            Some("pw with space"),
        );
        check("rest:alice:pw@host", Some("pw"));
        check("sftp:alice:p:w@host", Some("p:w"));
        check("rest:http://alice@host/", None);
        check("/srv/repo", None);
    }
}
