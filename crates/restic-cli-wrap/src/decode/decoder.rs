use super::line::Line;
use super::run_end::{DecodeFailure, RunEnd};
use crate::ErrorKind;
use crate::diagnostics::{Diagnostics, NoticeSource};
use crate::failure;
use crate::framing::Framing;

/// Reads what one run of a command prints, and says what it means.
///
/// A decoder never knows the version of the restic it reads: content decides.
pub trait Decoder: Send + 'static {
    /// What the run hands out while restic goes on.
    type Event: Send + 'static;
    /// What the run comes to.
    type Output: Send + Sync + 'static;

    /// Whether a run is stopped when it is over, because restic never ends by itself:
    /// [`finish`](Self::finish) then says whether that went well.
    const ENDS_WHEN_STOPPED: bool = false;

    /// In what pieces standard output is read.
    const STDOUT: Framing = Framing::Lines;

    /// Reads one line of standard output, or one of the pieces that it is cut into.
    fn stdout(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<Self::Event>;

    /// Reads a line of standard output, or a piece, that is nothing but data in exactly the
    /// form in which restic prints most of it. Nothing is masked in it, so that it must not
    /// have any words of restic's own. All else is left to [`stdout`](Self::stdout).
    fn row(&mut self, _text: &str) -> Option<Self::Event> {
        None
    }

    /// Reads the next bytes of standard output, where it is [cut](Self::STDOUT) into bytes.
    fn bytes(&mut self, _bytes: Vec<u8>) -> Option<Self::Event> {
        None
    }

    /// Whether a line of standard output is data, which has to stay as it is: in anything
    /// else, secrets are masked.
    ///
    /// In JSON restic masks what it knows to be secret; the rest of it is data, and there may
    /// be very much of it.
    fn is_data(line: &str) -> bool {
        line.starts_with(['{', '['])
    }

    /// What a line of standard error decides, whatever restic's exit says and however much is
    /// said before and after it: the kind of the failure that the run comes to.
    /// `RunEnd::nothing_ignored` finds it again.
    ///
    /// Unless a command knows more such words, these are the ones of restic's search for
    /// snapshots.
    fn decides(line: &str) -> Option<ErrorKind> {
        failure::left_out(line)
    }

    /// Reads one line of standard error that is not restic's `exit_error`.
    fn stderr(&mut self, line: &Line<'_>, diagnostics: &mut Diagnostics) -> Option<Self::Event> {
        diagnostics.notice(NoticeSource::Stderr, line.text);
        None
    }

    /// Whether what restic has printed proves that it came to its end, such as a summary or a
    /// document: then a run whose exit status was [lost](crate::Exit::Lost) is not lost itself.
    fn has_seen_end(&self) -> bool {
        false
    }

    /// Takes back an event that nobody has asked for, to make it part of the output.
    fn keep(&mut self, _event: Self::Event) {}

    /// Says what the run came to.
    ///
    /// # Errors
    ///
    /// Why it is not what was asked for, and what there is of it all the same.
    fn finish(self, end: &RunEnd<'_>) -> Result<Self::Output, DecodeFailure<Self::Output>>;
}

/// A decoder of rows that can be looked at where restic's output is, without being copied.
pub trait BorrowRows: Decoder {
    /// A row whose texts are in the line that it was read from.
    type Row<'a>;

    /// Reads a line as [`Decoder::row`] does.
    fn borrowed_row(text: &str) -> Option<Self::Row<'_>>;

    /// The row in an event, if there is one.
    fn row_of(event: &Self::Event) -> Option<Self::Row<'_>>;
}

/// The events of a command that streams none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoEvents {}
