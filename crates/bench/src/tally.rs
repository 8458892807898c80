//! What comes of reading an output.

/// What was read, so that consumers can be compared and nothing is optimised away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Files, changes, matches or snapshots.
    pub rows: u64,
    /// The sum of a number in each row.
    pub sum: u64,
}

impl Tally {
    /// Counts one more row.
    pub(crate) fn add(&mut self, number: u64) {
        self.rows += 1;
        self.sum = self.sum.wrapping_add(number);
    }
}
