use std::marker::PhantomData;

use restic_types::ResticVersion;
use restic_types::{Counter, IndexId, KeyId, ListedBlob, LockId, PackId, SnapshotId};

use crate::arguments::{Arguments, setters};
use crate::command::Command;
use crate::decode::{DecodeFailure, Decoder, Line, RunEnd};
use crate::diagnostics::{Diagnostics, NoticeSource};
use crate::values::SnapshotRef;

/// Lists everything of one kind that is in the repository, by its id.
///
/// `restic list`. Each row is yielded as it comes; what is taken that way is not in the
/// output as well, so that a list of any size takes no memory.
///
/// restic prints nothing at the end of a list, and reports success even if the list could not be
/// written. This library reads it from a pipe, which is always drained; but if something else takes
/// restic's output, such as a [wrapper](crate::guide::hosts#through-another-program) that writes to
/// a full disk, an empty list may be a lost one. That can be detected only for keys: a repository
/// that could be opened has at least one, so an empty list of keys is
/// [`BadOutput`](crate::ErrorKind::BadOutput).
///
/// ```no_run
/// # use restic_cli_wrap::{Restic, commands::List};
/// # fn example(restic: Restic) -> restic_cli_wrap::Result<()> {
/// for lock in restic.run(List::locks())? {
///     println!("{lock}");
/// }
/// # Ok(())
/// # }
/// ```
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T> {
    arguments: Arguments,
    rows: PhantomData<fn() -> T>,
}

impl<T> List<T> {
    fn of(kind: &str) -> Self {
        let mut arguments = Arguments::ungated("list");
        arguments.operand(kind);
        Self {
            arguments,
            rows: PhantomData,
        }
    }
}

impl List<ListedBlob> {
    /// Lists the blobs that the indexes know.
    pub fn blobs() -> Self {
        Self::of("blobs")
    }
}

impl List<IndexId> {
    /// Lists the index files.
    pub fn index() -> Self {
        Self::of("index")
    }
}

impl List<KeyId> {
    /// Lists the key files.
    pub fn keys() -> Self {
        Self::of("keys")
    }
}

impl List<LockId> {
    /// Lists the locks. Before restic 0.13.0 its own lock is one of them, unless the client
    /// has [`no_lock`](crate::ResticBuilder::no_lock).
    pub fn locks() -> Self {
        Self::of("locks")
    }
}

impl List<PackId> {
    /// Lists the packs.
    pub fn packs() -> Self {
        Self::of("packs")
    }

    /// Lists the packs that one snapshot needs: its id or the beginning of it, or `latest`.
    /// Since restic 0.20.0.
    pub fn packs_of(snapshot: impl Into<SnapshotRef>) -> Self {
        let mut list = Self::of("packs");
        list.arguments.operand(snapshot.into());
        let since = ResticVersion::new(0, 20, 0);
        list.arguments.needs("list packs of a snapshot", since);
        list
    }
}

impl List<SnapshotId> {
    /// Lists the snapshots.
    pub fn snapshots() -> Self {
        Self::of("snapshots")
    }
}

setters! { List<T>: }

impl<T: Row> Command for List<T> {
    type Event = T;
    type Output = Vec<T>;
    type Decoder = ListDecoder<T>;

    fn arguments(&self) -> Arguments {
        self.arguments.clone()
    }

    fn decoder(&self) -> ListDecoder<T> {
        ListDecoder {
            rows: Vec::new(),
            has_rows: false,
        }
    }
}

/// A row of a [`List`].
pub trait Row: Clone + std::fmt::Debug + Send + Sync + 'static {
    /// What is missing from a list without a row. Absent when there may be none.
    const NEVER_EMPTY: Option<&'static str> = None;

    /// Returns `None` if the line is not one.
    fn read(line: &str) -> Option<Self>;
}

impl Row for ListedBlob {
    fn read(line: &str) -> Option<Self> {
        let (kind, id) = line.split_once(' ')?;
        let is_word = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_lowercase());
        (is_word && is_id(id)).then(|| Self::read(line))?
    }
}

macro_rules! rows {
    ($($id:ty $(, $missing:literal)?;)*) => {$(
        impl Row for $id {
            $(const NEVER_EMPTY: Option<&'static str> = Some($missing);)?

            fn read(line: &str) -> Option<Self> {
                is_id(line).then(|| line.into())
            }
        }
    )*};
}
rows! {
    IndexId;
    KeyId, "it named no key, of which every repository has one";
    LockId;
    PackId;
    SnapshotId;
}

fn is_id(text: &str) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    text.len() == 64 && text.bytes().all(is_digit)
}

/// Reads what [`List`] prints.
#[derive(Debug)]
pub struct ListDecoder<T> {
    rows: Vec<T>,
    /// There was a row, whoever has it now.
    has_rows: bool,
}

impl<T: Row> Decoder for ListDecoder<T> {
    type Event = T;
    type Output = Vec<T>;

    fn is_data(line: &str) -> bool {
        T::read(line).is_some()
    }

    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<T> {
        let row = T::read(line.text);
        if !line.is_whole {
            diagnostics.malformed(
                NoticeSource::Stdout,
                line.number,
                "it has no end",
                line.text,
            );
            return None;
        }
        // restic 0.20 counts the snapshots that it looks into, with `--json` as well.
        if row.is_none() && Counter::read(line.text).is_none() {
            diagnostics.notice(NoticeSource::Stdout, line.text);
        }
        self.has_rows |= row.is_some();
        row
    }

    fn keep(&mut self, row: T) {
        self.rows.push(row);
    }

    fn finish(self, end: &RunEnd<'_>) -> Result<Vec<T>, DecodeFailure<Vec<T>>> {
        if !end.is_success() {
            let rows = (!self.rows.is_empty()).then_some(self.rows);
            return Err(end.failure().with(rows));
        }
        match T::NEVER_EMPTY {
            Some(missing) if !self.has_rows => Err(end.incomplete_output(missing)),
            _ => Ok(self.rows),
        }
    }
}
