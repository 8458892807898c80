//! The last look at a recording before anything of it is written.

use std::ffi::OsStr;

use memchr::memmem;

use crate::error::RecordError;
use crate::inherited::Inherited;
use restic_core::for_recorder::{
    Needle, holds_location, holds_secret, is_own_word, password_of, percent_decoded,
};
use restic_core::{Argument, Invocation, Secret};

/// The shortest secret that can be searched for, in bytes: a shorter one is in some output
/// by chance.
const SHORTEST: usize = 8;

/// Locations that are a bucket and a path, in which an `@` is a part of a name.
const PATHS: [&[u8]; 6] = [b"azure:", b"b2:", b"gs:", b"rclone:", b"swift:", b"/"];

/// What the password of a location is called.
const IN_LOCATION: &str = "the password in the location of a repository";

/// The secrets of all recorded calls.
#[derive(Clone, Debug, Default)]
pub(crate) struct Secrets(Vec<Named>);

/// A secret, and what it is to whoever looks for it.
#[derive(Clone, Debug)]
struct Named {
    secret: Secret,
    name: String,
}

impl Secrets {
    pub(crate) fn add(&mut self, name: impl Into<String>, secret: &Secret) {
        let secret = Secret::new(secret.expose().trim_ascii().to_vec());
        if !secret.is_empty() && self.0.iter().all(|known| known.secret != secret) {
            let name = name.into();
            self.0.push(Named { secret, name });
        }
    }

    pub(crate) fn add_of(&mut self, invocation: &Invocation) {
        for argument in &invocation.arguments {
            match argument {
                Argument::SecretFile { flag, content } if flag.contains("repository") => {
                    self.add_location(IN_LOCATION, content.expose());
                }
                Argument::SecretFile { flag, content } => {
                    self.add(format!("the secret for {flag}"), content);
                }
                Argument::Plain(word) => self.add_url(word.as_encoded_bytes()),
                // A list is no secret.
                _ => {}
            }
        }
        for (name, value) in &invocation.environment {
            self.add_variable(name, value);
        }
    }

    pub(crate) fn add_inherited(&mut self, inherited: &Inherited) {
        for (name, value) in &inherited.named {
            self.add_variable(name, value);
        }
        // Nobody has chosen them for this call: those that are found by chance are no hindrance.
        let mut unnamed = Self::default();
        for (name, value) in &inherited.unnamed {
            unnamed.add_variable(name, value);
        }
        for Named { secret, name } in unnamed.0 {
            if !is_short(&secret) && !is_common(&secret) {
                self.add(name, &secret);
            }
        }
    }

    fn add_variable(&mut self, name: &OsStr, value: &Secret) {
        if holds_location(name) {
            let is_proxy = name
                .to_string_lossy()
                .to_ascii_uppercase()
                .ends_with("_PROXY");
            let what = match is_proxy {
                true => format!("the password in the value of {}", name.display()),
                false => IN_LOCATION.to_owned(),
            };
            self.add_location(&what, value.expose());
        } else if holds_secret(name, value.expose()) {
            self.add(format!("the value of {}", name.display()), value);
        }
    }

    /// A secret that no call shows.
    pub(crate) fn add_hidden(&mut self, name: &str, secret: &Secret) {
        self.add_url(secret.expose());
        self.add(name, secret);
    }

    /// A location that no call shows.
    pub(crate) fn add_hidden_location(&mut self, location: &Secret) {
        self.add_location(IN_LOCATION, location.expose());
    }

    /// The password inside of what may be anything: only in a URL is one known to be one.
    fn add_url(&mut self, text: &[u8]) {
        if is_url(text) {
            self.add_location(IN_LOCATION, text);
        }
    }

    /// The password inside a location, if there is one.
    fn add_location(&mut self, name: &str, location: &[u8]) {
        let is_path = !is_url(location) && PATHS.iter().any(|kind| location.starts_with(kind));
        let Some(password) = password_of(location).filter(|_| !is_path) else {
            return;
        };
        for spelt in [percent_decoded(password), password.to_vec()] {
            // As Go names them when it takes a password for something else.
            for part in spelt.split(|byte| b"/?#:@".contains(byte)) {
                if part.len() >= SHORTEST {
                    self.add(name, &Secret::new(part.to_vec()));
                }
            }
            self.add(name, &Secret::new(spelt));
        }
    }

    /// Refuses what holds a secret in any form, or something that looks like one.
    pub(crate) fn check(
        &self,
        files: &[(String, Vec<u8>)],
        thrown_away: &[Secret],
    ) -> Result<(), RecordError> {
        let is_kept = |named: &&Named| !thrown_away.contains(&named.secret);
        for Named { secret, name } in self.0.iter().filter(is_kept) {
            if is_short(secret) {
                return Err(RecordError::ShortSecret {
                    secret: name.clone(),
                });
            }
            let found = |file: &str, offset, form| match is_common(secret) {
                true => RecordError::CommonSecret {
                    secret: name.clone(),
                },
                false => leak(name, file, offset, form),
            };
            let forms = forms(secret.expose());
            let quoted = Needle::new(secret.expose().to_vec());
            for (file, bytes) in files {
                for (form, needle) in &forms {
                    if let Some(offset) = memmem::find(bytes, needle) {
                        return Err(found(file, offset, form));
                    }
                }
                let text = String::from_utf8_lossy(bytes);
                if let Some(place) = quoted.find(&text).first() {
                    return Err(found(file, place.start, "in quotes of quotes"));
                }
            }
        }
        for (file, bytes) in files {
            if let Some((offset, form)) = looks_secret(bytes) {
                return Err(leak("what looks like a secret", file, offset, form));
            }
        }
        Ok(())
    }
}

fn is_url(text: &[u8]) -> bool {
    memmem::find(text, b"://").is_some()
}

fn is_short(secret: &Secret) -> bool {
    secret.expose().len() < SHORTEST
}

/// Whether restic says it without having been given it.
fn is_common(secret: &Secret) -> bool {
    std::str::from_utf8(secret.expose()).is_ok_and(is_own_word)
}

fn leak(secret: &str, file: &str, offset: usize, form: &'static str) -> RecordError {
    RecordError::Leak {
        secret: secret.to_owned(),
        file: file.to_owned(),
        offset,
        form,
    }
}

/// A secret in all forms in which it is known to appear.
fn forms(secret: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = String::from_utf8_lossy(secret);
    let quoted = serde_json::Value::from(text.as_ref()).to_string();
    let go = quoted[1..quoted.len() - 1]
        .replace('&', "\\u0026")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e");
    let percent = |keep: fn(u8) -> bool, upper: bool| -> Vec<u8> {
        let encode = |byte: &u8| match (keep(*byte), upper) {
            (true, _) => char::from(*byte).to_string(),
            (false, true) => format!("%{byte:02X}"),
            (false, false) => format!("%{byte:02x}"),
        };
        secret.iter().map(encode).collect::<String>().into_bytes()
    };
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let in_user_info =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~$&+,;=!'()*".contains(&byte);
    let hex = |upper: bool| -> Vec<u8> {
        let digits = secret.iter().map(|byte| match upper {
            true => format!("{byte:02X}"),
            false => format!("{byte:02x}"),
        });
        digits.collect::<String>().into_bytes()
    };
    let mut forms = vec![
        ("as it is", secret.to_vec()),
        ("escaped in JSON", quoted[1..quoted.len() - 1].into()),
        ("escaped in JSON", go.into_bytes()),
        ("percent-encoded", percent(unreserved, true)),
        ("percent-encoded", percent(unreserved, false)),
        ("percent-encoded", percent(in_user_info, true)),
        ("percent-encoded", percent(|_| false, true)),
        ("percent-encoded", percent(|_| false, false)),
        ("in hexadecimal digits", hex(false)),
        ("in hexadecimal digits", hex(true)),
    ];
    for shift in 0..3 {
        for alphabet in [b"+/", b"-_"] {
            forms.push(("in base64", base64_core(secret, shift, alphabet)));
        }
    }
    forms
}

/// The digits of base64 that depend on the secret alone when `shift` bytes precede it.
fn base64_core(secret: &[u8], shift: usize, last_two: &[u8; 2]) -> Vec<u8> {
    let mut shifted = vec![0; shift];
    shifted.extend(secret);
    let digit = |index: usize| -> u8 {
        let bit = index * 6;
        let byte = |at: usize| u16::from(shifted.get(at).copied().unwrap_or(0));
        let pair = byte(bit / 8) << 8 | byte(bit / 8 + 1);
        let value = (pair >> (10 - bit % 8)) & 63;
        match u8::try_from(value).unwrap_or(0) {
            value @ 0..=25 => b'A' + value,
            value @ 26..=51 => b'a' + value - 26,
            value @ 52..=61 => b'0' + value - 52,
            value => last_two[usize::from(value - 62)],
        }
    };
    let first = (shift * 8).div_ceil(6);
    let end = shifted.len() * 8 / 6;
    (first..end).map(digit).collect()
}

/// Whether what stands behind a beginning makes it a secret.
type Fits = fn(&[u8]) -> bool;

/// Where something is that looks like a secret nobody declared.
fn looks_secret(bytes: &[u8]) -> Option<(usize, &'static str)> {
    let kinds: [(&[u8], &str, Fits); 5] = [
        (b"-----BEGIN ", "as a private key", begins_private_key),
        (b"AKIA", "as an access key", begins_access_key),
        // Of a session.
        (b"ASIA", "as an access key", begins_access_key),
        (b"://", "as a password in a URL", begins_user_info),
        // restic takes what is not quite a URL, too.
        (b"rest:", "as a password in a URL", begins_user_info),
    ];
    kinds.into_iter().find_map(|(start, form, fits)| {
        let mut places = memmem::find_iter(bytes, start);
        let place = places.find(|at| fits(&bytes[at + start.len()..]))?;
        Some((place, form))
    })
}

/// `OPENSSH PRIVATE KEY-----`
fn begins_private_key(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').next();
    line.is_some_and(|line| memmem::find(line, b"PRIVATE KEY").is_some())
}

/// `IOSFODNN7EXAMPLE`
fn begins_access_key(bytes: &[u8]) -> bool {
    let fits = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    bytes.get(..16).is_some_and(|key| key.iter().all(fits))
}

/// `user:password@host`
fn begins_user_info(bytes: &[u8]) -> bool {
    let ends = |byte: &u8| b"/ \"'\\\n@".contains(byte);
    let end = bytes.iter().position(ends).unwrap_or(bytes.len());
    if bytes.get(end) != Some(&b'@') {
        return false;
    }
    let password = bytes[..end].splitn(2, |byte| *byte == b':').nth(1);
    password.is_some_and(|password| !password.is_empty() && password != b"***")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"p\"s+s/w&rd <17>";

    fn check(content: impl Into<Vec<u8>>) -> Result<(), RecordError> {
        let mut secrets = Secrets::default();
        secrets.add("it", &Secret::new(SECRET.to_vec()));
        secrets.check(&[("01-x.stdout.txt".to_owned(), content.into())], &[])
    }

    #[track_caller]
    fn is_found(content: impl Into<Vec<u8>>, form: &str) {
        let text = check(content).unwrap_err().to_string();
        assert!(text.contains(form), "{text}");
        assert!(text.contains("01-x.stdout.txt") && !text.contains("w&rd"));
    }

    #[test]
    fn a_secret_is_found_in_every_form() {
        is_found(SECRET, "as it is, at byte 0");
        is_found(r#"{"a":"xp\"s+s/w\u0026rd \u003c17\u003e"}"#, "JSON");
        is_found(r#"{"a":"xp\"s+s/w&rd <17>"}"#, "JSON");
        is_found("p%22s%2Bs%2Fw%26rd%20%3C17%3E", "percent");
        is_found("p%22s+s%2Fw&rd%20%3C17%3E", "percent");
        let hex: String = SECRET.iter().map(|byte| format!("{byte:02x}")).collect();
        is_found(hex.to_uppercase(), "hexadecimal");
        is_found(hex, "hexadecimal");
        let mut text = String::from_utf8(SECRET.to_vec()).unwrap();
        for _ in 0..3 {
            text = format!("{{\"of\":{}}}", serde_json::Value::from(text));
        }
        is_found(text.as_str(), "quotes");
        is_found(restic_core::percent_encoded(text.as_bytes()), "quotes");
    }

    #[test]
    fn a_secret_is_found_in_base64_wherever_it_begins() {
        // `printf 'p"s+s/w&rd <17>' | base64`, and with one and two bytes before it.
        is_found("cCJzK3MvdyZyZCA8MTc+", "base64");
        is_found("eHAicytzL3cmcmQgPDE3Pg==", "base64");
        is_found("eHhwInMrcy93JnJkIDwxNz4=", "base64");
    }

    #[test]
    fn what_looks_like_a_secret_is_refused() {
        is_found("at s3:http://me:hunter2@host/x", "URL");
        is_found("at rest:me:hunter2@host", "URL");
        is_found("AKIAIOSFODNN7EXAMPLE", "access key");
        is_found("ASIAIOSFODNN7EXAMPLE", "access key");
        let key = "-----BEGIN OPENSSH PRIVATE KEY-----";
        is_found(key, "private key");
        is_found(
            format!("-----BEGIN CERTIFICATE-----\n{key}"),
            "private key, at byte 28",
        );
        for text in [
            "rest:http://me:***@host/",
            "http://host/a@b:c",
            "AKIAabc",
            "-----BEGIN CERTIFICATE-----\nno PRIVATE KEY",
            "rest:me:***@host",
            "rest:http://host/a@b",
            "http://me@host/",
        ] {
            check(text).unwrap();
        }
    }

    #[test]
    fn a_short_secret_is_refused_unless_it_is_thrown_away() {
        let mut secrets = Secrets::default();
        secrets.add("the password of a friend", &Secret::new("short\n"));
        let error = secrets.check(&[], &[]).unwrap_err().to_string();
        assert!(
            error.starts_with("the password of a friend has fewer than 8 bytes"),
            "{error}"
        );
        secrets.check(&[], &[Secret::new("short")]).unwrap();
    }

    #[test]
    fn a_word_of_restic_in_its_output_is_refused_unless_it_is_thrown_away() {
        for word in ["password", "Repository", "wrong password"] {
            let mut secrets = Secrets::default();
            secrets.add("it", &Secret::new(word));
            secrets.check(&[], &[]).unwrap();
            let files = [("a".to_owned(), format!("knows the {word}").into_bytes())];
            let error = secrets.check(&files, &[]).unwrap_err();
            assert!(error.to_string().contains("throw-away"), "{error}");
            secrets.check(&files, &[Secret::new(word)]).unwrap();
        }
    }

    #[test]
    fn secrets_come_from_files_variables_and_locations() {
        let mut invocation =
            Invocation::new(["-r", "rest:http://me:in%20the%20url/andBehind@host/", "ls"])
                .argument(Argument::secret_file(
                    "--password-file",
                    "of the repository",
                ));
        for (name, value) in [
            ("AWS_SECRET_ACCESS_KEY", "of the environment"),
            ("RESTIC_PASSWORD_FILE", "/not/a/secret"),
            ("https_proxy", "http://me:behind%20the%20proxy@proxy:3128"),
            ("HOME", "/home/alice"),
        ] {
            invocation.environment.insert(name.into(), value.into());
        }
        let mut secrets = Secrets::default();
        secrets.add_of(&invocation);
        secrets.add_hidden("the content of a file", &Secret::new("of a file\n"));
        let url = Secret::new("rest:http://me:of-a-repository-file@host/\n");
        secrets.add_hidden_location(&url);
        let check = |text: &str| secrets.check(&[("a".to_owned(), text.into())], &[]);
        for (text, name) in [
            ("of the repository", "the secret for --password-file"),
            ("of the environment", "the value of AWS_SECRET_ACCESS_KEY"),
            ("in the url", IN_LOCATION),
            ("in%20the%20url", IN_LOCATION),
            ("invalid path /andBehind", IN_LOCATION),
        ] {
            let error = check(text).unwrap_err().to_string();
            assert!(
                error.contains(&format!("would have {name} in it")),
                "{error}"
            );
        }
        check("/not/a/secret /home/alice").unwrap();
    }

    /// restic says the password of `rest:me:password@host` when it cannot read that as a URL.
    #[test]
    fn a_location_needs_no_slashes_to_have_a_password() {
        let location = "rest:me:without-slashes@host";
        let file = Argument::secret_file("--from-repository-file", location);
        let mut in_file = Secrets::default();
        in_file.add_of(&Invocation::new(["copy"]).argument(file));
        let mut hidden = Secrets::default();
        hidden.add_hidden_location(&location.into());
        let mut all = vec![in_file, hidden];
        for name in [
            "RESTIC_REPOSITORY",
            "RESTIC_REPOSITORY2",
            "RESTIC_FROM_REPOSITORY",
        ] {
            let mut secrets = Secrets::default();
            secrets.add_variable(name.as_ref(), &location.into());
            all.push(secrets);
        }
        for secrets in all {
            let files = [("a".to_owned(), b"lookup without-slashes: no host".to_vec())];
            let error = secrets.check(&files, &[]).unwrap_err().to_string();
            assert!(
                error.contains("would have the password in the location"),
                "{error}"
            );
        }
        let mut bucket = Secrets::default();
        bucket.add_hidden_location(&"rclone:remote:me@home".into());
        bucket.check(&[], &[]).unwrap();
        // Words may be anything, such as the times and the hosts of mail.
        let mut words = Secrets::default();
        words.add_of(&Invocation::new(["backup", "at 10:12:00 by me@host"]));
        words.check(&[], &[]).unwrap();
    }

    /// What it is called does not make it a location.
    #[test]
    fn a_secret_of_a_repository_is_no_location() {
        let mut secrets = Secrets::default();
        secrets.add_hidden(
            "the password of the repository",
            &Secret::new("a:b:c@hidden"),
        );
        let files = [("a".to_owned(), b"a:b:c@hidden".to_vec())];
        let error = secrets.check(&files, &[]).unwrap_err().to_string();
        assert!(
            error.contains("would have the password of the repository in it"),
            "{error}"
        );
    }
}
