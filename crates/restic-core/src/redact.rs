mod words;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;

use memchr::memmem;

use crate::percent::{percent_decoded, percent_encoded};
use crate::{Argument, Invocation, Secret};

/// What stands in place of a secret.
const MASK: &str = "***";

/// The same where a secret is looked for as the password of a URL only.
const MASK_IN_URL: &str = ":***@";

/// What stands in JSON before a text of restic's own.
const WORDS_OF_RESTIC: [&str; 2] = ["\"message\":", "\"repository\":"];

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
/// variables that are named like credentials. Those of fewer than 4 bytes are not, and those
/// that are words of restic's own, such as `password`, only in the place of a URL's password:
/// in restic's sentences they tell nothing, and a gap there would tell what they are.
#[derive(Clone, Default)]
pub struct Redactor {
    /// The longest first, so that none hides a part of another.
    needles: Vec<Needle>,
}

/// What is looked for, and what stands in its place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Needle {
    text: String,
    mask: &'static str,
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
        let mut needles: Vec<Needle> = needles.into_iter().collect();
        needles.sort_by_key(|needle| std::cmp::Reverse(needle.text.len()));
        Self { needles }
    }

    /// The text without the secrets; untouched, and not copied, when there are none in it.
    #[must_use]
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for needle in &self.needles {
            if memmem::find(text.as_bytes(), needle.text.as_bytes()).is_some() {
                text = Cow::Owned(text.replace(&needle.text, needle.mask));
            }
        }
        text
    }

    /// A message in JSON without the secrets in what restic says in it. All else in it is
    /// data, such as the names of files, and stays as it is: a name may be a secret by
    /// chance.
    #[must_use]
    pub fn redact_words<'a>(&self, json: &'a str) -> Cow<'a, str> {
        let says = |key: &&str| memmem::find(json.as_bytes(), key.as_bytes()).is_some();
        if self.needles.is_empty() || !WORDS_OF_RESTIC.iter().any(says) {
            return json.into();
        }
        self.redact_strings(json, |before| {
            WORDS_OF_RESTIC.iter().any(|key| before.ends_with(key))
        })
    }

    /// A text in JSON, of which it is not known what is data, without the secrets.
    #[must_use]
    pub fn redact_json<'a>(&self, json: &'a str) -> Cow<'a, str> {
        self.redact_strings(json, |_| true)
    }

    /// Masks in those strings of a JSON text that are wanted, by what stands before them.
    fn redact_strings<'a>(&self, json: &'a str, wanted: impl Fn(&str) -> bool) -> Cow<'a, str> {
        let (mut masked, mut copied, mut at) = (String::new(), 0, 0);
        while let Some(quote) = memchr::memchr(b'"', &json.as_bytes()[at..]) {
            let begin = at + quote + 1;
            let end = begin + string_length(&json.as_bytes()[begin..]);
            if wanted(&json[..begin - 1])
                && let Cow::Owned(string) = self.redact(&json[begin..end])
            {
                masked += &json[copied..begin];
                masked += &string;
                copied = end;
            }
            at = (end + 1).min(json.len());
        }
        if copied == 0 {
            return json.into();
        }
        masked += &json[copied..];
        masked.into()
    }
}

/// The length of a JSON string without its quotes; all that is there when it does not end.
fn string_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[at..]) {
        at += found;
        if bytes[at] == b'"' {
            return at;
        }
        // What is escaped, a quote perhaps, is no end.
        at = (at + 2).min(bytes.len());
    }
    bytes.len()
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

fn add_secret(secret: &Secret, is_location: bool, needles: &mut BTreeSet<Needle>) {
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
fn add_forms(secret: &str, needles: &mut BTreeSet<Needle>) {
    let json = serde_json::Value::from(secret).to_string();
    let json = json[1..json.len() - 1].to_owned();
    // Go writes these three as escapes, too.
    let go = json
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026");
    let encoded = percent_encoded(secret.as_bytes());
    let every: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let forms = [
        secret.to_owned(),
        encoded.to_lowercase(),
        encoded,
        every.to_lowercase(),
        every,
        json,
        go,
    ];
    let long_enough = forms
        .into_iter()
        .filter(|form| form.len() >= SHORTEST && secret.len() >= SHORTEST);
    if words::are_all_of(secret) {
        needles.extend(long_enough.map(|form| Needle {
            text: format!(":{form}@"),
            mask: MASK_IN_URL,
        }));
    } else {
        needles.extend(long_enough.map(|text| Needle { text, mask: MASK }));
    }
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

    fn of_password(password: &str) -> Redactor {
        let location = format!("rest:http://alice:{password}@host/");
        let invocation = Invocation::new(["snapshots"])
            .argument(Argument::secret_file("--password-file", password))
            .argument(Argument::secret_file(
                "--repository-file",
                location.as_str(),
            ));
        Redactor::of(&invocation)
    }

    /// A gap in a sentence that everybody knows would tell what is missing.
    #[test]
    fn words_of_restic_are_masked_in_urls_only() {
        let redactor = of_password("password");
        let known = "Fatal: wrong password or no key found";
        assert_eq!(redactor.redact(known), known);
        assert_eq!(
            redactor.redact("parse \"http://alice:password@bad host/\": no password"),
            "parse \"http://alice:***@bad host/\": no password"
        );
    }

    #[test]
    fn in_messages_what_restic_says_is_masked_and_data_is_not() {
        let redactor = of_password("hun\"ter2");
        let json =
            r#"{"message_type":"error","error":{"message":"no hun\"ter2\\"},"item":"/hun\"ter2"}"#;
        assert_eq!(
            redactor.redact_words(json),
            r#"{"message_type":"error","error":{"message":"no ***\\"},"item":"/hun\"ter2"}"#
        );
        assert_eq!(
            redactor.redact_json(json),
            r#"{"message_type":"error","error":{"message":"no ***\\"},"item":"/***"}"#
        );
        // Only strings are, whatever the secret is: what is left is JSON.
        let numbers = of_password("p12.5");
        let json = r#"{"message":"p12.5","p12.5":12.5}"#;
        assert_eq!(numbers.redact_json(json), r#"{"message":"***","***":12.5}"#);
        for torn in [r#"{"message":"hun\"ter2"#, r#"{"message":"hun\"ter2\"#] {
            assert!(
                redactor
                    .redact_words(torn)
                    .starts_with(r#"{"message":"***"#)
            );
        }
        for clean in ["", "\"", "{\"message\":\"x\"}", "{\"message\":\"\\"] {
            assert_eq!(redactor.redact_words(clean), clean);
        }
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
