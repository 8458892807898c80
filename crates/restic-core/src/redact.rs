use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;

use crate::{Argument, Invocation, Secret};

/// What stands in place of a secret.
const MASK: &str = "***";

/// The shortest secret that is looked for, in bytes. A shorter one is in so many words by
/// chance that masking it would hide more than itself, and show where it is.
const SHORTEST: usize = 4;

/// Parts of names of variables whose values are credentials.
const CREDENTIALS: &[&str] = &["KEY", "SECRET", "PASS", "TOKEN", "SAS", "CREDENTIAL"];

/// Takes the secrets of a call out of what restic says.
///
/// restic masks passwords in URLs, but not in one that it cannot parse, and helper programs
/// print what they like. Secrets are looked for as they are, percent-encoded and as JSON
/// writes them: the passwords of repositories, those inside locations, and the values of
/// variables that are named like credentials. Those of fewer than 4 bytes are not.
#[derive(Clone)]
pub struct Redactor {
    /// The longest first, so that none hides a part of another.
    needles: Vec<String>,
}

impl Redactor {
    /// Looks for the secrets of this call.
    #[must_use]
    pub fn of(invocation: &Invocation) -> Self {
        let mut needles = BTreeSet::new();
        for argument in &invocation.arguments {
            if let Argument::SecretFile { flag, content } = argument {
                let is_location = flag.contains("repository");
                add_secret(content, is_location, &mut needles);
            }
        }
        for (name, value) in &invocation.environment {
            let is_location = name.as_encoded_bytes().starts_with(b"RESTIC_REPOSITORY");
            if is_location || is_credential(name) {
                add_secret(value, is_location, &mut needles);
            }
        }
        let mut needles: Vec<String> = needles.into_iter().collect();
        needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
        Self { needles }
    }

    /// The text without the secrets; untouched, and not copied, when there are none in it.
    #[must_use]
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for needle in &self.needles {
            if text.contains(needle.as_str()) {
                text = Cow::Owned(text.replace(needle.as_str(), MASK));
            }
        }
        text
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} needles)", self.needles.len())
    }
}

fn is_credential(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_uppercase();
    CREDENTIALS.iter().any(|part| name.contains(part))
}

fn add_secret(secret: &Secret, is_location: bool, needles: &mut BTreeSet<String>) {
    let text = String::from_utf8_lossy(secret.expose());
    let text = text.trim();
    if !is_location {
        add_forms(text, needles);
    } else if let Some(password) = password_of(text) {
        add_forms(password, needles);
        add_forms(&percent_decoded(password), needles);
    }
}

/// The password in `rest:http://user:password@host/`, and in what is nearly that.
fn password_of(location: &str) -> Option<&str> {
    let (credentials, _) = location.rsplit_once('@')?;
    let credentials = match credentials.split_once("://") {
        Some((_, credentials)) => credentials,
        // `rest:user:password@host`
        None => credentials.split_once(':')?.1,
    };
    credentials.split_once(':').map(|(_, password)| password)
}

/// Adds every way in which somebody may write a secret.
fn add_forms(secret: &str, needles: &mut BTreeSet<String>) {
    let all = |_| true;
    let reserved = |byte: u8| !(byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    let json = serde_json::Value::from(secret).to_string();
    let json = json[1..json.len() - 1].to_owned();
    // Go writes these three as escapes, too.
    let go = json
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026");
    let forms = [
        secret.to_owned(),
        percent_encoded(secret, reserved),
        percent_encoded(secret, reserved).to_lowercase(),
        percent_encoded(secret, all),
        percent_encoded(secret, all).to_lowercase(),
        json,
        go,
    ];
    needles.extend(
        forms
            .into_iter()
            .filter(|form| form.len() >= SHORTEST && secret.len() >= SHORTEST),
    );
}

fn percent_encoded(text: &str, encode: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if encode(byte) {
            encoded += &format!("%{byte:02X}");
        } else {
            encoded.push(char::from(byte));
        }
    }
    encoded
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let code = tail.get(..2).filter(|_| byte == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &tail[2..];
            }
            None => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
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

    #[test]
    fn passwords_are_found_in_locations_that_are_hardly_any() {
        let check = |location, password| assert_eq!(password_of(location), password, "{location}");
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
