//! Secrets that restic says again, in all the ways in which it could: no recording has them.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use restic_core::{Argument, Event, Invocation, Scripted};
use restic_record::{RecordError, Recorder};

use crate::config;

/// How a secret comes to restic.
#[derive(Clone, Copy, Debug)]
enum Given {
    Password,
    NewPassword,
    Location,
    Environment,
}

/// How restic says it.
#[derive(Clone, Copy, Debug)]
enum Form {
    Raw,
    Json,
    PercentReserved,
    PercentAll,
    PercentAllLower,
    Hex,
    HexUpper,
    Base64,
    Base64Url,
}

/// Where it says it.
#[derive(Clone, Copy, Debug)]
enum Stream {
    Stdout,
    Stderr,
    /// In an argument that the program gives.
    Argument,
}

impl Form {
    fn of(self, text: &[u8]) -> String {
        let each = |write: fn(u8) -> String| text.iter().copied().map(write).collect::<String>();
        match self {
            Self::Raw => String::from_utf8_lossy(text).into_owned(),
            Self::Json => serde_json::Value::from(String::from_utf8_lossy(text)).to_string(),
            Self::PercentReserved => each(|byte| {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            }),
            Self::PercentAll => each(|byte| format!("%{byte:02X}")),
            Self::PercentAllLower => each(|byte| format!("%{byte:02x}")),
            Self::Hex => each(|byte| format!("{byte:02x}")),
            Self::HexUpper => each(|byte| format!("{byte:02X}")),
            Self::Base64 => base64(text, b"+/"),
            Self::Base64Url => base64(text, b"-_"),
        }
    }
}

/// The plain way to write base64, three bytes at a time.
fn base64(text: &[u8], last: &[u8; 2]) -> String {
    let letters = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9');
    let alphabet: Vec<u8> = letters.chain(*last).collect();
    let group = |bytes: &[u8]| {
        let mut all = [0; 3];
        all[..bytes.len()].copy_from_slice(bytes);
        let number = u32::from_be_bytes([0, all[0], all[1], all[2]]);
        let digit = |shift: u32| alphabet[usize::try_from(number >> shift & 63).unwrap()];
        let digits = [18, 12, 6, 0].map(digit);
        let text: String = digits.iter().map(|digit| char::from(*digit)).collect();
        text[..=bytes.len()].to_owned() + &"=".repeat(3 - bytes.len())
    };
    text.chunks(3).map(group).collect()
}

/// A call that is given a secret, and an echo of it.
struct Echo<'a> {
    given: Given,
    secret: &'a str,
    said: &'a str,
    stream: Stream,
    /// Where restic stops for a moment: what is read comes in two pieces.
    cut: usize,
}

impl Echo<'_> {
    /// Records it, and returns why that was refused.
    fn recorded(&self, directory: &Path) -> Result<(), RecordError> {
        let recorder = Recorder::scratch("canaries")?.restic_version("0.19.1");
        let (before, after) = self.said.as_bytes().split_at(self.cut);
        let mut invocation = Invocation::new(Vec::<String>::new());
        let script = match self.stream {
            Stream::Stdout => Scripted::new().stdout(before).stdout(after),
            Stream::Stderr => Scripted::new().stderr(before).stderr(after),
            Stream::Argument => {
                invocation = invocation.argument(format!("--tag={}", self.said));
                Scripted::new()
            }
        };
        let secret = self.secret;
        let invocation = match self.given {
            Given::Password => with_file(invocation, "--password-file", secret),
            Given::NewPassword => with_file(invocation, "--new-password-file", secret),
            Given::Location => {
                let location = format!(
                    "rest:http://me:{}@host/",
                    Form::PercentAll.of(secret.as_bytes())
                );
                with_file(invocation, "--repository-file", &location)
            }
            Given::Environment => {
                let name = "AWS_SECRET_ACCESS_KEY".into();
                invocation.environment.insert(name, secret.into());
                invocation
            }
        };
        let recorder = recorder
            .around(Scripted::executor([script]))
            .allow_foreign_repositories();
        let invocation = invocation.argument("backup").argument("/data");
        let mut process = recorder.executor().start(&invocation)?;
        while !matches!(process.next_event(None), Ok(Event::Exited(_)) | Err(_)) {}
        recorder.keep(directory).map(drop)
    }
}

fn with_file(invocation: Invocation, flag: &'static str, content: &str) -> Invocation {
    invocation.argument(Argument::secret_file(flag, content))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_recording_has_a_secret(
        secret in "[!-~]{3}[+/\"\\\\&%@ a-z]{4}[!-~]{3,12}",
        given in select(vec![Given::Password, Given::NewPassword, Given::Location, Given::Environment]),
        form in select(vec![
            Form::Raw, Form::Json, Form::PercentReserved, Form::PercentAll, Form::PercentAllLower,
            Form::Hex, Form::HexUpper, Form::Base64, Form::Base64Url,
        ]),
        stream in select(vec![Stream::Stdout, Stream::Stderr, Stream::Argument]),
        before in "[ -~]{0,5}",
        after in "[ -~]{0,5}",
        cut in any::<Index>(),
    ) {
        let said = form.of(format!("{before}{secret}{after}").as_bytes());
        let echo = Echo {
            given, secret: &secret, said: &said, stream,
            cut: cut.index(said.len() + 1),
        };
        let kept = tempfile::tempdir().unwrap();
        let error = echo.recorded(&kept.path().join("scenario"));
        // Nothing at all is written, not even for a moment that somebody could see.
        prop_assert_eq!(fs::read_dir(kept.path()).unwrap().count(), 0);
        match error {
            Err(RecordError::Leak { file, form, .. }) => {
                prop_assert!(!file.is_empty() && !form.is_empty());
            }
            other => prop_assert!(false, "{:?} of {:?} gave {:?}", form, given, other),
        }
    }
}

#[test]
fn a_recording_without_an_echo_is_kept() {
    let kept = tempfile::tempdir().unwrap();
    for given in [
        Given::Password,
        Given::NewPassword,
        Given::Location,
        Given::Environment,
    ] {
        let echo = Echo {
            given,
            secret: "a/planted \"secret\"+",
            said: "nothing of it\n",
            stream: Stream::Stdout,
            cut: 3,
        };
        let directory = kept.path().join(format!("{given:?}"));
        echo.recorded(&directory).unwrap();
        for file in fs::read_dir(directory).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            assert!(!text.contains("planted"), "{text}");
        }
    }
}
