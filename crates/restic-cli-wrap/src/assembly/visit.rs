//! Showing rows where restic's output is, without copying them.

use super::{Assembly, Read};
use crate::decode::BorrowRows;

impl<D: BorrowRows> Assembly<D> {
    /// Shows all rows in what has come so far, and keeps the other events.
    pub(crate) fn visit_rows(&mut self, visit: &mut impl FnMut(D::Row<'_>)) {
        while let Some(event) = self.decode_stderr() {
            self.show_or_keep(event, visit);
        }
        while let Some(read) = self.read_stdout(|_, text| D::borrowed_row(text).map(&mut *visit)) {
            match read {
                Read::Row(()) => self.intake.span.handed_out(),
                Read::Event(event) => self.show_or_keep(event, visit),
                Read::Nothing => {}
            }
        }
    }

    fn show_or_keep(&mut self, event: D::Event, visit: &mut impl FnMut(D::Row<'_>)) {
        self.intake.span.handed_out();
        if D::row_of(&event).map(visit).is_none() {
            self.decoder.keep(event);
        }
    }
}
