use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::{Component, Path};

use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::digest::digest;
use super::input::RecordedInput;
use super::stream_file::StreamFile;
use crate::effects::{BYTES, ENTRIES, Found, Left};
use crate::{Control, Exit};

/// The newest format that is read, and the one that is written.
pub(super) const FORMAT: Format = Format { major: 1, minor: 0 };

/// How many calls a scenario may have.
const CALLS: usize = 10_000;

/// What `scenario.json` holds.
///
/// A name that is not known is none that a newer version of the format has added, as that would say
/// so: it was changed, and with it what the digest is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) format: Format,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
    pub(crate) recorded_with: RecordedWith,
    /// The command that records it again, for the report of a call that does not match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) record_again: Option<String>,
    /// Names that stand for what differs from run to run, and what they stand for.
    #[serde(default)]
    pub(crate) placeholders: BTreeMap<String, PlaceholderKind>,
    pub(crate) calls: Vec<RecordedCall>,
    /// Of all else in it. Absent in what somebody has written by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) digest: Option<String>,
}

/// The version of the format. Another major number means another format; a higher minor one
/// means fields that are not known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Format {
    pub(crate) major: u32,
    pub(crate) minor: u32,
}

/// What a scenario was recorded with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordedWith {
    /// The version of restic, such as `0.19.1`.
    pub restic: String,
    /// The operating system, in Rust's words: `linux`.
    pub os: String,
    /// The processor, in Rust's words: `x86_64`.
    pub arch: String,
    /// The version of the recorder.
    pub recorder: String,
}

impl RecordedWith {
    /// This version of restic, on this machine, by this library.
    pub fn here(restic: impl Into<String>) -> Self {
        Self {
            restic: restic.into(),
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            recorder: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// What a placeholder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PlaceholderKind {
    /// A path, or the location of a repository.
    Path,
}

/// One recorded call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordedCall {
    /// Its number and command, such as `02-backup`; unique.
    pub(crate) id: String,
    pub(crate) argv: Vec<String>,
    /// Where it ran. Absent when that has no placeholder in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) current_dir: Option<String>,
    /// Whether it changes the repository.
    pub(crate) mutates: bool,
    /// What it was given on standard input. Absent when that was nothing, or its end was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stdin: Option<RecordedInput>,
    /// Absent when nothing was printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stdout: Option<StreamFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stderr: Option<StreamFile>,
    #[serde(
        serialize_with = "RecordedExit::write",
        deserialize_with = "RecordedExit::read"
    )]
    pub(crate) exit: Exit,
    /// The first signal that the program sent. Absent when it sent none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) signal: Option<RecordedSignal>,
    /// Files that it left. Empty when there were none, or effects were not recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) left: Vec<Left<StreamFile>>,
}

/// A signal in the middle of a call. What a stream has beyond the place is what restic said to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedSignal {
    /// Which one.
    pub name: SignalName,
    /// How many bytes of standard output, as it is kept, came before it.
    pub after_stdout: u64,
    /// Likewise of standard error.
    pub after_stderr: u64,
}

/// What a program can do to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignalName {
    /// SIGINT.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGKILL.
    Kill,
}

impl SignalName {
    /// Sends it.
    #[doc(hidden)]
    pub fn send(self, control: &dyn Control) -> io::Result<()> {
        match self {
            Self::Interrupt => control.interrupt(),
            Self::Terminate => control.terminate(),
            Self::Kill => control.kill(),
        }
    }
}

impl RecordedCall {
    /// The files that it left.
    fn left_files(&self) -> impl Iterator<Item = &StreamFile> {
        self.left.iter().filter_map(|left| match &left.is {
            Found::File { content, .. } => Some(content),
            _ => None,
        })
    }
}

/// How a call ended, as it is written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RecordedExit {
    Code(i32),
    Signal(i32),
    Lost,
}

impl RecordedExit {
    fn write<S: Serializer>(exit: &Exit, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match *exit {
            Exit::Code(code) => Self::Code(code),
            Exit::Signal(signal) => Self::Signal(signal),
            Exit::Lost => Self::Lost,
            // Of a restic-process that is newer than this.
            _ => {
                return Err(S::Error::custom(format!(
                    "no manifest says how to end with {exit}: use the restic-core that belongs to \
                     this restic-process"
                )));
            }
        };
        written.serialize(serializer)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Exit, D::Error> {
        Self::deserialize(deserializer).map(|written| match written {
            Self::Code(code) => Exit::Code(code),
            Self::Signal(signal) => Exit::Signal(signal),
            Self::Lost => Exit::Lost,
        })
    }
}

/// The part of a manifest that every format has.
#[derive(Deserialize)]
pub(super) struct Envelope {
    format: Format,
    /// In a form of its own, perhaps.
    #[serde(default)]
    recorded_with: serde_json::Value,
}

impl Envelope {
    /// Whether what is in it is read here.
    pub(super) fn check(&self) -> Result<(), String> {
        let recorder = self.recorded_with.get("recorder");
        let recorder = recorder.and_then(|recorder| recorder.as_str());
        let recorder = recorder.map_or(String::new(), |version| format!(" {version}"));
        let Format { major, minor } = self.format;
        let is = if major != FORMAT.major {
            format!(
                "is of format {major}, and this reads format {}",
                FORMAT.major
            )
        } else if minor > FORMAT.minor {
            format!(
                "is of format {major}.{minor}, and this reads up to {}.{}",
                FORMAT.major, FORMAT.minor
            )
        } else {
            return Ok(());
        };
        Err(format!(
            "{is}: use the version{recorder} of restic-cli-wrap, restic-core or restic-replay that \
             recorded it, or record it again"
        ))
    }
}

impl Manifest {
    /// Whether it is as it was written.
    pub(super) fn is_unchanged(&self) -> bool {
        let Some(digest) = &self.digest else {
            return true;
        };
        self.digest().is_some_and(|now| now == *digest)
    }

    /// The digest of all else in it.
    pub(super) fn digest(&self) -> Option<String> {
        let rest = Self {
            digest: None,
            ..self.clone()
        };
        serde_json::to_vec(&rest).ok().map(|bytes| digest(&bytes))
    }

    /// Whether it can be trusted.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.calls.len() > CALLS {
            return Err(format!(
                "has {} calls, of {CALLS} at most",
                self.calls.len()
            ));
        }
        let mut ids = HashSet::new();
        for call in &self.calls {
            if !ids.insert(&call.id) {
                return Err(format!("has two calls named {:?}", call.id));
            }
            let bytes = call.left_files().map(|file| file.bytes);
            let bytes = bytes.fold(0, u64::saturating_add);
            if call.left.len() > ENTRIES || bytes > BYTES {
                return Err(format!(
                    "leaves more than {ENTRIES} files or {BYTES} bytes by {:?}",
                    call.id
                ));
            }
        }
        self.streams()
            .try_for_each(|stream| check_name(&stream.file))
    }

    /// The files beside it.
    pub(super) fn streams(&self) -> impl Iterator<Item = &StreamFile> {
        self.calls.iter().flat_map(|call| {
            let stdin = call.stdin.iter().filter_map(RecordedInput::file);
            let printed = [&call.stdout, &call.stderr].into_iter().flatten();
            stdin.chain(printed).chain(call.left_files())
        })
    }
}

/// A name of a file in the directory itself, on every system.
fn check_name(name: &str) -> Result<(), String> {
    let mut components = Path::new(name).components();
    let single = matches!(
        (components.next(), components.next()),
        (Some(Component::Normal(_)), None)
    );
    let plain = !name.contains(['/', '\\', ':', '\0']) && !name.starts_with('.');
    if single && plain {
        Ok(())
    } else {
        Err(format!(
            "names the file {name:?}, which is not a plain name in its directory"
        ))
    }
}
