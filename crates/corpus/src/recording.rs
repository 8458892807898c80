//! One recorded run of restic: a directory of files.

use restic_cli_wrap::Exit;
use restic_core::ScenarioError;
use restic_types::ResticVersion;
use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

/// What restic was given and what it answered.
#[derive(Clone)]
pub(super) struct Recording {
    /// What follows the program's name.
    pub(super) words: Vec<OsString>,
    pub(super) stdin: Vec<u8>,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    pub(super) exit: Exit,
    /// Absent when no directory is named after one.
    pub(super) version: Option<ResticVersion>,
}

impl Recording {
    /// Whether errors are text beside JSON, as a restore of restic 0.16 to 0.17.0 prints them.
    pub(super) fn says_errors_as_text(&self) -> bool {
        let is_error = |line: &String| line.starts_with("ignoring error for ");
        Self::lines(&self.stderr).iter().any(is_error)
    }

    pub(super) fn read(directory: &Path) -> Result<Self, Box<dyn Error>> {
        let argv: Vec<Word> = serde_json::from_slice(&fs::read(directory.join("argv"))?)?;
        Ok(Self {
            words: argv.into_iter().skip(1).map(|word| word.0).collect(),
            stdin: optional(&directory.join("stdin"))?,
            stdout: optional(&directory.join("stdout"))?,
            stderr: optional(&directory.join("stderr"))?,
            exit: exit(fs::read_to_string(directory.join("exit"))?.trim())?,
            version: version(directory),
        })
    }

    /// A call of a scenario, with a path for each placeholder.
    pub(super) fn of_call(
        call: &restic_core::Recording<'_>,
        placeholders: &[String],
        version: Option<ResticVersion>,
    ) -> Result<Self, ScenarioError> {
        let filled = |text: String| {
            placeholders.iter().fold(text, |text, name| {
                text.replace(&format!("{{{{{name}}}}}"), &format!("/srv/{name}"))
            })
        };
        // What is no text has no placeholders.
        let stream = |bytes| match String::from_utf8(bytes) {
            Ok(text) => filled(text).into_bytes(),
            Err(error) => error.into_bytes(),
        };
        let words = call.arguments().iter();
        Ok(Self {
            words: words.map(|word| filled(word.clone()).into()).collect(),
            stdin: call.stdin()?,
            stdout: stream(call.stdout()?),
            stderr: stream(call.stderr()?),
            exit: call.exit(),
            version,
        })
    }

    /// The lines of a stream as a reader of JSON meets them.
    pub(super) fn lines(stream: &[u8]) -> Vec<String> {
        let text = String::from_utf8_lossy(stream);
        let trim = |line: &str| {
            line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
                .to_owned()
        };
        text.split('\n').map(trim).collect()
    }
}

/// All directories at or below this one that hold a recording, sorted.
pub(super) fn find(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if directory.join("argv").is_file() {
        found.push(directory.to_owned());
    }
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(find(&path)?);
        }
    }
    found.sort();
    Ok(found)
}

fn optional(path: &Path) -> io::Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read,
    }
}

/// A number, or `signal:N`.
fn exit(text: &str) -> Result<Exit, Box<dyn Error>> {
    Ok(match text.strip_prefix("signal:") {
        Some(signal) => Exit::Signal(signal.parse()?),
        None => Exit::Code(text.parse()?),
    })
}

/// The nearest directory that is named after a version, `0.18.0` or `restic-0.18.0`.
pub(super) fn version(directory: &Path) -> Option<ResticVersion> {
    directory.ancestors().find_map(|directory| {
        let name = directory.file_name()?.to_str()?;
        let from = name.find(|c: char| c.is_ascii_digit())?;
        matches!(&name[..from], "" | "v" | "restic-" | "restic_").then_some(())?;
        name[from..].parse().ok()
    })
}

/// A word of a command line. Bytes that are not UTF-8 are lone surrogates in JSON, as Python writes them.
struct Word(OsString);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl Visitor<'_> for Bytes {
            type Value = Word;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Word, E> {
                Ok(Word(os_string(without_surrogates(bytes))))
            }
        }

        // As bytes, serde_json gives lone surrogates instead of refusing them.
        deserializer.deserialize_bytes(Bytes)
    }
}

/// The surrogates U+DC80 to U+DCFF as the bytes that they stand for.
fn without_surrogates(bytes: &[u8]) -> Vec<u8> {
    let mut real = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(&first) = rest.first() {
        if let [0xED, high @ (0xB2 | 0xB3), low, ..] = *rest {
            real.push(((high & 0x03) << 6) | (low & 0x3F));
            rest = &rest[3..];
        } else {
            real.push(first);
            rest = &rest[1..];
        }
    }
    real
}

#[cfg(unix)]
pub(super) fn os_string(bytes: Vec<u8>) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes)
}

#[cfg(not(unix))]
pub(super) fn os_string(bytes: Vec<u8>) -> OsString {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_above() {
        let check = |directory: &str, expected: Option<&str>| {
            let version = version(Path::new(directory)).map(|version| version.to_string());
            assert_eq!(version.as_deref(), expected, "{directory}");
        };
        check("/samples/0.18.0/init-json", Some("0.18.0"));
        check("/fixtures/first-backup/0.19.1", Some("0.19.1"));
        check("/fixtures/restic-0.14.0/x", Some("0.14.0"));
        check("/samples/v0.12.1/x", Some("0.12.1"));
        check("/samples/run-3/x", None);
    }

    #[test]
    #[cfg(unix)]
    fn lone_surrogates_are_bytes() {
        use std::os::unix::ffi::OsStrExt as _;
        let check = |json: &str, expected: &[u8]| {
            let Word(word) = serde_json::from_str(json).unwrap();
            assert_eq!(word.as_bytes(), expected, "{json}");
        };
        check(r#""plain""#, b"plain");
        check(r#""a\udcffb\udc80""#, b"a\xFFb\x80");
        check(r#""\u00e4 \ud83d\ude00""#, "ä 😀".as_bytes());
    }
}
