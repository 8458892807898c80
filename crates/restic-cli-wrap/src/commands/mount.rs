use std::ffi::OsString;
use std::iter;
use std::path::{Path, PathBuf};

use restic_process::Cause;
use serde::{Deserialize, Serialize};

use crate::arguments::{Arguments, filtering_setters};
use crate::command::Command;
use crate::decode::{DecodeFailure, Decoder, Line, RunEnd};
use crate::diagnostics::{Diagnostics, NoticeSource};
use crate::{ErrorKind, failure};

/// Shows the snapshots as directories, for as long as restic runs.
///
/// `restic mount`, on Linux, FreeBSD and macOS with FUSE. [`Restic::mount`] is the way to
/// use it. It can be run as other commands, too: it then goes on until somebody unmounts the
/// directory, or until it is stopped, which is no failure when the directory was served by then.
///
/// Fails with [`NotFound`](ErrorKind::NotFound) when there is no such directory (restic 0.11 may
/// make it), with [`AccessDenied`](ErrorKind::AccessDenied) when FUSE is not permitted, and
/// with [`Unsupported`](ErrorKind::Unsupported) when its program `fusermount` is not there.
///
/// [`Restic::mount`]: crate::Restic::mount
#[must_use]
#[derive(Clone, Debug)]
pub struct Mount {
    mountpoint: PathBuf,
    arguments: Arguments,
}

/// What [`Mount`] reports while it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum MountEvent {
    /// The snapshots can be read in this directory now. The text is what restic printed.
    Ready(String),
}

/// The result of a [`Mount`], when the directory is no longer served.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unmounted {
    /// The directory, as restic printed it. Absent when restic ended before it served it.
    pub mountpoint: Option<String>,
    /// What restic printed.
    pub text: Vec<String>,
}

impl Mount {
    /// Shows the snapshots in this directory, which has to exist.
    pub fn new(mountpoint: impl Into<PathBuf>) -> Self {
        Self {
            mountpoint: mountpoint.into(),
            arguments: Arguments::ungated("mount"),
        }
    }

    /// The directory.
    pub fn mountpoint(&self) -> &Path {
        &self.mountpoint
    }
}

filtering_setters! { Mount:
    /// Lets other users read the directory, too.
    switch allow_other: "--allow-other";
    /// Lets those users read all files in it, whatever their permissions say.
    switch no_default_permissions: "--no-default-permissions";
    /// Makes all files in it belong to root.
    switch owner_root: "--owner-root";
    /// Names the directories of snapshots after their time in this format, such as
    /// `2006-01-02T15:04:05Z07:00`. The old name of [`time_template`](Self::time_template).
    value snapshot_template: "--snapshot-template" = OsString;
    /// Names the directories of snapshots after their time in this format, such as
    /// `2006-01-02T15:04:05Z07:00`. Since restic 0.14.0.
    value time_template: "--time-template" = OsString;
    /// Puts the directories of snapshots at this place, such as `hosts/%h/%T`, and at all others
    /// that are given. Since restic 0.14.0.
    each path_template path_templates: "--path-template" = OsString;
}

impl Command for Mount {
    type Event = MountEvent;
    type Output = Unmounted;
    type Decoder = MountDecoder;

    fn arguments(&self) -> Arguments {
        let mut arguments = self.arguments.clone();
        arguments.operand(&self.mountpoint);
        arguments
    }

    fn decoder(&self) -> MountDecoder {
        MountDecoder::default()
    }
}

/// Reads what [`Mount`] prints.
#[derive(Debug, Default)]
pub struct MountDecoder {
    unmounted: Unmounted,
}

impl Decoder for MountDecoder {
    type Event = MountEvent;
    type Output = Unmounted;

    const ENDS_WHEN_STOPPED: bool = true;

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<MountEvent> {
        diagnostics.notice(NoticeSource::Stdout, line.text);
        if !line.is_whole {
            return None;
        }
        self.unmounted.text.push(line.text.to_owned());
        let mountpoint = line.text.strip_prefix("Now serving the repository at ")?;
        self.unmounted.mountpoint = Some(mountpoint.to_owned());
        Some(MountEvent::Ready(mountpoint.to_owned()))
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<Unmounted, DecodeFailure<Unmounted>> {
        let was_served = self.unmounted.mountpoint.is_some();
        let was_asked = end.cause == Some(Cause::Cancelled);
        let mut said = end.diagnostics.on(NoticeSource::Stderr);
        let in_use = said.find(|line| was_served && line.starts_with("unable to umount "));
        let fault = if let Some(words) = in_use {
            // Whatever the exit says, restic leaves a directory that nobody can read.
            let mut fault = end.failure_saying(words);
            if was_asked {
                fault.kind = ErrorKind::Failed;
            }
            fault
        } else if was_served && has_ended_well(end) {
            return Ok(self.unmounted);
        } else if was_asked {
            let words = end.reason();
            let message =
                format!("the run was cancelled and did not end well; restic said: {words}");
            DecodeFailure::new(ErrorKind::Cancelled, message)
        } else if end.is_success() {
            end.incomplete_output("it did not say that it served the directory")
        } else {
            let mut fault = end.failure();
            if fault.kind == ErrorKind::Failed {
                fault.kind = kind_of_mountpoint(&fault.message, end.diagnostics);
            }
            fault
        };
        Err(fault.with(Some(self.unmounted)))
    }
}

/// By itself, or by being asked to: before restic 0.15 that is an exit with 130.
fn has_ended_well(end: &RunEnd<'_>) -> bool {
    let was_asked = end.cause == Some(Cause::Cancelled);
    end.exit.is_success() || was_asked && end.exit.code() == Some(130)
}

/// What is wrong with the directory, of which restic 0.19.0 says in the end only that it is an
/// `invalid mountpoint`.
fn kind_of_mountpoint(words: &str, diagnostics: &Diagnostics) -> ErrorKind {
    let streams = [NoticeSource::Stdout, NoticeSource::Stderr];
    let notices = streams.into_iter().flat_map(|it| diagnostics.on(it));
    let kinds = iter::once(words).chain(notices).filter_map(|line| {
        let said = line.to_ascii_lowercase();
        if !said.contains("mountpoint ") {
            return None;
        }
        let is_missing = said.ends_with("doesn't exist") || said.ends_with("does not exist");
        Some(match is_missing {
            true => ErrorKind::NotFound,
            false => failure::kind_of(line),
        })
    });
    let mut known = kinds.filter(|kind| *kind != ErrorKind::Failed);
    known.next().unwrap_or(ErrorKind::Failed)
}
