mod location;
mod needle;
mod quoted;
mod variants;
mod vocabulary;

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use restic_types::search::contains;

use self::variants::{Secrets, add_variants};
use crate::{Argument, Invocation, Secret};

pub use self::location::password_of;
pub use self::needle::Needle;
pub use self::vocabulary::are_all_of as is_own_word;

/// What stands in place of a secret.
const MASK: &str = "***";

/// What stands in JSON before a text of restic's own.
const WORDS_OF_RESTIC: [&str; 2] = ["\"message\":", "\"repository\":"];

/// Parts of names of variables whose values are credentials.
const CREDENTIALS: &[&str] = &["KEY", "SECRET", "PASS", "TOKEN", "SAS", "CREDENTIAL"];

/// Takes the secrets of a call out of what restic says.
///
/// restic masks passwords in URLs, but not in one that it cannot parse, and helper programs
/// print what they like. Secrets are looked for as they are, percent-encoded in whole or in
/// part, and as JSON and Go quote them, however often: the passwords of repositories, those
/// inside locations, and the values of variables that are named like credentials. Where a
/// location stands with its password, all of it is masked. Those of fewer than 4 bytes are
/// not, and those that are words of restic's own, such as `password`, only in the place of a
/// URL's password and of the holder of a lock: in restic's sentences they reveal nothing, and a
/// gap there would reveal what they are.
///
/// Clones share what they look for. Most runs say nothing that could have a secret in it, and
/// all those forms are made when something has to be looked through for the first time.
#[derive(Clone, Default)]
pub struct Redactor(Arc<Sought>);

/// What a redactor looks for.
#[derive(Default)]
struct Sought {
    secrets: Vec<Given>,
    needles: OnceLock<Needles>,
}

/// A secret as restic is given it.
struct Given {
    secret: Secret,
    is_location: bool,
}

/// The forms in which secrets are looked for.
#[derive(Default)]
struct Needles {
    secrets: Vec<Needle>,
    /// Words of restic's own.
    words: Vec<Needle>,
}

impl Needles {
    fn of(given: &[Given]) -> Self {
        let mut secrets = Secrets::new();
        for Given {
            secret,
            is_location,
        } in given
        {
            add_secret(secret, *is_location, &mut secrets);
        }
        let mut needles = Self::default();
        for secret in secrets {
            let is_word = std::str::from_utf8(&secret).is_ok_and(vocabulary::are_all_of);
            let list = match is_word {
                true => &mut needles.words,
                false => &mut needles.secrets,
            };
            list.push(Needle::new(secret));
        }
        needles
    }
}

impl Redactor {
    /// Looks for the secrets of this call.
    #[must_use]
    pub fn of(invocation: &Invocation) -> Self {
        let mut secrets = Vec::new();
        let mut add = |secret, is_location| {
            secrets.push(Given {
                secret,
                is_location,
            });
        };
        for argument in &invocation.arguments {
            if let Argument::SecretFile { flag, content } = argument {
                add(content.clone(), contains(flag, "repository"));
            }
        }
        let mut add_variable = |name: &OsStr, value: Secret| {
            let is_location = holds_location(name);
            if is_location || holds_secret(name, value.expose()) {
                add(value, is_location);
            }
        };
        for (name, value) in &invocation.environment {
            add_variable(name, value.clone());
        }
        for name in &invocation.inherited {
            if let Some(value) = std::env::var_os(name) {
                add_variable(name, value.into());
            }
        }
        Self(Arc::new(Sought {
            secrets,
            needles: OnceLock::new(),
        }))
    }

    fn needles(&self) -> &Needles {
        let Sought { secrets, needles } = &*self.0;
        needles.get_or_init(|| Needles::of(secrets))
    }

    /// The text without the secrets; untouched, and not copied, when there are none in it.
    #[must_use]
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let found = self.places(text);
        if found.is_empty() {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(masked(text, found))
        }
    }

    /// A part of a text without the secrets, and without what it has of a secret that begins
    /// before it or ends behind it.
    #[must_use]
    pub fn redact_part(&self, text: &str, part: Range<usize>) -> String {
        let mut found = self.places(text);
        for place in &mut found {
            let start = place.start.saturating_sub(part.start);
            let end = place.end.min(part.end).saturating_sub(part.start);
            *place = start.min(end)..end;
        }
        masked(text.get(part).unwrap_or_default(), found)
    }

    /// Where there are secrets in a text.
    fn places(&self, text: &str) -> Vec<Range<usize>> {
        if self.is_empty() {
            return Vec::new();
        }
        let needles = self.needles();
        let mut found = needle::find(&needles.secrets, text);
        for place in needle::find(&needles.words, text) {
            if is_a_name(text, &place) {
                found.push(place);
            }
        }
        found
    }

    /// A message in JSON without the secrets in what restic says in it. All else in it is
    /// data, such as the names of files, and stays as it is: a name may be a secret by
    /// chance.
    #[must_use]
    pub fn redact_words<'a>(&self, json: &'a str) -> Cow<'a, str> {
        // There may be millions of messages.
        if self.is_empty() || !WORDS_OF_RESTIC.iter().any(|key| contains(json, key)) {
            return json.into();
        }
        self.redact_strings(json, &WORDS_OF_RESTIC)
    }

    /// A text in JSON, of which it is not known what is data, without the secrets.
    #[must_use]
    pub fn redact_json<'a>(&self, json: &'a str) -> Cow<'a, str> {
        self.redact_strings(json, &[""])
    }

    fn is_empty(&self) -> bool {
        self.0.secrets.is_empty()
    }

    /// Masks in those strings of a JSON text that have one of these before them.
    fn redact_strings<'a>(&self, json: &'a str, keys: &[&str]) -> Cow<'a, str> {
        let (mut masked, mut copied, mut at) = (String::new(), 0, 0);
        while let Some(quote) = memchr::memchr(b'"', &json.as_bytes()[at..]) {
            let begin = at + quote + 1;
            let end = begin + string_length(&json.as_bytes()[begin..]);
            let before = &json[..begin - 1];
            if keys.iter().any(|key| before.ends_with(key))
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
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'"' => return at,
            // What is escaped, a quote perhaps, is no end.
            b'\\' => 2,
            _ => 1,
        };
    }
    bytes.len()
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} secrets)", self.0.secrets.len())
    }
}

/// Whether a part of a text stands where a URL has its password, or where restic names the
/// holder of a lock. Whatever stands there is no word of restic's own.
fn is_a_name(text: &str, place: &Range<usize>) -> bool {
    let (before, after) = (&text[..place.start], &text[place.end..]);
    [(":", "@"), (" by ", " (UID "), (" on ", " by ")]
        .iter()
        .any(|(begin, end)| before.ends_with(begin) && after.starts_with(end))
}

/// The text with one mask in the place of all that touches.
fn masked(text: &str, found: Vec<Range<usize>>) -> String {
    // Places overlap, and come in no order: marks need none.
    let mut is_secret = vec![false; text.len()];
    for place in found {
        if let Some(marks) = is_secret.get_mut(place) {
            marks.fill(true);
        }
    }
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for marks in is_secret.chunk_by(|a, b| a == b) {
        let part = at..at + marks.len();
        at = part.end;
        masked.push_str(match marks[0] {
            true => MASK,
            false => text.get(part).unwrap_or_default(),
        });
    }
    masked
}

/// Whether a variable says where a credential is, or which one: that is no secret, and an error
/// without it helps nobody.
fn names_a_place(name: &str) -> bool {
    // `RESTIC_PASSWORD_FILE2`
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let ends = ["_FILE", "_PATH", "_DIR", "_HINT", "ASKPASS"];
    ends.iter().any(|end| name.ends_with(end)) || name == "GOOGLE_APPLICATION_CREDENTIALS"
}

/// Whether a variable has a credential in it, and not only the place of one.
pub fn holds_secret(name: &OsStr, value: &[u8]) -> bool {
    let name = name.to_string_lossy().to_ascii_uppercase();
    let is_place = || match names_a_command(&name) {
        // Its arguments may be anything, such as those of `echo`.
        true => !value.trim_ascii().contains(&b' ') && !is_content(value),
        false => names_a_place(&name) && !is_content(value),
    };
    CREDENTIALS.iter().any(|part| contains(&name, part)) && !is_place()
}

/// Whether a variable has the location of a repository or of a proxy, with a password in it perhaps.
pub fn holds_location(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_uppercase();
    let is_repositorys = name.starts_with("RESTIC_") && contains(&name, "REPOSITORY");
    is_repositorys && !names_a_place(&name) || name.ends_with("_PROXY")
}

/// Whether a variable has a program that prints a credential.
fn names_a_command(name: &str) -> bool {
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    name.ends_with("_COMMAND")
}

/// Whether somebody has put a key itself where its place is expected: it is JSON, or of several
/// lines.
fn is_content(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    value.starts_with(b"{") || value.contains(&b'\n') || value.contains(&b'\t')
}

fn add_secret(secret: &Secret, is_location: bool, secrets: &mut Secrets) {
    let secret = secret.expose().trim_ascii();
    if is_location {
        location::add(secret, secrets);
    } else {
        add_variants(secret, secrets);
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

    /// Where a secret is kept is none, and an error without it says nothing.
    #[test]
    fn places_of_secrets_are_shown() {
        for (name, is_shown) in [
            ("GOOGLE_APPLICATION_CREDENTIALS", true),
            ("AWS_SHARED_CREDENTIALS_FILE", true),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", true),
            ("RESTIC_PASSWORD_FILE", true),
            ("RESTIC_PASSWORD_FILE2", true),
            ("RESTIC_FROM_PASSWORD_FILE", true),
            ("RESTIC_REPOSITORY_FILE", true),
            ("RESTIC_KEY_HINT", true),
            ("SSH_ASKPASS", true),
            ("PASSWORD_STORE_DIR", true),
            ("RESTIC_PASSWORD", false),
            ("RESTIC_PASSWORD2", false),
            ("RESTIC_FROM_PASSWORD_FILE", true),
            ("RESTIC_PASSWORD_COMMAND", true),
            ("RESTIC_PASSWORD_COMMAND2", true),
            ("RESTIC_FROM_PASSWORD_COMMAND", true),
            ("RESTIC_REPOSITORY_FILE2", true),
            ("RESTIC_FROM_REPOSITORY_FILE", true),
            ("RESTIC_CACERT", true),
            ("RESTIC_TLS_CLIENT_CERT", true),
            ("RESTIC_CACHE_DIR", true),
            ("AWS_CONFIG_FILE", true),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", true),
            ("AZURE_FEDERATED_TOKEN_FILE", true),
            ("AZURE_CLIENT_CERTIFICATE_PATH", true),
            ("RCLONE_CONFIG", true),
            ("RCLONE_PASSWORD_COMMAND", true),
            ("RCLONE_CONFIG_BOX_KEY_FILE", true),
            ("RCLONE_CONFIG_BOX_PASS", false),
            ("RCLONE_CONFIG_BOX_KEY_FILE_PASS", false),
            ("RCLONE_CONFIG_BOX_KEY_PEM", false),
            ("RCLONE_CONFIG_PASS", false),
            ("RCLONE_CONFIG_BOX_SERVICE_ACCOUNT_FILE", true),
            ("RCLONE_CONFIG_BOX_SERVICE_ACCOUNT_CREDENTIALS", false),
            ("OS_PASSWORD", false),
            ("B2_ACCOUNT_KEY", false),
            ("OS_APPLICATION_CREDENTIAL_SECRET", false),
            ("AWS_SECRET_ACCESS_KEY", false),
            ("AZURE_ACCOUNT_SAS", false),
        ] {
            let mut invocation = Invocation::default();
            let value = "/etc/restic/place-of-it";
            invocation.environment.insert(name.into(), value.into());
            let text = format!("open {value}: no such file or directory");
            let redactor = Redactor::of(&invocation);
            assert_eq!(redactor.redact(&text) == text, is_shown, "{name}");
        }
    }

    #[test]
    fn passwords_in_variables_with_locations_are_masked() {
        for (name, is_masked) in [
            ("RESTIC_REPOSITORY", true),
            ("RESTIC_REPOSITORY2", true),
            ("RESTIC_FROM_REPOSITORY", true),
            ("HTTPS_PROXY", true),
            ("http_proxy", true),
            ("RESTIC_REPOSITORY_FILE", false),
            ("RESTIC_FROM_REPOSITORY_FILE", false),
        ] {
            let mut invocation = Invocation::default();
            let value = "http://alice:of-location@host/";
            invocation.environment.insert(name.into(), value.into());
            let said = Redactor::of(&invocation)
                .redact("it is of-location")
                .into_owned();
            assert_eq!(said == "it is ***", is_masked, "{name}: {said}");
        }
    }

    /// A key that stands where its place is expected is one, and so are the arguments of a command.
    #[test]
    fn secrets_in_the_variables_of_places_are_masked() {
        for (name, value) in [
            (
                "GOOGLE_APPLICATION_CREDENTIALS",
                "{\"private_key\":\"abcdef\"}",
            ),
            (
                "RCLONE_CONFIG_BOX_KEY_FILE",
                "-----BEGIN KEY-----\nabcdef\n",
            ),
            ("RESTIC_PASSWORD_COMMAND", "echo abcdef"),
            ("RESTIC_FROM_PASSWORD_COMMAND", "echo\tabcdef"),
        ] {
            let mut invocation = Invocation::default();
            invocation.environment.insert(name.into(), value.into());
            let said = format!("open {value}: file name too long");
            let masked = Redactor::of(&invocation).redact(&said).into_owned();
            assert!(!masked.contains("abcdef"), "{name}: {masked}");
        }
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

    /// Go's reader of URLs ends the host at a slash, also in a password that is not encoded.
    #[test]
    fn the_beginning_of_a_password_that_is_cut_is_masked() {
        for end in ["/", "?", "#"] {
            let location = format!("rest:http://alice:S3cr3tWord{end}anotherPart@bad host/");
            let invocation = Invocation::new(["snapshots"]).argument(Argument::secret_file(
                "--repository-file",
                location.as_str(),
            ));
            let redactor = Redactor::of(&invocation);
            let said = "parse \"http://alice:S3cr3tWord\": invalid port \":S3cr3tWord\" after host";
            assert_eq!(
                redactor.redact(said),
                "parse \"***\": invalid port \":***\" after host"
            );
            assert_eq!(
                redactor.redact("dial anotherPart@bad host"),
                "dial ***@bad host"
            );
            let whole = format!("parse {:?}: bad", &location[5..]);
            assert_eq!(redactor.redact(&whole), "parse \"***/\": bad");
        }
    }

    /// Too short to be looked for anywhere, such a part shows where it is taken from.
    #[test]
    fn what_go_says_of_a_few_letters_of_a_password_is_masked() {
        for (password, said) in [
            ("a1/restOfThePassword", "invalid port \":a1\" after host"),
            ("12/restOfThePassword", "dial tcp: address 12: invalid port"),
            ("x:a1/restOfThePassword", "invalid port \":a1\" after host"),
            ("restOf%zzThePassword", "invalid URL escape \"%zz\""),
            ("restOfThePassword%", "invalid URL escape \"%\""),
            (
                "restOf:ThePassword/x",
                "invalid port \":ThePassword\" after host",
            ),
            ("a@ThePassword/x", "lookup ThePassword: no such host"),
        ] {
            let location = format!("rest:http://alice:{password}@host/");
            let location = Argument::secret_file("--repository-file", location);
            let redactor = Redactor::of(&Invocation::new(["snapshots"]).argument(location));
            for said in [said.to_owned(), serde_json::to_string(said).unwrap()] {
                assert!(redactor.redact(&said).contains("***"), "{password}: {said}");
            }
        }
    }

    /// Go quotes what restic could not parse, restic writes that as JSON, and a helper may put
    /// all of it into JSON once more.
    #[test]
    fn secrets_are_masked_however_often_they_are_quoted() {
        for secret in ["pa\"ss'wörd", "back\\slash\"quote", "pa<ss>&\"word"] {
            let invocation = Invocation::new(["snapshots"])
                .argument(Argument::secret_file("--password-file", secret));
            let redactor = Redactor::of(&invocation);
            let mut text = secret.to_owned();
            for depth in 0..6 {
                let line = format!("parse {text}: bad host");
                assert_eq!(
                    redactor.redact(&line),
                    "parse ***: bad host",
                    "{depth} {line}"
                );
                let quoted = match depth % 2 {
                    0 => serde_json::to_string(&text)
                        .unwrap()
                        .replace('&', "\\u0026"),
                    _ => format!("{text:?}"),
                };
                text = quoted[1..quoted.len() - 1].to_owned();
            }
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
            ("A_KEY", "abc123"),
            ("B_KEY", "123xyz"),
            ("C_KEY", "line1\nline2"),
        ] {
            invocation.environment.insert(name.into(), value.into());
        }
        let redactor = Redactor::of(&invocation);
        assert_eq!(redactor.redact("<abc123xyz>"), "<***>");
        assert_eq!(redactor.redact("<abc123>abc123"), "<***>***");
        assert_eq!(redactor.redact("<line2>"), "<***>");
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

    /// A gap in a sentence that everybody knows would reveal what is missing.
    #[test]
    fn words_of_restic_are_masked_in_urls_only() {
        let redactor = of_password("password");
        let known = "Fatal: wrong password or no key found";
        assert_eq!(redactor.redact(known), known);
        assert_eq!(
            redactor.redact("parse \"http://bob:password@bad host/\": no password"),
            "parse \"http://bob:***@bad host/\": no password"
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
